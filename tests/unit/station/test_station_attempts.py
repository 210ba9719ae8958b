"""The limit on guesses: it stops strangers, and nobody can use it to stop somebody else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync.station.accounts_key import AccountsKey
from sync.station.attempts import (
    LOGIN_WINDOW_S,
    WINDOW_S,
    WRONG_PER_LOGIN,
    WRONG_PER_WINDOW,
    Attempts,
    Scope,
    is_mark,
    new_mark,
    of_address,
    of_browser,
    of_login,
)
from sync.station.refusals import NotSignedInError, TooManyError
from sync.station.store import Store
from sync.station.tables import log_in_attempts
from tests.blank_station import new_store

KEY = AccountsKey(bytes(32))
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
DESK = of_address("192.0.2.1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = new_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def attempts(store: Store) -> Attempts:
    return Attempts(store, KEY)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def guess(attempts: Attempts, now: datetime, *scopes: Scope) -> None:
    with pytest.raises(NotSignedInError), attempts.counted(now, *scopes):
        raise NotSignedInError("login-or-password")


def use_up(attempts: Attempts) -> None:
    for second in range(WRONG_PER_WINDOW):
        guess(attempts, at(second), DESK)


def test_who_has_used_up_the_attempts_waits_at_every_instance(attempts: Attempts, store: Store) -> None:
    use_up(attempts)
    for instance in (attempts, Attempts(store, KEY)):
        with pytest.raises(TooManyError) as refusal, instance.counted(at(10), DESK):
            pass
        assert refusal.value.facts == {"retry_after_s": 50}


def test_another_address_is_not_held_up(attempts: Attempts) -> None:
    use_up(attempts)
    with attempts.counted(at(10), of_address("192.0.2.2")):
        pass


def test_the_addresses_of_one_customers_network_count_as_one(attempts: Attempts) -> None:
    for host in range(WRONG_PER_WINDOW):
        guess(attempts, at(host), of_address(f"2001:db8:1:2::{host:x}"))
    with pytest.raises(TooManyError), attempts.counted(at(10), of_address("2001:db8:1:2:ffff::1")):
        pass


def test_after_a_minute_the_oldest_attempt_is_forgotten(attempts: Attempts) -> None:
    use_up(attempts)
    guess(attempts, at(WINDOW_S + 0.5), DESK)
    with pytest.raises(TooManyError), attempts.counted(at(WINDOW_S + 0.6), DESK):
        pass


def test_log_ins_that_succeed_do_not_count(attempts: Attempts) -> None:
    for second in range(3 * WRONG_PER_WINDOW):
        with attempts.counted(at(second / 100), DESK):
            pass


def test_a_burst_counts_before_the_first_guess_has_failed(attempts: Attempts) -> None:
    with pytest.raises(TooManyError):
        _nested(attempts, WRONG_PER_WINDOW + 1)


def _nested(attempts: Attempts, deep: int) -> None:
    if deep:
        with attempts.counted(NOON, DESK):
            _nested(attempts, deep - 1)


def test_many_addresses_together_have_no_more_guesses_at_one_person(attempts: Attempts) -> None:
    for n in range(WRONG_PER_LOGIN):
        guess(attempts, at(n), of_address(f"192.0.2.{n}"), of_login("lin"))
    with pytest.raises(TooManyError), attempts.counted(at(60), of_address("198.51.100.1"), of_login("lin")):
        pass
    with attempts.counted(at(60), of_browser("lin's own desk")):  # which strangers cannot use up
        pass
    with attempts.counted(at(LOGIN_WINDOW_S + WRONG_PER_LOGIN), of_login("lin")):  # and it opens by itself
        pass


def test_a_browsers_mark_is_of_one_person_and_cannot_be_made_up() -> None:
    mark = new_mark(KEY, "lin")
    assert is_mark(KEY, "lin", mark)
    assert not is_mark(KEY, "zhou", mark)
    assert not is_mark(AccountsKey(b"\1" * 32), "lin", mark)
    for noise in ("", "0" * 96, mark[:-1], "é" * 96):
        assert not is_mark(KEY, "lin", noise)


def test_neither_logins_nor_addresses_are_kept_and_not_for_longer_than_needed(attempts: Attempts, store: Store) -> None:
    guess(attempts, NOON, DESK, of_login("lin"))
    with store.read() as conn:
        kept = conn.execute(select(log_in_attempts.c.scope)).scalars().all()
    assert len(kept) == 2
    assert not [scope for scope in kept if "192" in scope or "lin" in scope]
    guess(attempts, at(LOGIN_WINDOW_S), of_login("zhou"))
    with store.read() as conn:
        assert conn.execute(select(func.count()).select_from(log_in_attempts)).scalar_one() == 1
