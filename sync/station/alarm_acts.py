"""What a dispatcher does with an alarm, beside sending somebody (sync.station.dispatches, overrides).

- A confirmation is of the four facts as they stand: it carries the digest of what its author has seen. Where the number
  has been withdrawn or a repeat has said something else meanwhile, it is refused, and he looks again.
- A dismissal or the end of the case stands down whoever is still on the way.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync.station import alarm_json, alarms, audit, dispatches
from sync.station.alarm_life import Act, Listed, Outcome, State
from sync.station.refusals import BadRequestError, ConflictError


def confirm(conn: Connection, alarm: str, facts_seen: str, who: str, now: datetime) -> State:
    """Confirm an alarm by name.

    Raises:
        NotFoundError, ConflictError: see ``alarms.act``; "facts-changed": these are not the facts as they stand.
    """
    state = alarms.act(conn, alarm, Act.CONFIRM, who, now, facts_seen=facts_seen)
    shown = alarms.one(conn, alarm)
    live = alarms.listed(conn, shown["entry"], now)
    # That an entry's last day has passed no event tells: so the list is looked at once more.
    ended = live == Listed.WITHDRAWN != shown["listed_now"]
    if facts_seen != shown["facts_digest"] or ended:
        raise ConflictError("facts-changed", listed=live)
    return state


def dismiss(conn: Connection, alarm: str, why: str, who: str, now: datetime) -> State:
    """End an alarm of which nothing comes. The caller erases its evidence.

    Raises:
        BadRequestError: "why".
        NotFoundError, ConflictError: see ``alarms.act``.
    """
    reason = said(why, "why")
    state = alarms.act(conn, alarm, Act.DISMISS, who, now, why=reason)
    dispatches.stand_down(conn, [alarm], "dismissed", who, now)
    return state


def resolve(conn: Connection, alarm: str, outcome: Outcome, note: str, who: str, now: datetime) -> State:
    """Close the case.

    Raises:
        BadRequestError: "note": "other" says nothing without one.
        NotFoundError, ConflictError: see ``alarms.act``.
    """
    text = said(note, "note") if outcome is Outcome.OTHER else note.strip()
    state = alarms.act(conn, alarm, Act.RESOLVE, who, now, outcome=outcome, **({"note": text} if text else {}))
    dispatches.stand_down(conn, [alarm], "resolved", who, now)
    return state


def talk_back(conn: Connection, alarm: str, text: str, who: str, now: datetime) -> State:
    """Write down what was said on the telephone or by radio, at any time.

    Raises:
        BadRequestError: "text".
        NotFoundError, ConflictError: see ``alarms.alarm_of``.
    """
    state = State(alarms.alarm_of(conn, alarm).state)
    alarms.note(conn, alarm, alarm_json.NOTE, now, who, text=said(text, "text"))
    audit.record(conn, now, who, "alarm.noted", alarm=alarm)
    return state


def said(text: str, field: str) -> str:
    """Return what somebody has written, without the blanks around it.

    Raises:
        BadRequestError: nothing; ``field`` is its code.
    """
    if not text.strip():
        raise BadRequestError(field)
    return text.strip()
