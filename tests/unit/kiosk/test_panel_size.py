"""What a panel says of its own size is compared with the settings: buttons of 20 mm hang on it."""

from pathlib import Path

import pytest

from kiosk.panel_size import px_per_mm


def edid(width_px: int, width_mm: int, clock: int = 14850) -> bytes:
    """A base block with the first detailed timing of VESA E-EDID A.2, table 3.21: only what is read of it."""
    block = bytearray(128)
    block[:8] = bytes.fromhex("00ffffffffffff00")
    block[54:56] = clock.to_bytes(2, "little")
    block[56], block[58] = width_px & 0xFF, width_px >> 8 << 4
    block[66], block[68] = width_mm & 0xFF, width_mm >> 8 << 4
    return bytes(block)


def screen(drm: Path, name: str, told: bytes) -> None:
    (drm / name).mkdir()
    (drm / name / "edid").write_bytes(told)


def test_a_21_inch_panel_has_four_pixels_a_millimetre(tmp_path: Path) -> None:
    screen(tmp_path, "card0-HDMI-A-1", edid(1920, 476))
    screen(tmp_path, "card0-HDMI-A-2", b"")  # nothing is plugged in
    assert px_per_mm(tmp_path) == pytest.approx([4.03], abs=0.01)


@pytest.mark.parametrize(
    "told", [b"\xff" * 128, edid(1920, 0), edid(0, 476), edid(1920, 476, clock=0), edid(1, 1)[:64]]
)
def test_a_panel_that_says_nothing_of_use_is_not_believed(tmp_path: Path, told: bytes) -> None:
    screen(tmp_path, "card1-DP-1", told)
    assert px_per_mm(tmp_path) == ()


def test_a_machine_without_a_panel_says_nothing(tmp_path: Path) -> None:
    assert px_per_mm(tmp_path / "none") == ()
