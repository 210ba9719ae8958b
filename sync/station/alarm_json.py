"""An alarm as JSON values: its four facts, its timeline, who was sent, and what a confirmation must have seen."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from sync.station.alarm_life import Listed
from sync.station.live_list import EntryState
from sync.station.repeats import AGAIN
from sync.station.tables import alarm_events, alarms, dispatches, entries, kiosks, overrides, silences

_CASE: Final = (entries.c.case_number, entries.c.unit, entries.c.contact, entries.c.guidance)
ALARMS: Final = select(alarms, *_CASE, entries.c.state.label("entry_state")).outerjoin(
    entries, entries.c.id == alarms.c.entry
)

NOTE: Final = "note"
"""The event that is a person's talk-back."""

_FACE: Final = ("similarity", "band", "accept_threshold", "pack", "pack_digest", "face_reason")


def as_json(conn: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Return these rows of ``ALARMS``, each with its events and everything that hangs on it."""
    ids = [row.id for row in rows]
    history: dict[str, list[dict[str, Any]]] = {alarm: [] for alarm in ids}
    events = select(alarm_events).where(alarm_events.c.alarm.in_(ids)).order_by(alarm_events.c.n)
    for event in conn.execute(events):
        facts = {} if event.facts is None else {"facts": event.facts}
        history[event.alarm].append({"event": event.event, "who": event.who, "at": event.at.isoformat(), **facts})
    silent, sent, overridden = _silences(conn, ids), _dispatches(conn, ids), _overrides(conn, ids)
    return [
        {
            "id": row.id,
            "kiosk": row.kiosk,
            "lane": row.lane,
            "seq": row.seq,
            "kind": row.kind,
            "visit": row.visit,
            "entry": row.entry,
            "listed": row.listed,
            "listed_now": listed_now(row),
            "state": row.state,
            "exercise": row.exercise,
            "repeats": sum(event["event"] == AGAIN for event in history[row.id]),
            "escalated": row.escalated,
            "raised_at": row.raised_at.isoformat(),
            "reckoned_at": row.reckoned_at.isoformat() if row.reckoned_at else None,
            "received_at": row.received_at.isoformat(),
            "facts": row.facts,
            "facts_digest": facts_digest(row, history[row.id]),
            "case": None
            if row.case_number is None
            else {
                "case_number": row.case_number,
                "unit": row.unit,
                "contact": row.contact,
                "guidance": row.guidance,
            },
            "history": history[row.id],
            "notes": [
                {"by": event["who"], "at": event["at"], "text": event["facts"]["text"]}
                for event in history[row.id]
                if event["event"] == NOTE
            ],
            "override": overridden.get(row.id),
            "dispatches": sent.get(row.id, []),
            "silence": silent.get(row.id),
        }
        for row in rows
    ]


def listed_now(row: Row[Any]) -> Listed:
    """Return what the list says now. A withdrawal is final: it never says more than on arrival."""
    if row.listed == Listed.STILL and row.entry_state != EntryState.LISTED:
        return Listed.WITHDRAWN
    return Listed(row.listed)


def facts_digest(row: Row[Any], history: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of the four facts as they stand: number, face, liveness and list age, and those of repeats.

    A repeat that says the same as one before it changes nothing: else a chattering kiosk would make every confirmation
    stale. The age of the list is the one fact that differs each time, so a repeat's is left out.
    """
    again = {json.dumps(_seen(event["facts"])) for event in history if event["event"] == AGAIN}
    number = [row.entry, listed_now(row)]
    first = _seen({"kind": row.kind, **row.facts})
    shown = [number, first, row.facts["list_age_s"], sorted(again - {json.dumps(first)})]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def _seen(facts: Mapping[str, Any]) -> list[Any]:
    return [facts["kind"], [facts[name] for name in _FACE], facts["liveness"]]


def _dispatches(conn: Connection, alarm_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    c = dispatches.c
    found: dict[str, list[dict[str, Any]]] = {}
    for row in conn.execute(select(dispatches).where(c.alarm.in_(alarm_ids)).order_by(c.sent_at, c.id)):
        found.setdefault(row.alarm, []).append(
            {
                "id": row.id,
                "team": row.team,
                "instruction": row.instruction,
                "state": row.state,
                "by": row.sent_by,
                "at": row.sent_at.isoformat(),
                "accepted_by": row.accepted_by,
                "arrived_at": _time(row.arrived_at),
                "help": _time(row.help_wanted_at),
                "outcome": row.outcome,
                "outcome_note": row.outcome_note,
                "stood_down_at": _time(row.stood_down_at),
                "stood_down_why": row.stood_down_why,
                "stand_down_seen_by": row.stand_down_seen_by,
            }
        )
    return found


def _overrides(conn: Connection, alarm_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = conn.execute(select(overrides).where(overrides.c.alarm.in_(alarm_ids)))
    return {row.alarm: override_json(row) for row in rows}


def override_json(row: Row[Any]) -> dict[str, Any]:
    """Return an override as JSON values; ``reviewed_by`` is null as long as a supervisor's review is pending."""
    return {
        "by": row.by,
        "at": row.at.isoformat(),
        "why": row.why,
        "reviewed_by": row.reviewed_by,
        "reviewed_at": _time(row.reviewed_at),
        "agrees": row.agrees,
        "review_note": row.review_note,
    }


def _time(at: Any) -> str | None:
    return None if at is None else str(at.isoformat())


def _silences(conn: Connection, alarm_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return whose silence each alarm is, if it is one (sync.station.supervision): who is still silent comes first."""
    c = silences.c
    query = select(silences, kiosks.c.lane).join(kiosks, kiosks.c.id == c.kiosk).where(c.alarm.in_(alarm_ids))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in conn.execute(query.order_by(c.returned_at.is_not(None), c.kiosk)):
        one = {"kiosk": row.kiosk, "lane": row.lane, "since": row.since.isoformat(), "times": row.times}
        back = None if row.returned_at is None else row.returned_at.isoformat()
        found.setdefault(row.alarm, []).append({**one, "returned_at": back, "escalated": row.escalated_at is not None})
    return found
