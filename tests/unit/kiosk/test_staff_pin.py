"""The PIN that opens the staff's panel: no default, no easy one, and patience grows with every wrong try."""

from pathlib import Path

import pytest

from kiosk.staff_pin import FREE_TRIES, PIN_FILE, PinTooEasyError, StaffPin

PIN = "270519"


class Clock:
    s = 0.0

    def __call__(self) -> float:
        return self.s


def test_a_kiosk_whose_installer_chose_no_pin_opens_for_none(tmp_path: Path) -> None:
    pin = StaffPin(tmp_path)
    assert not pin.is_set()
    assert not any(pin.matches(tried) for tried in ("", "0000", "123456", PIN))


@pytest.mark.parametrize("easy", ["", "12345", "000000", "123456", "987654", "12345a", "１２３４５７", "1" * 13])
def test_an_easy_pin_is_refused(tmp_path: Path, easy: str) -> None:
    with pytest.raises(PinTooEasyError):
        StaffPin(tmp_path).set(easy)


def test_the_file_says_nothing_of_the_pin_and_is_its_owner_s_alone(tmp_path: Path) -> None:
    StaffPin(tmp_path).set(PIN)
    file = tmp_path / PIN_FILE
    assert PIN.encode() not in file.read_bytes()
    assert b"$argon2id$" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_wrong_tries_wait_longer_each_time_also_after_the_plug_was_pulled(tmp_path: Path) -> None:
    clock = Clock()
    pin = StaffPin(tmp_path, clock)
    pin.set(PIN)
    waits = []
    for _ in range(FREE_TRIES + 2):
        clock.s += pin.wait_s()
        assert not pin.matches("111222")
        waits.append(pin.wait_s())
    assert waits == [0, 0, 5, 10, 20]
    again = StaffPin(tmp_path, clock)
    assert again.wait_s() == 20
    assert not again.matches(PIN)
    clock.s += 20
    assert again.matches(PIN)
    assert StaffPin(tmp_path, clock).wait_s() == 0
