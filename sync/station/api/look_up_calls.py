"""Looking people up, each time by a person whose name the audit log keeps (RULES 17).

| call | body | answer |
|---|---|---|
| POST /api/list/check | numbers | numbers: whether each holds by its form, in words; nobody is looked up |
| POST /api/list/search | by: number, case; text | entries, clearance |
| POST /api/list/{entry}/numbers | - | numbers, in full |
| GET /api/list/{entry}/history | - | events |

A number is looked for by POST: no address, and no log of addresses, may hold one.
"""

from typing import Annotated, Any, Literal, TypeAlias

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct

from sync.station import history, look_ups
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.pages import SomeWords
from sync.station.api.session import AStation, holder_of, meant
from sync.station.list_wording import checked_as_typed
from sync.station.people import Person
from sync.station.proposals import parsed_numbers
from sync.station.rights import Right
from sync.wire import ShortText
from watchlist.feed import MAX_ROWS

router = APIRouter(prefix="/api", dependencies=[Depends(meant)])

Reader: TypeAlias = Annotated[Person, Depends(holder_of(Right.SEE_LIST))]


class TypedNumbers(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a form so far."""

    numbers: Annotated[tuple[ShortText, ...], Meta(max_length=MAX_ROWS)]

    def __repr__(self) -> str:
        return "TypedNumbers(…)"


class Search(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom somebody looks for."""

    by: Literal["number", "case"]
    text: ShortText

    def __repr__(self) -> str:
        return "Search(…)"


@router.post("/list/check", dependencies=[Depends(holder_of(Right.PROPOSE))])
async def check(request: Request, words: SomeWords) -> Response:
    """Tell of each number, as it is typed, whether it holds by its own form. It says nothing of the list."""
    typed = (await read_json(request, TypedNumbers)).numbers
    return JsonAnswer({"numbers": [checked_as_typed(text, words) for text in typed]})


@router.post("/list/search")
async def search(request: Request, station: AStation, who: Reader) -> Response:
    """Look a person up, by exact number or by case."""
    asked = await read_json(request, Search)

    def found() -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        if asked.by == "case":
            with station.store.write() as conn:
                return look_ups.search_case(conn, asked.text.strip(), who.login, station.now()), None
        (number,) = parsed_numbers([asked.text])
        with station.store.write() as conn:
            return look_ups.search_number(conn, number, who.login, station.now())

    entries, clearance = await run_sync(found)
    return JsonAnswer({"entries": entries, "clearance": clearance})


@router.post("/list/{entry}/numbers")
def numbers_in_full(station: AStation, entry: str, who: Reader) -> Response:
    """Show an entry's numbers to whoever must compare them with the case file."""
    with station.store.write() as conn:
        return JsonAnswer({"numbers": look_ups.reveal_numbers(conn, entry, who.login, station.now())})


@router.get("/list/{entry}/history")
def history_of(station: AStation, entry: str, who: Reader) -> Response:
    """Return everything that happened to an entry."""
    with station.store.write() as conn:
        return JsonAnswer({"events": history.look_at(conn, entry, who.login, station.now())})
