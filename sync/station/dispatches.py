"""Teams sent to an alarm: who may be sent, what guards answer, and how they are stood down.

Rules
- Sending is a step of the alarm's life, so only a confirmed alarm, or an overridden one, has a dispatch.
- A team is sent that has somebody on duty, and once as long as it is on its way. Nobody is sent after somebody whose
  entry is no longer on the live list, confirmed or not (RULES 12).
- An exercise goes to teams for exercises and to no other; a real alarm never goes to those.
- A withdrawal, a clearing, a dismissal or the end of the case stands down everybody who is on the way, in the same
  transaction; each such dispatch says so until a guard of the team has acknowledged it.
- A guard sees and answers what was sent to a team of his while he is on duty there, or was when it was sent: whose
  shift ends on the way is stood down like anybody. What he accepted he keeps to its end.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, insert, or_, select, update

from sync.station import alarms, audit
from sync.station.alarm_life import ERRAND, ON_THE_WAY, OPEN, Act, Answer, Outcome, Sent, State
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.site_plan import place_of
from sync.station.tables import alarms as alarms_table
from sync.station.tables import dispatches, entries, kiosk_places, shifts, team_members, teams

WITHDRAWN: Final = "withdrawn"
"""The event on an open alarm whose entry has left the list, and why its guards are stood down."""

_c: Final = dispatches.c
_OUT: Final = _c.state.in_((*ON_THE_WAY, Sent.STOOD_DOWN))
"""Of a team that is not back, or does not know yet that it is stood down."""
_EVENTS: Final = {
    Answer.ACCEPT: "accepted",
    Answer.HELP: "help-wanted",
    Answer.RESULT: "result",
    Answer.STAND_DOWN: "stood-down",
    Answer.SEE_STAND_DOWN: "stand-down-seen",
}
"""What an answer adds to the alarm's timeline. An arrival is the alarm's own step."""


def check_sendable(conn: Connection, alarm: str, team: str, now: datetime) -> None:
    """Return if this team may be sent to this alarm, as far as it is not the alarm's state that decides.

    Raises:
        NotFoundError: "no-such-alarm", "no-such-team".
        ConflictError: "withdrawn-since", "exercise-team", "exercise-only", "team-off-duty", "already-sent".
    """
    about = alarms.alarm_of(conn, alarm)
    its = conn.execute(select(teams).where(teams.c.id == team, teams.c.ended_at.is_(None))).one_or_none()
    if its is None:
        raise NotFoundError("no-such-team")
    if its.for_exercises != about.exercise:
        raise ConflictError("exercise-only" if about.exercise else "exercise-team")
    if alarms.listed(conn, about.entry, now) == alarms.Listed.WITHDRAWN:
        raise ConflictError("withdrawn-since")
    if conn.execute(select(exists().where(shifts.c.team == team, _runs(now)))).scalar_one() is False:
        raise ConflictError("team-off-duty")
    under_way = select(_c.id).where(_c.alarm == alarm, _c.team == team, _c.state.in_(ON_THE_WAY))
    if conn.execute(under_way).first() is not None:
        raise ConflictError("already-sent")


def send(
    conn: Connection, alarm: str, team: str, instruction: str, who: str, now: datetime, *, by: Act = Act.DISPATCH
) -> State:
    """Send a team and return the alarm's state.

    Raises:
        NotFoundError, ConflictError: see ``check_sendable`` and ``alarms.act``.
    """
    dispatch = str(uuid4())
    state = alarms.act(conn, alarm, by, who, now, dispatch=dispatch, team=team)
    # After the step: whoever comes second, or too early, is told that first. A refusal undoes the step.
    check_sendable(conn, alarm, team, now)
    exercise = alarms.alarm_of(conn, alarm).exercise
    row = {"id": dispatch, "alarm": alarm, "team": team, "instruction": instruction, "sent_by": who, "sent_at": now}
    conn.execute(insert(dispatches).values(**row, state=Sent.EXERCISE if exercise else Sent.SENT))
    return state


def answer(
    conn: Connection,
    dispatch: str,
    what: Answer,
    who: str,
    now: datetime,
    note: str = "",
    outcome: Outcome | None = None,
) -> Sent:
    """Take a guard's answer and return how far the dispatch is then.

    Raises:
        NotFoundError: there is no such dispatch to a team of his.
        BadRequestError: "note": "other" says nothing without one.
        ConflictError: "already" or "not-yet": says how far it is; where it was stood down, why.
    """
    row = conn.execute(select(dispatches).where(_c.id == dispatch, _his(who, now))).one_or_none()
    if row is None:
        raise NotFoundError("no-such-dispatch")
    if outcome is Outcome.OTHER and not note.strip():
        raise BadRequestError("note")
    columns: dict[Answer, dict[str, Any]] = {
        Answer.ACCEPT: {"accepted_by": who, "accepted_at": now},
        Answer.ARRIVE: {"arrived_at": now},
        Answer.HELP: {"help_wanted_at": now},
        Answer.RESULT: {"outcome": outcome, "outcome_note": note},
        Answer.SEE_STAND_DOWN: {"stand_down_seen_by": who, "stand_down_seen_at": now},
    }
    after = _step(conn, row, what, now, who, **columns[what])
    facts = {"dispatch": dispatch, "team": row.team} | ({"outcome": str(outcome)} if outcome is not None else {})
    if what is Answer.ARRIVE:
        entry = alarms.alarm_of(conn, row.alarm).entry
        alarms.act(conn, row.alarm, Act.ARRIVE, who, now, **facts, listed=alarms.listed(conn, entry, now))
        return after
    alarms.note(conn, row.alarm, _EVENTS[what], now, who, **facts, **({"note": note} if note else {}))
    audit.record(conn, now, who, f"dispatch.{_EVENTS[what]}", alarm=row.alarm, **facts)
    return after


def stand_down(conn: Connection, alarm_ids: Iterable[str], why: str, who: str, now: datetime) -> None:
    """Stand down everybody who is on the way to these alarms, or there."""
    sent = select(dispatches).where(_c.alarm.in_(list(alarm_ids)), _c.state.in_(ON_THE_WAY))
    for row in conn.execute(sent).all():
        _step(conn, row, Answer.STAND_DOWN, now, who, stood_down_at=now, stood_down_why=why)
        facts = {"dispatch": row.id, "team": row.team, "why": why}
        alarms.note(conn, row.alarm, _EVENTS[Answer.STAND_DOWN], now, who, **facts)
        audit.record(conn, now, who, "dispatch.stood-down", alarm=row.alarm, **facts)


def entries_ended(conn: Connection, ended: Select[tuple[str]], who: str, now: datetime) -> None:
    """Say on every open alarm of these entries that they have left the list, and stand its guards down."""
    a = alarms_table.c
    about = select(a.id).where(a.state.in_(OPEN), a.repeats_of.is_(None), a.entry.in_(ended))
    ids = conn.execute(about).scalars().all()
    for alarm in ids:
        alarms.note(conn, alarm, WITHDRAWN, now, who)
    stand_down(conn, ids, WITHDRAWN, who, now)


def of_guard(conn: Connection, who: str, since: int, now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """Return what was sent to this guard's team and changed after event ``since``, and the number of the last event.

    That is all a guard sees: lane and its place on the plan, time, instruction and guidance; no case, no number, no
    name, no score.
    """
    return alarms.newest_event(conn), _shown(conn, _his(who, now) & _c.alarm.in_(alarms.changed_alarms(since)))


def open_of_guard(conn: Connection, who: str, now: datetime) -> list[dict[str, Any]]:
    """Return what this guard has to look at now: sent and not done, or stood down and not yet acknowledged.

    It is whole each time: what has gone from it (a shift is over, a colleague was quicker) is gone from the page too.
    """
    return _shown(conn, _his(who, now) & _OUT)


def is_under_way(conn: Connection, team: str) -> bool:
    """Tell whether this team was sent somewhere and is not back, or does not know yet that it is stood down."""
    return conn.execute(select(exists().where(_c.team == team, _OUT))).scalar_one()


def errands(conn: Connection) -> dict[str, dict[str, str]]:
    """Return where each team is that is on its way or there: ``lane``, and ``state`` of the dispatch, by team."""
    sent = select(_c.team, _c.state, alarms_table.c.lane).join(alarms_table, alarms_table.c.id == _c.alarm)
    rows = conn.execute(sent.where(_c.state.in_(ON_THE_WAY)).order_by(_c.sent_at))
    return {row.team: {"lane": row.lane, "state": row.state} for row in rows}


def _shown(conn: Connection, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    a, spot = alarms_table.c, kiosk_places.c
    joined = select(a.lane, a.kind, a.exercise, entries.c.guidance, spot.x, spot.y, dispatches)
    query = joined.join(dispatches, _c.alarm == a.id).outerjoin(entries, entries.c.id == a.entry)
    query = query.outerjoin(kiosk_places, spot.kiosk == a.kiosk).where(which)
    return [
        {
            "id": row.id,
            "team": row.team,
            "lane": row.lane,
            "place": place_of(row),
            "kind": row.kind,
            "exercise": row.exercise,
            "instruction": row.instruction,
            "guidance": row.guidance,
            "state": row.state,
            "at": row.sent_at.isoformat(),
            "accepted_by": row.accepted_by,
            "help_wanted_at": row.help_wanted_at.isoformat() if row.help_wanted_at is not None else None,
            "stood_down_why": row.stood_down_why,
        }
        for row in conn.execute(query.order_by(_c.sent_at, _c.id))
    ]


def _step(conn: Connection, row: Row[Any], what: Answer, now: datetime, who: str, **columns: Any) -> Sent:
    after = ERRAND.get((Sent(row.state), what))
    here = update(dispatches).where(_c.id == row.id, _c.state == row.state)
    if after is None or conn.execute(here.values(state=after, **columns)).rowcount != 1:
        raise _refusal(conn, row.id, what)
    return after


def _refusal(conn: Connection, dispatch: str, what: Answer) -> ConflictError:
    row = conn.execute(select(dispatches).where(_c.id == dispatch)).one()
    order = list(Sent)
    begins = [before for before, possible in ERRAND if possible is what]
    early = order.index(Sent(row.state)) < min(map(order.index, begins))
    who, at = (row.accepted_by, row.accepted_at) if row.accepted_by is not None else (row.sent_by, row.sent_at)
    if row.stood_down_at is not None:
        who, at = row.stand_down_seen_by or row.stood_down_why, row.stand_down_seen_at or row.stood_down_at
    return ConflictError("not-yet" if early else "already", state=row.state, who=who, at=at.isoformat())


def _his(who: str, now: datetime) -> ColumnElement[bool]:
    """Dispatches that this guard may see and answer."""
    member = select(team_members.c.team).where(team_members.c.login == who)
    there = or_(_runs(now), _runs(_c.sent_at))
    on_duty = exists().where(shifts.c.login == who, shifts.c.team == _c.team, there)
    return or_(_c.team.in_(member) & on_duty, _c.accepted_by == who)


def _runs(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return (shifts.c.begins_at <= now) & (shifts.c.ends_at > now)
