import pytest
from list_author import LAST_DAY, entry, number

from watchlist.seal import Pepper, Record, SealedRow, SealError, index_of, open_record, seal, stretch

PEPPER = Pepper(1, bytes(range(32)))
RECORD = Record(entry(1), LAST_DAY)


@pytest.fixture(scope="module")
def row() -> SealedRow:
    return seal(number(1), RECORD, PEPPER)


def test_whoever_presents_the_number_finds_and_opens_the_record(row: SealedRow) -> None:
    secret = stretch(number(1), PEPPER)
    assert index_of(secret) == row.idx
    assert open_record(secret, row) == RECORD


def test_another_number_neither_finds_nor_opens_it(row: SealedRow) -> None:
    secret = stretch(number(2), PEPPER)
    assert index_of(secret) != row.idx
    with pytest.raises(SealError):
        open_record(secret, row)


def test_a_new_pepper_makes_the_old_rows_useless(row: SealedRow) -> None:
    secret = stretch(number(1), Pepper(2, bytes(32)))
    assert index_of(secret) != row.idx
    with pytest.raises(SealError):
        open_record(secret, row)


@pytest.mark.parametrize("at", [0, 12, 60, -1])
def test_a_changed_byte_does_not_open(row: SealedRow, at: int) -> None:
    changed = bytearray(row.ct)
    changed[at] ^= 1
    with pytest.raises(SealError):
        open_record(stretch(number(1), PEPPER), SealedRow(row.idx, bytes(changed)))


def test_a_record_moved_to_another_index_does_not_open(row: SealedRow) -> None:
    with pytest.raises(SealError):
        open_record(stretch(number(1), PEPPER), SealedRow(bytes(32), row.ct))


def test_all_rows_have_one_size_and_two_seals_of_one_record_differ(row: SealedRow) -> None:
    again = seal(number(1), RECORD, PEPPER)
    longest = seal(number(2), Record(entry(2**128 - 1), LAST_DAY), PEPPER)
    assert len(again.ct) == len(longest.ct) == len(row.ct)
    assert again.idx == row.idx
    assert again.ct != row.ct


def test_the_scheme_never_changes_unnoticed() -> None:
    # Made with the first release: a kiosk and a station that disagree here would find nobody, and say so to nobody.
    secret = stretch(number(1), PEPPER)
    assert index_of(secret).hex() == "ecc706653a212dffb1515e46d7e18a4c63b54e1d1dfaf02f98d02b7a4f2755dd"


def test_secrets_stay_silent_when_printed(row: SealedRow) -> None:
    secret = stretch(number(1), PEPPER)
    printed = f"{PEPPER!r} {secret!r} {row!r}"
    for value in (PEPPER.salt, secret.value, row.idx, row.ct):
        assert value.hex() not in printed
        assert repr(value)[2:-1] not in printed


def test_a_pepper_of_the_wrong_size_is_no_pepper() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Pepper(1, b"short")
