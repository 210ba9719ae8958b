"""An alarm's life over the network (sync.station.alarm_life). Every act may carry ``Idempotency-Key: UUID``.

| call | body | answer |
|---|---|---|
| GET /api/alarms?since=N | - | upto, alarms |
| GET /api/alarms/{id} | - | the alarm with its whole timeline |
| POST /api/alarms/{id}/acknowledge | - | id, state |
| POST /api/alarms/{id}/confirm | facts_seen | id, state |
| POST /api/alarms/{id}/dismiss | why | id, state |
| POST /api/alarms/{id}/dispatch | team, instruction | id, state |
| POST /api/alarms/{id}/override | team, instruction, why | id, state |
| POST /api/alarms/{id}/note | text | id, state |
| POST /api/alarms/{id}/resolve | outcome, note | id, state |
| POST /api/alarms/{id}/review-override | agrees, note | id |
| GET /api/overrides | - | overrides: those that nobody has reviewed |
| POST /api/exercises | lane, kind | id |
| GET /api/dispatches?since=N | - | upto, dispatches: the guard's own team's |
| POST /api/dispatches/{id}/accept, arrived, stood-down | - | id, state |
| POST /api/dispatches/{id}/help | note | id, state |
| POST /api/dispatches/{id}/result | outcome, note | id, state |
| GET /api/acts/{key} | - | status, answer: what one's own act with this Idempotency-Key was answered |
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import Meta, Struct
from sqlalchemy import Connection

from kiosk.domain.verdict import AlarmKind
from sync.station import acts_done, alarm_acts, alarms, dispatches, evidence, exercise, overrides
from sync.station.alarm_life import Act, Answer, Outcome
from sync.station.api.act_once import Nothing, act_once
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of, meant, person, verified_holder_of
from sync.station.people import Person
from sync.station.rights import Right
from sync.station.station import Station
from sync.wire import ShortText

router = APIRouter(prefix="/api", dependencies=[Depends(meant)])

Acknowledger = Annotated[Person, Depends(holder_of(Right.ACKNOWLEDGE))]
Decider = Annotated[Person, Depends(holder_of(Right.DECIDE))]
Guard = Annotated[Person, Depends(holder_of(Right.ANSWER_DISPATCH))]
Since = Annotated[int, Query(ge=0, lt=2**53)]

LongText = Annotated[str, Meta(max_length=1000)]
Sha256 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which facts the person has seen: their ``facts_digest``."""

    facts_seen: Sha256


class Dismissal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nothing comes of an alarm."""

    why: ShortText


class Sending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which team goes, and what it is told."""

    team: ShortText
    instruction: LongText


