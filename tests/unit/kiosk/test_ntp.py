"""Whether anything keeps the clock is the kernel's word; where it may not be asked, nothing is made up."""

from pathlib import Path

import pytest

from kiosk import ntp

STA_PLL, STA_UNSYNC = 0x0001, 0x0040


@pytest.mark.parametrize(
    ("status", "state"), [(STA_PLL, "synchronised"), (STA_PLL | STA_UNSYNC, "not-synchronised"), (0, "synchronised")]
)
def test_the_kernel_knows_whether_its_clock_is_kept(monkeypatch: pytest.MonkeyPatch, status: int, state: str) -> None:
    monkeypatch.setattr(ntp, "_kernel_status", lambda: status)
    assert ntp.state() == state


def test_in_a_sandbox_that_forbids_to_ask_timesyncds_own_word_counts_and_without_it_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ntp, "_kernel_status", lambda: None)
    monkeypatch.setattr(ntp, "_TIMESYNCD", tmp_path / "synchronized")
    assert ntp.state() == "n/a"
    (tmp_path / "synchronized").touch()
    assert ntp.state() == "synchronised"


def test_this_machines_kernel_is_asked_and_its_clock_is_left_as_it_is() -> None:
    assert ntp.state() in {"synchronised", "not-synchronised", "n/a"}
    assert ntp._kernel_status() == ntp._kernel_status()
