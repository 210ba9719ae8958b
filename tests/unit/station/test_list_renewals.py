"""A new last day takes two people, and is at work on every gate at once."""

from datetime import date

import pytest
from list_desk import LAST_DAY, TODAY, ListDesk, number
from sqlalchemy import select

from kiosk.domain.numbers import DocumentNumber
from sync.station.feeds import EpochState
from sync.station.refusals import RefusedError
from sync.station.tables import entries
from watchlist.seal import index_of, open_record, stretch

LATER = date(2028, 1, 1)


def test_a_renewal_seals_anew_and_is_published_in_every_open_epoch(desk: ListDesk) -> None:
    desk.begin_epoch(2, EpochState.OPEN)
    entry = desk.listed(numbers=[number(1), number(2)])
    request = desk.ask_to_renew(entry, LATER, by="lin")
    assert len(desk.feed(2)) == 1, "until it is granted, the old last day stands"
    assert desk.grant(request, by="zhou") == 2
    for epoch in (1, 2):
        change = desk.feed(epoch)[-1]
        assert (change.op, change.entry, len(change.rows)) == ("add", entry, 2)
        secret = stretch(DocumentNumber(number(2)), desk.peppers[epoch])
        days = [open_record(secret, row).expires_on for row in change.rows if row.idx == index_of(secret)]
        assert days == [LATER]
    with desk.store.read() as conn:
        assert conn.execute(select(entries.c.expires_on)).scalar_one() == LATER


def test_who_asked_does_not_grant(desk: ListDesk) -> None:
    request = desk.ask_to_renew(desk.listed(), LATER, by="lin")
    with pytest.raises(RefusedError, match="own-request"):
        desk.grant(request, by="lin")
    assert len(desk.feed()) == 1


def test_an_entry_that_is_over_may_be_renewed(desk: ListDesk) -> None:
    entry = desk.listed(expires_on="2026-03-05")
    desk.pass_time(days=30)
    desk.renewed(entry, LATER)
    assert len(desk.feed()) == 2


@pytest.mark.parametrize(
    ("until", "code"), [(TODAY, "expires-on"), (date(2031, 3, 2), "too-long"), (LAST_DAY, "same-day")]
)
def test_a_new_last_day_obeys_the_rules_of_a_first_one(desk: ListDesk, until: date, code: str) -> None:
    entry = desk.listed()
    with pytest.raises(RefusedError, match=code):
        desk.ask_to_renew(entry, until)


def test_whoever_was_withdrawn_is_not_renewed_even_if_it_was_asked_before(desk: ListDesk) -> None:
    entry = desk.listed()
    request = desk.ask_to_renew(entry, LATER)
    desk.withdraw(entry)
    with pytest.raises(RefusedError, match="already"):
        desk.grant(request)
    with pytest.raises(RefusedError, match="already"):
        desk.ask_to_renew(entry, LATER)
    assert desk.at_work() == set()


def test_a_proposal_is_not_renewed(desk: ListDesk) -> None:
    with pytest.raises(RefusedError, match="already"):
        desk.ask_to_renew(desk.propose(), LATER)


def test_one_renewal_waits_at_a_time(desk: ListDesk) -> None:
    entry = desk.listed()
    desk.ask_to_renew(entry, LATER)
    with pytest.raises(RefusedError, match="already-asked"):
        desk.ask_to_renew(entry, date(2027, 6, 1), by="chen")


def test_a_renewal_without_an_open_epoch_s_pepper_changes_nothing(desk: ListDesk) -> None:
    entry = desk.listed()
    request = desk.ask_to_renew(entry, LATER)
    desk.begin_epoch(2, EpochState.OPEN)
    pepper = desk.peppers.pop(2)
    with pytest.raises(RefusedError, match="not-sealed"):
        desk.grant(request)
    assert len(desk.feed(1)) == 1
    desk.peppers[2] = pepper
    desk.grant(request)
    assert len(desk.feed(2)) == 1


def test_rows_that_were_sealed_with_the_old_last_day_are_never_published_as_renewed(desk: ListDesk) -> None:
    desk.begin_epoch(2, EpochState.OPEN)
    entry = desk.listed()
    request = desk.ask_to_renew(entry, LATER)
    del desk.peppers[2]
    with pytest.raises(RefusedError, match="not-sealed"):
        desk.grant(request)
    assert (len(desk.feed(1)), len(desk.feed(2))) == (1, 1)
