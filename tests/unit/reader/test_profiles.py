"""Reader profiles: the one that ships, and what is refused."""

from pathlib import Path

import pytest

from reader import profiles
from reader.errors import FrameError, ProfileError

SHIPPED = Path(__file__).parents[3] / "hardware/wiring/readers"
REFERENCE = SHIPPED / "reference-test.toml"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_profile_loads_under_its_own_name(path: Path) -> None:
    assert profiles.load(path, production=False).name == path.stem


def test_a_production_kiosk_refuses_the_test_profile() -> None:
    with pytest.raises(ProfileError):
        profiles.load(REFERENCE, production=True)


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ('photo = "simulator"', 'photo = "guess"'),
        ('apdu_header = "FFFE0000"', 'apdu_header = "FFFE"'),
        ("interval_s = 0.3", "interval_s = 0.01"),
        ("test = true", ""),
        ("test = true", "test = true\nextra = 1"),
        ("[find]", "[find"),
    ],
)
def test_a_profile_with_a_wrong_line_is_refused(tmp_path: Path, line: str, instead: str) -> None:
    text = REFERENCE.read_text("utf-8")
    assert line in text
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace(line, instead), "utf-8")
    with pytest.raises(ProfileError):
        profiles.load(wrong, production=False)


def test_a_missing_profile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError):
        profiles.load(tmp_path / "none.toml", production=False)


def test_a_frame_is_wrapped_as_the_profile_file_describes() -> None:
    profile = profiles.load(REFERENCE, production=False)
    assert profile.wrap(b"frame") == bytes.fromhex("FFFE0000 00 0005") + b"frame" + b"\0\0"
    assert profile.unwrap(b"frame", 0x9000) == b"frame"
    with pytest.raises(FrameError):
        profile.unwrap(b"", 0x6D00)


def test_the_first_reader_of_the_model_is_chosen() -> None:
    profile = profiles.load(REFERENCE, production=False)
    assert profile.choose(("ACS ACR122U 00 00", "Virtual PCD 00 00", "Virtual PCD 00 01")) == "Virtual PCD 00 00"
    assert profile.choose(("ACS ACR122U 00 00",)) is None
