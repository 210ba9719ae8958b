"""The acts that need sealing, whole: sealed outside of any transaction, then done in one.

An epoch may begin between the two; then the act is refused as not sealed, and what is missing is sealed once more.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from sync.station import clearances, listing, renewals, requests
from sync.station.feeds import sealing_epochs
from sync.station.proposals import Proposal
from sync.station.refusals import BadRequestError
from sync.station.requests import Act
from sync.station.sealing import NotSealedError, Sealed, seal_entry, seal_missing, seal_renewed
from sync.station.store import Store
from sync.station.tables import entries
from watchlist.seal import Pepper

T = TypeVar("T")

_TRIES = 3


def propose(store: Store, peppers: Mapping[int, Pepper], proposal: Proposal, who: str, now: datetime) -> str:
    """Propose an entry and seal it (sync.station.listing.propose)."""
    with store.write() as conn:
        entry = listing.propose(conn, proposal, who, now)
    seal_missing(store, peppers, entries.c.id == entry)
    return entry


def approve(store: Store, peppers: Mapping[int, Pepper], entry: str, who: str, now: Callable[[], datetime]) -> int:
    """Approve an entry (sync.station.listing.approve)."""

    def approved() -> int:
        with store.write() as conn:
            return listing.approve(conn, entry, who, now())

    return sealed_again(approved, lambda: seal_missing(store, peppers, entries.c.id == entry))


def grant(
    store: Store, peppers: Mapping[int, Pepper], request: str, why: str, who: str, now: Callable[[], datetime]
) -> tuple[Act, int | None]:
    """Grant what somebody else asked for; return what it was, and where the newest feed stands if it changed.

    Raises:
        BadRequestError: "why": a clearance is lifted with a reason of the second person's too.
        NotFoundError, NotAllowedError, ConflictError: see sync.station.requests, renewals and clearances.
    """
    with store.read() as conn:
        asked = requests.request_of(conn, request)
    act = Act(asked.act)
    if act is Act.LIFT_CLEARANCE:
        if not why.strip():
            raise BadRequestError("why")
        with store.write() as conn:
            clearances.lift(conn, requests.request_of(conn, request), why, who, now())
        return act, None

    def renewed() -> int:
        sealed = _renewed(store, peppers, asked.facts["entry"], date.fromisoformat(asked.facts["until"]))
        with store.write() as conn:
            return renewals.renew(conn, requests.request_of(conn, request), sealed, who, now())

    return act, sealed_again(renewed)


def sealed_again(act: Callable[[], T], seal: Callable[[], object] = lambda: None) -> T:
    """Do the act; where something is not sealed, seal it and do the act again.

    Raises:
        NotSealedError: still not: this process lacks an epoch's pepper.
    """
    for _ in range(_TRIES - 1):
        try:
            return act()
        except NotSealedError:
            seal()
    return act()


def _renewed(store: Store, peppers: Mapping[int, Pepper], entry: str, last_day: date) -> list[Sealed]:
    with store.read() as conn:
        unsealed, epochs = seal_renewed(conn, entry, last_day), _epochs(conn, peppers)
    return [seal_entry(unsealed, peppers[epoch]) for epoch in epochs]


def _epochs(conn: Connection, peppers: Mapping[int, Pepper]) -> list[int]:
    return [epoch for epoch in sealing_epochs(conn) if epoch in peppers]
