"""The imports' pages: a file tried row by row, and an import with its second person."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from sync.station import importing, imports
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.import_tries import MAX_FILE_BYTES
from sync.station.refusals import NotFoundError
from sync.station.rights import Right

router = APIRouter()


@router.get("/imports")
def imports_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show where a file is sent, the files that are tried, and the imports so far."""
    if who is None or not who.may(Right.SEE_LIST):
        return RedirectResponse("/login" if who is None else "/", 303)
    tries = list(station.import_work.tries.all()) if who.may(Right.PROPOSE) else []
    with station.store.read() as conn:
        shown = {"tries": tries, "imports": imports.newest(conn), "most_mib": MAX_FILE_BYTES // 2**20}
        return desk_page("imports.html", "/list", conn, station.now(), words, who, **shown)


@router.get("/imports/tries/{this}")
def try_page(
    station: AStation,
    who: SomeVisitor,
    words: SomeWords,
    this: str,
    refused: bool = False,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
) -> Response:
    """Show what would become of each row of a file."""
    if who is None or not who.may(Right.PROPOSE):
        return RedirectResponse("/login" if who is None else "/", 303)
    try:
        found = station.import_work.tries.one(UUID(this))
        rows, more = station.import_work.tries.rows(UUID(this), refused=refused, after=after)
    except (NotFoundError, ValueError):
        return RedirectResponse("/imports", 303)
    if found.import_id is not None:
        return RedirectResponse(f"/imports/{found.import_id}", 303)
    with station.store.read() as conn:
        shown = {"tried": found, "rows": rows, "more": more, "refused": refused, "after": after}
        return desk_page("try.html", "/list", conn, station.now(), words, who, **shown)


@router.get("/imports/{import_id}")
def import_page(station: AStation, who: SomeVisitor, words: SomeWords, import_id: str) -> Response:
    """Show an import: what it asks for, how far its sealing is, and what may be done with it."""
    if who is None or not who.may(Right.SEE_LIST):
        return RedirectResponse("/login" if who is None else "/", 303)
    with station.store.read() as conn:
        try:
            found = imports.one(conn, import_id)
        except NotFoundError:
            return RedirectResponse("/imports", 303)
        done, of = importing.sealed(conn, station.keyring.peppers, import_id)
        shown = {"one": found, "done": done, "of": of, "to_review": imports.to_review(conn, import_id)}
        return desk_page("import.html", "/list", conn, station.now(), words, who, **shown)