class Override(Sending, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nobody can confirm it first."""

    why: ShortText


class Note(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was said."""

    text: LongText


class Resolution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of it."""

    outcome: Outcome
    note: LongText = ""


class Review(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a supervisor says of an override."""

    agrees: bool
    note: LongText = ""


class Exercise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where, and of what kind."""

    lane: ShortText
    kind: AlarmKind


class Help(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a guard needs."""

    note: LongText = ""


@router.get("/alarms", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def alarms_since(station: AStation, since: Since = 0) -> Response:
    """Return the alarms that changed after event number ``since``."""
    with station.store.read() as conn:
        upto, changed = alarms.changed_since(conn, since)
    return JsonAnswer({"upto": upto, "alarms": changed})


@router.get("/alarms/{alarm}", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def one_alarm(station: AStation, alarm: str) -> Response:
    """Return one alarm."""
    with station.store.read() as conn:
        return JsonAnswer(alarms.one(conn, alarm))


@router.post("/alarms/{alarm}/acknowledge")
async def acknowledge(request: Request, station: AStation, alarm: str, who: Acknowledger) -> Response:
    """Say that somebody is on it; 409 names who was first."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        return {"id": alarm, "state": alarms.act(conn, alarm, Act.ACKNOWLEDGE, who.login, now)}

    return await act_once(request, station, who, Nothing, act)


@router.post("/alarms/{alarm}/confirm")
async def confirm(request: Request, station: AStation, alarm: str, who: Decider) -> Response:
    """Confirm it by name, having seen the four facts; 409 "facts-changed" where they are others now."""

    def act(conn: Connection, given: Confirmation, now: datetime) -> dict[str, Any]:
        return {"id": alarm, "state": alarm_acts.confirm(conn, alarm, given.facts_seen, who.login, now)}

    return await act_once(request, station, who, Confirmation, act)


@router.post("/alarms/{alarm}/dismiss")
async def dismiss(request: Request, station: AStation, alarm: str, who: Decider) -> Response:
    """Say that nothing comes of it, and why; its guards are stood down and its face crop is erased."""

    def act(conn: Connection, given: Dismissal, now: datetime) -> dict[str, Any]:
        state = alarm_acts.dismiss(conn, alarm, given.why, who.login, now)
        evidence.end(conn, station.evidence_keys, alarm, now)
        return {"id": alarm, "state": state}

    return await act_once(request, station, who, Dismissal, act)


@router.post("/alarms/{alarm}/dispatch")
async def dispatch(request: Request, station: AStation, alarm: str, who: Decider) -> Response:
    """Send a team to a confirmed alarm."""

    def act(conn: Connection, given: Sending, now: datetime) -> dict[str, Any]:
        state = dispatches.send(conn, alarm, given.team, given.instruction, who.login, now)
        return {"id": alarm, "state": state}

    return await act_once(request, station, who, Sending, act)


@router.post("/alarms/{alarm}/override")
async def override(request: Request, station: AStation, alarm: str, who: Decider) -> Response:
    """Send a team before anybody has confirmed it; a supervisor reviews that."""

    def act(conn: Connection, given: Override, now: datetime) -> dict[str, Any]:
        state = overrides.override(conn, alarm, given.team, given.instruction, given.why, who.login, now)
        return {"id": alarm, "state": state}

    return await act_once(request, station, who, Override, act)


@router.post("/alarms/{alarm}/note")
async def note(request: Request, station: AStation, alarm: str, who: Decider) -> Response:
    """Write down what was said."""

    def act(conn: Connection, given: Note, now: datetime) -> dict[str, Any]:
        return {"id": alarm, "state": alarm_acts.talk_back(conn, alarm, given.text, who.login, now)}

    return await act_once(request, station, who, Note, act)


@router.post("/alarms/{alarm}/resolve")
async def resolve(request: Request, station: AStation, alarm: str, who: Decider) -> Response:
    """Close the case."""

    def act(conn: Connection, given: Resolution, now: datetime) -> dict[str, Any]:
        state = alarm_acts.resolve(conn, alarm, given.outcome, given.note, who.login, now)
        return {"id": alarm, "state": state}

    return await act_once(request, station, who, Resolution, act)


@router.post("/alarms/{alarm}/review-override")
async def review_override(
    request: Request,
    station: AStation,
    alarm: str,
    who: Annotated[Person, Depends(verified_holder_of(Right.REVIEW_OVERRIDE))],
) -> Response:
    """Say whether somebody else's override was right."""

    def act(conn: Connection, given: Review, now: datetime) -> dict[str, Any]:
        overrides.review(conn, alarm, given.agrees, given.note, who.login, now)
        return {"id": alarm}

    return await act_once(request, station, who, Review, act)


@router.get("/overrides", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def unreviewed_overrides(station: AStation) -> Response:
    """Return the overrides that wait for a supervisor."""
    with station.store.read() as conn:
        return JsonAnswer({"overrides": overrides.unreviewed(conn)})


@router.post("/exercises")
async def begin_exercise(
    request: Request, station: AStation, who: Annotated[Person, Depends(holder_of(Right.BEGIN_EXERCISE))]
) -> Response:
    """Raise an alarm that is an exercise."""

    def act(conn: Connection, given: Exercise, now: datetime) -> dict[str, Any]:
        return {"id": exercise.begin(conn, given.lane, given.kind, who.login, now)}

    return await act_once(request, station, who, Exercise, act, status=201)


@router.get("/dispatches")
def dispatches_since(station: AStation, who: Guard, since: Since = 0) -> Response:
    """Return what was sent to the guard's own team and changed after event number ``since``."""
    with station.store.read() as conn:
        upto, sent = dispatches.of_guard(conn, who.login, since, station.now())
    return JsonAnswer({"upto": upto, "dispatches": sent})


@router.post("/dispatches/{dispatch_id}/accept")
async def accept(request: Request, station: AStation, dispatch_id: str, who: Guard) -> Response:
    """Say that the team goes."""
    return await _answer(request, station, dispatch_id, who, Answer.ACCEPT)


@router.post("/dispatches/{dispatch_id}/arrived")
async def arrived(request: Request, station: AStation, dispatch_id: str, who: Guard) -> Response:
    """Say that the team is there."""
    return await _answer(request, station, dispatch_id, who, Answer.ARRIVE)


@router.post("/dispatches/{dispatch_id}/stood-down")
async def stood_down(request: Request, station: AStation, dispatch_id: str, who: Guard) -> Response:
    """Say that the team knows that it is stood down."""
    return await _answer(request, station, dispatch_id, who, Answer.SEE_STAND_DOWN)


@router.post("/dispatches/{dispatch_id}/help")
async def need_help(request: Request, station: AStation, dispatch_id: str, who: Guard) -> Response:
    """Ask for help."""

    def act(conn: Connection, given: Help, now: datetime) -> dict[str, Any]:
        state = dispatches.answer(conn, dispatch_id, Answer.HELP, who.login, now, given.note)
        return {"id": dispatch_id, "state": state}

    return await act_once(request, station, who, Help, act)


@router.post("/dispatches/{dispatch_id}/result")
async def result(request: Request, station: AStation, dispatch_id: str, who: Guard) -> Response:
    """Say what came of it."""

    def act(conn: Connection, given: Resolution, now: datetime) -> dict[str, Any]:
        state = dispatches.answer(conn, dispatch_id, Answer.RESULT, who.login, now, given.note, given.outcome)
        return {"id": dispatch_id, "state": state}

    return await act_once(request, station, who, Resolution, act)


@router.get("/acts/{key}")
def what_became(station: AStation, key: UUID, who: Annotated[Person, Depends(person)]) -> Response:
    """Return what an act was answered, for a page whose connection broke before it heard."""
    with station.store.read() as conn:
        answered = acts_done.what_became(conn, str(key), who.login)
    return JsonAnswer({"status": answered.status, "answer": msgspec.Raw(answered.body)})


async def _answer(request: Request, station: Station, dispatch_id: str, who: Person, what: Answer) -> Response:
    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        return {"id": dispatch_id, "state": dispatches.answer(conn, dispatch_id, what, who.login, now)}

    return await act_once(request, station, who, Nothing, act)
