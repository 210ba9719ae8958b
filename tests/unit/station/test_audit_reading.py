"""What an auditor reads of the log."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from list_desk import ListDesk, number
from sqlalchemy import update

from sync.station import audit, audit_reading, look_ups
from sync.station.audit_reading import AT_ONCE, Asked, LookUps
from sync.station.period import Length, period_of
from sync.station.site_time import site_day
from sync.station.tables import audit as log
from sync.station.wording import Language, Words

SOURCE = Path(__file__).parents[3] / "sync"
_ACT = re.compile(r'record\((?:[^()]|\([^()]*\))*?"([a-z-]+\.[a-z-]+)"')


def written(desk: ListDesk, who: str, what: str, times: int = 1, **facts: str) -> None:
    with desk.store.write() as conn:
        for _ in range(times):
            audit.record(conn, desk.now, who, what, **facts)


def read(desk: ListDesk, **asked: object) -> list[tuple[str, str]]:
    with desk.store.read() as conn:
        return [(row.who, row.what) for row in audit_reading.rows(conn, Asked(**asked)).rows]  # type: ignore[arg-type]  # a day among texts


def acts_in_the_code() -> Iterator[str]:
    for file in SOURCE.rglob("*.py"):
        yield from _ACT.findall(file.read_text(encoding="utf-8"))


def test_the_newest_row_comes_first_and_a_page_goes_on_where_the_last_one_ended(desk: ListDesk) -> None:
    written(desk, "lin", "session.began", times=AT_ONCE + 10)
    with desk.store.read() as conn:
        first = audit_reading.rows(conn, Asked())
        rest = audit_reading.rows(conn, Asked(before=first.before))
    assert [row.n for row in (*first.rows, *rest.rows)] == list(range(AT_ONCE + 10, 0, -1))
    assert rest.before is None


def test_rows_are_found_by_who_by_what_and_by_the_day_at_the_site(desk: ListDesk) -> None:
    written(desk, "lin", "entry.approved")
    written(desk, "zhou", "entry.withdrawn")
    written(desk, "zhou", "entry-like.thing")
    desk.pass_time(hours=13)  # past midnight at the site, the same day in UTC
    written(desk, "zhou", "session.began")
    assert read(desk, who="lin") == [("lin", "entry.approved")]
    assert read(desk, what="entry") == [("zhou", "entry.withdrawn"), ("lin", "entry.approved")]
    assert read(desk, what="session.began") == [("zhou", "session.began")]
    assert read(desk, day=site_day(desk.now)) == [("zhou", "session.began")]
    assert len(read(desk, day=site_day(desk.now) - timedelta(days=1))) == 3


def test_who_looked_whom_up_is_told_by_user_and_day_without_saying_whom(desk: ListDesk) -> None:
    entry, other = desk.listed(1), desk.listed(2)
    with desk.store.write() as conn:
        for _ in range(3):
            look_ups.look_up(conn, entry, "lin", desk.now)
        look_ups.look_up(conn, other, "lin", desk.now)
        look_ups.search_case(conn, "C-1", "zhou", desk.now)
    desk.pass_time(days=1)
    with desk.store.write() as conn:
        look_ups.look_up(conn, entry, "lin", desk.now)
    today = site_day(desk.now)
    with desk.store.read() as conn:
        found = audit_reading.look_ups(conn, period_of(Length.MONTH, today))
        earlier = audit_reading.look_ups(conn, period_of(Length.MONTH, today - timedelta(days=40)))
    yesterday = today - timedelta(days=1)
    assert found == (
        LookUps(today, "lin", looked_up=1, entries=1, searched=0, seen=0),
        LookUps(yesterday, "lin", looked_up=4, entries=2, searched=0, seen=0),
        LookUps(yesterday, "zhou", looked_up=1, entries=1, searched=1, seen=0),
    )
    assert earlier == ()


@pytest.mark.parametrize(
    "text", ["号码 11010519491231002X", number(7), "护照 E12345678。", "H12345678 and 0123456789", "tel 13800000000"]
)
def test_a_number_that_somebody_wrote_into_a_reason_is_not_shown(text: str) -> None:
    shown = audit_reading.without_numbers({"why": text, "note": text, "entry": "12345678-aaaa"})
    assert not re.search(r"\d{7}", f"{shown['why']}{shown['note']}")
    assert shown["entry"] == "12345678-aaaa"


def test_words_and_days_in_a_reason_stay_as_they_are() -> None:
    facts = {"why": "案件撤销 2026-03-01, room 12", "seq": 12345678}
    assert audit_reading.without_numbers(facts) == facts


def test_how_far_the_log_is_signed_is_told_and_a_row_that_was_changed_since_is_found(desk: ListDesk) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    written(desk, "lin", "session.began", times=3)
    with desk.store.write() as conn:
        before = audit_reading.signed(conn)
        audit.checkpoint(conn, Ed25519PrivateKey.generate(), "shikumen", desk.now)
    assert (before.newest, before.upto, before.broken) == (3, None, None)
    written(desk, "lin", "session.ended", times=2)
    with desk.store.write() as conn:
        after = audit_reading.signed(conn)
        conn.execute(update(log).where(log.c.n == 5).values(who="zhou"))
        changed = audit_reading.signed(conn)
        conn.execute(update(log).where(log.c.n == 3).values(hash="0" * 64))
        signed_one = audit_reading.signed(conn)
    assert (after.newest, after.upto, after.broken) == (5, 3, None)
    assert changed.broken == 5
    assert signed_one.broken == 3


@pytest.mark.parametrize("language", list(Language))
def test_every_act_and_its_kind_have_words(language: Language) -> None:
    words = Words(language)
    acts = set(acts_in_the_code())
    assert {"entry.approved", "data.erased", "root.rotated"} <= acts
    assert sorted(act for act in acts if words.known(f"audit.act.{act}") is None) == []
    kinds = {act.partition(".")[0] for act in words.beginning("audit.act.")}
    assert kinds == set(words.beginning("audit.noun."))
