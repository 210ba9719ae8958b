"""What the console's pages may ask about the list, as JSON. The demo and the bench use the same calls.

| call | body | answer |
|---|---|---|
| GET /api/list | - | entries |
| POST /api/list | a Proposal | entry, state |
| POST /api/list/{entry}/approve | - | entry, state, seq |
| POST /api/list/{entry}/withdraw | why | entry, state, seq |
| POST /api/list/{entry}/review | - | entry, state |
| POST /api/list/{entry}/clear | why | clearance, entries |
| POST /api/list/{entry}/renew | until | request |
| GET /api/requests | - | requests that wait for a second person |
| POST /api/requests/{request}/grant | why (to lift a clearance) | request, act, seq |
| POST /api/requests/{request}/decline | - | request |
| POST /api/clearances | number, why | clearance, entries |
| POST /api/clearances/{clearance}/lift | why | request |

``seq`` is where the feed of the newest open epoch stands; null where it did not move.
"""

from datetime import date
from typing import Annotated, TypeAlias

import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct

from sync.station import acts, clearances, look_ups, renewals, requests, withdrawals
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.kept_answers import KeptAnswers
from sync.station.api.session import AStation, holder_of, meant
from sync.station.live_list import EntryState
from sync.station.people import Person
from sync.station.proposals import Proposal, parsed_numbers
from sync.station.rights import Right
from sync.wire import ShortText

log = structlog.get_logger()
router = APIRouter(prefix="/api", dependencies=[Depends(meant)], route_class=KeptAnswers)

Proposer: TypeAlias = Annotated[Person, Depends(holder_of(Right.PROPOSE))]
Approver: TypeAlias = Annotated[Person, Depends(holder_of(Right.APPROVE))]
Withdrawer: TypeAlias = Annotated[Person, Depends(holder_of(Right.WITHDRAW))]
Reader: TypeAlias = Annotated[Person, Depends(holder_of(Right.SEE_LIST))]


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an entry ends, a person is cleared, or a clearance is lifted."""

    why: Annotated[str, Meta(min_length=1, max_length=200)]


class SecondReason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a request is granted; a renewal needs no reason."""

    why: Annotated[str, Meta(max_length=200)] = ""


