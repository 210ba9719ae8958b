"""What is kept has a limit, somebody who answers for it, and a reason; and it ends in time."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from list_desk import ListDesk
from sqlalchemy import func, insert, select, update

from sync.kiosk_end import evidence_file, outbox_schema
from sync.station import alarms, retention, settings
from sync.station.certificates import Kiosk
from sync.station.item_keys import ItemKeys
from sync.station.live_list import EntryState
from sync.station.retention import A_MONTH, A_YEAR, KINDS, KIOSK, STATION
from sync.station.tables import (
    alarm_events,
    cleared_numbers,
    entries,
    entry_numbers,
    metadata,
    overrides,
    sessions,
    shifts,
    silences,
    taken_messages,
)
from sync.station.tables import alarms as alarms_table
from sync.station.tables import people as people_table
from watchlist import store as list_store

DOCS = Path(__file__).parents[3] / "docs"


def tables_of(where: str) -> list[str]:
    return [table for kind in KINDS if kind.where == where for table in kind.tables]


def erase(desk: ListDesk, **after: float) -> None:
    """Let time pass and the job run."""
    desk.pass_time(**after)
    retention.withdraw_expired(desk.store, desk.now)
    retention.erase_due(desk.store, ItemKeys(desk.folder / "evidence-keys"), desk.now)


def rows(desk: ListDesk, table: object) -> int:
    with desk.store.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def an_alarm(desk: ListDesk, state: str, **facts: object) -> str:
    with desk.store.write() as conn:
        alarm = alarms.raise_own(conn, Kiosk("g1", "A"), "silent", desk.now)
        conn.execute(update(alarms_table).where(alarms_table.c.id == alarm).values(state=state, **facts))
    return alarm


def test_every_table_of_the_station_is_of_one_kind() -> None:
    assert sorted(tables_of(STATION)) == sorted(metadata.tables)


def test_every_table_of_a_kiosk_is_of_one_kind() -> None:
    at_the_gate = [*outbox_schema.METADATA.tables, *evidence_file._METADATA.tables, *list_store._METADATA.tables]
    assert sorted(tables_of(KIOSK)) == sorted([*at_the_gate, "reserve"])


def test_the_page_says_what_the_station_does() -> None:
    assert (DOCS / "retention.md").read_text(encoding="utf-8") == retention.page(), "run `make docs`"


def test_every_kind_has_a_limit_an_owner_and_a_reason() -> None:
    assert all(kind.kept and kind.owner and kind.why and kind.what for kind in KINDS)
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("state", ["dismissed", "resolved"])
def test_an_alarm_whose_case_ended_is_erased_after_a_year_and_the_log_says_so(desk: ListDesk, state: str) -> None:
    alarm = an_alarm(desk, state)
    an_alarm(desk, "raised", repeats_of=alarm)
    erase(desk, days=364)
    assert rows(desk, alarms_table) == 2
    erase(desk, days=2)
    assert [rows(desk, table) for table in (alarms_table, alarm_events, taken_messages)] == [0, 0, 0]
    assert desk.audited("data.erased") == [("station", "data.erased", {"kind": "alarms", "n": 2})]


@pytest.mark.parametrize("state", ["raised", "acknowledged", "confirmed", "dispatched", "arrived"])
def test_an_open_alarm_is_kept_however_old_it_is(desk: ListDesk, state: str) -> None:
    an_alarm(desk, state)
    erase(desk, days=4000)
    assert rows(desk, alarms_table) == 1


def test_an_alarm_is_kept_until_its_override_is_reviewed_and_its_kiosk_is_back(desk: ListDesk) -> None:
    overridden, silent = an_alarm(desk, "resolved"), an_alarm(desk, "dismissed")
    with desk.store.write() as conn:
        conn.execute(insert(overrides).values(alarm=overridden, by="lin", at=desk.now, why="fire"))
        conn.execute(insert(silences).values(alarm=silent, kiosk="g1", since=desk.now, times=1))
    erase(desk, days=800)
    assert rows(desk, alarms_table) == 2
    with desk.store.write() as conn:
        conn.execute(update(overrides).values(reviewed_by="chen", reviewed_at=desk.now, agrees=True))
        conn.execute(update(silences).values(returned_at=desk.now))
    erase(desk, days=1)
    assert rows(desk, alarms_table) == 0


def test_an_alarm_that_somebody_wrote_about_lately_is_kept_for_a_year_from_then(desk: ListDesk) -> None:
    alarm = an_alarm(desk, "resolved")
    desk.pass_time(days=300)
    with desk.store.write() as conn:
        alarms.note(conn, alarm, "note", desk.now)
    erase(desk, days=200)
    assert rows(desk, alarms_table) == 1
    erase(desk, days=200)
    assert rows(desk, alarms_table) == 0


def test_an_entry_that_nobody_signed_again_is_withdrawn_and_then_erased_once_somebody_has_read_that(
    desk: ListDesk,
) -> None:
    entry = desk.listed(1, expires_on="2026-04-01")
    erase(desk, days=60)  # 30 April
    assert desk.at_work() == {entry}
    erase(desk, days=3)
    assert desk.at_work() == set()
    assert desk.audited("entry.withdrawn")[0][0] == "station"
    erase(desk, days=500)
    assert rows(desk, entries) == 1
    desk.review(entry, by="chen")
    erase(desk, days=1)
    assert [rows(desk, entries), rows(desk, entry_numbers)] == [0, 0]


def test_an_entry_is_kept_as_long_as_an_alarm_of_it_is(desk: ListDesk) -> None:
    entry = desk.listed(1)
    desk.withdraw(entry)
    desk.review(entry, by="chen")
    alarm = an_alarm(desk, "confirmed", entry=entry)
    erase(desk, days=800)
    assert rows(desk, entries) == 1
    with desk.store.write() as conn:
        conn.execute(update(alarms_table).where(alarms_table.c.id == alarm).values(state="resolved"))
    erase(desk, days=1)
    assert [rows(desk, alarms_table), rows(desk, entries)] == [0, 0]


def test_who_is_listed_or_cleared_stays_so(desk: ListDesk) -> None:
    listed, other = desk.listed(1, expires_on="2026-12-31"), desk.listed(2)
    desk.clear(other)
    erase(desk, days=200)
    assert desk.at_work() == {listed}
    erase(desk, days=2000)
    with desk.store.read() as conn:
        states = conn.execute(select(entries.c.state)).scalars().all()
    assert states == [EntryState.WITHDRAWN] * 2  # nobody has read either withdrawal
    assert rows(desk, cleared_numbers) == 1


def test_sessions_and_shifts_end_in_time(desk: ListDesk) -> None:
    with desk.store.write() as conn:
        conn.execute(insert(people_table).values(login="lin", password_hash="", roles=["guard"], since=desk.now))
        conn.execute(insert(sessions).values(hash="0" * 64, login="lin", expires_at=desk.now))
        shift = {"id": str(uuid4()), "login": "lin", "begins_at": desk.now, "ends_at": desk.now, "planned_by": "chen"}
        conn.execute(insert(shifts).values(**shift))
    erase(desk, days=2)
    assert [rows(desk, sessions), rows(desk, shifts)] == [0, 1]
    erase(desk, days=A_YEAR.days)
    assert rows(desk, shifts) == 0


def test_what_was_erased_is_in_no_file_of_the_station(desk: ListDesk) -> None:
    entry = desk.listed(1, expires_on="2026-04-01")
    desk.withdraw(entry)
    desk.review(entry, by="chen")
    name = "测试1".encode()
    assert any(name in file.read_bytes() for file in desk.folder.glob("station.db*"))
    erase(desk, days=(A_YEAR + A_MONTH + timedelta(days=1)).days)
    assert not [file.name for file in desk.folder.glob("station.db*") if name in file.read_bytes()]


def test_thousands_of_rows_go_in_small_transactions(desk: ListDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 10)
    with desk.store.write() as conn:
        message = {"kiosk": "g1", "seq": 1, "received_at": desk.now}
        conn.execute(insert(taken_messages), [{"id": str(uuid4()), **message} for _ in range(25)])
    erase(desk, days=400)
    assert rows(desk, taken_messages) == 0
    assert [facts["n"] for _, _, facts in desk.audited("data.erased")] == [10, 10, 5]


def test_a_site_may_keep_alarms_for_half_a_year_and_then_they_are_gone(desk: ListDesk) -> None:
    an_alarm(desk, "dismissed")
    with desk.store.write() as conn:
        settings.change(conn, "keep-alarms", 183, None, "lin", desk.now)
    erase(desk, days=182)
    assert rows(desk, alarms_table) == 1
    erase(desk, days=1)
    assert rows(desk, alarms_table) == 0


def test_a_site_that_has_decided_nothing_keeps_alarms_for_a_year(desk: ListDesk) -> None:
    an_alarm(desk, "dismissed")
    erase(desk, days=364)
    assert rows(desk, alarms_table) == 1