class Clearing(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose number is cleared though no entry may have it, and why."""

    number: ShortText
    why: Annotated[str, Meta(min_length=1, max_length=200)]

    def __repr__(self) -> str:
        return "Clearing(…)"


class LastDay(Struct, frozen=True, forbid_unknown_fields=True):
    """A renewal's new last day."""

    until: date


@router.get("/list")
def entries(station: AStation, _who: Reader) -> Response:
    """Return the newest entries, their numbers masked."""
    with station.store.read() as conn:
        return JsonAnswer({"entries": look_ups.shown(conn, station.now())})


@router.post("/list")
async def propose(request: Request, station: AStation, who: Proposer) -> Response:
    """Propose an entry; nothing is published."""
    proposal = await read_json(request, Proposal)
    entry = await run_sync(acts.propose, station.store, station.keyring.peppers, proposal, who.login, station.now())
    return JsonAnswer({"entry": entry, "state": EntryState.PROPOSED}, 201)


@router.post("/list/{entry}/approve")
def approve(station: AStation, entry: str, who: Approver) -> Response:
    """List a proposed entry: the second person."""
    seq = acts.approve(station.store, station.keyring.peppers, entry, who.login, station.now)
    station.feed_bell.ring()
    log.info("list.changed", op="add", seq=seq)
    return JsonAnswer({"entry": entry, "state": EntryState.LISTED, "seq": seq})


@router.post("/list/{entry}/withdraw")
async def withdraw(request: Request, station: AStation, entry: str, who: Withdrawer) -> Response:
    """End an entry at once: one person suffices."""
    why = (await read_json(request, Reason)).why

    def committed() -> int | None:
        with station.store.write() as conn:
            return withdrawals.withdraw(conn, entry, why, who.login, station.now())

    seq = await run_sync(committed)
    station.feed_bell.ring()
    station.alarm_bell.ring()  # guards may have been stood down
    log.info("list.changed", op="withdraw", seq=seq)
    return JsonAnswer({"entry": entry, "state": EntryState.WITHDRAWN, "seq": seq})


@router.post("/list/{entry}/review")
def review(station: AStation, entry: str, who: Withdrawer) -> Response:
    """Confirm having read somebody else's withdrawal."""
    with station.store.write() as conn:
        withdrawals.review(conn, entry, who.login, station.now())
    return JsonAnswer({"entry": entry, "state": EntryState.WITHDRAWN})


@router.post("/list/{entry}/clear")
async def clear(request: Request, station: AStation, entry: str, who: Withdrawer) -> Response:
    """Clear the person of an entry, at once: one person suffices."""
    why = (await read_json(request, Reason)).why

    def committed() -> tuple[str, tuple[str, ...]]:
        with station.store.write() as conn:
            return clearances.clear_entry(conn, entry, why, who.login, station.now())

    clearance, withdrawn = await run_sync(committed)
    station.feed_bell.ring()
    station.alarm_bell.ring()  # guards may have been stood down
    log.info("list.changed", op="withdraw")
    return JsonAnswer({"clearance": clearance, "entries": withdrawn})


@router.post("/list/{entry}/renew")
async def ask_to_renew(request: Request, station: AStation, entry: str, who: Proposer) -> Response:
    """Ask for a new last day, which a second person grants."""
    until = (await read_json(request, LastDay)).until

    def committed() -> str:
        with station.store.write() as conn:
            return renewals.ask_to_renew(conn, entry, until, who.login, station.now())

    return JsonAnswer({"request": await run_sync(committed)}, 201)


@router.get("/requests")
def waiting_requests(station: AStation, _who: Reader) -> Response:
    """Return what waits for a second person."""
    with station.store.read() as conn:
        return JsonAnswer({"requests": requests.waiting(conn)})


@router.post("/requests/{asked}/grant")
async def grant(request: Request, station: AStation, asked: str, who: Approver) -> Response:
    """Do what somebody else has asked for."""
    why = (await read_json(request, SecondReason)).why
    peppers = station.keyring.peppers
    act, seq = await run_sync(acts.grant, station.store, peppers, asked, why, who.login, station.now)
    station.feed_bell.ring()
    if seq is not None:
        log.info("list.changed", op="add", seq=seq)
    return JsonAnswer({"request": asked, "act": act, "seq": seq})


@router.post("/requests/{asked}/decline")
def decline(station: AStation, asked: str, who: Approver) -> Response:
    """End a request without doing what it asks for."""
    with station.store.write() as conn:
        requests.decline(conn, asked, who.login, station.now())
    return JsonAnswer({"request": asked})


@router.post("/clearances")
async def clear_number(request: Request, station: AStation, who: Withdrawer) -> Response:
    """Clear whoever has this number, at once: no later proposal or import lists them."""
    given = await read_json(request, Clearing)
    numbers = parsed_numbers([given.number])

    def committed() -> tuple[str, tuple[str, ...]]:
        with station.store.write() as conn:
            return clearances.clear_numbers(conn, numbers, given.why, who.login, station.now())

    clearance, withdrawn = await run_sync(committed)
    station.feed_bell.ring()
    station.alarm_bell.ring()  # guards may have been stood down
    log.info("list.changed", op="withdraw")
    return JsonAnswer({"clearance": clearance, "entries": withdrawn})


@router.post("/clearances/{clearance}/lift")
async def ask_to_lift(request: Request, station: AStation, clearance: str, who: Proposer) -> Response:
    """Ask that a clearance ends, which a second person grants."""
    why = (await read_json(request, Reason)).why

    def committed() -> str:
        with station.store.write() as conn:
            return clearances.ask_to_lift(conn, clearance, why, who.login, station.now())

    return JsonAnswer({"request": await run_sync(committed)}, 201)
