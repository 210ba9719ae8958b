"""Imports over the network: tried first, then proposed by one person and approved by another, or taken back.

| call | body | answer |
|---|---|---|
| POST /api/imports/tries?format=csv | the file's bytes | try (201) |
| GET /api/imports/tries/{try} | - | state, read, counts, refusal, import_id |
| POST /api/imports/tries/{try}/read | - | try: the dry run begins again |
| POST /api/imports/tries/{try}/propose | - | try |
| POST /api/imports/tries/{try}/forget | - | try |
| GET /api/imports | - | imports, newest first |
| GET /api/imports/{import} | - | import, done, of: how far its sealing is |
| POST /api/imports/{import}/seal | - | import |
| POST /api/imports/{import}/approve | - | import, listed, withdrawn, seq |
| POST /api/imports/{import}/take-back | why | import, withdrawn, restores, restored, lost |
| POST /api/imports/{import}/review | - | import, reviewed |

A file's name never comes here, only what it is. What takes long is done by sync.station.import_work; the answer comes
before that, and the state tells how far it is.
"""

import os
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response

from sync.station import import_loading, importing, imports, taking_back
from sync.station.api.edge import JsonAnswer, read_json
from sync.station.api.kept_answers import KeptAnswers
from sync.station.api.list_calls import Reason
from sync.station.api.session import AStation, holder_of, meant
from sync.station.import_file import ImportFormat
from sync.station.import_tries import MAX_FILE_BYTES
from sync.station.imports import ImportState
from sync.station.people import Person
from sync.station.refusals import ConflictError, TooLargeError
from sync.station.rights import Right
from sync.station.sealing import NotSealedError
from sync.station.taking_back import ImportTakenBack

log = structlog.get_logger()
router = APIRouter(prefix="/api/imports", dependencies=[Depends(meant)], route_class=KeptAnswers)

Proposer: TypeAlias = Annotated[Person, Depends(holder_of(Right.PROPOSE))]
Approver: TypeAlias = Annotated[Person, Depends(holder_of(Right.APPROVE))]
Withdrawer: TypeAlias = Annotated[Person, Depends(holder_of(Right.WITHDRAW))]
Reader: TypeAlias = Annotated[Person, Depends(holder_of(Right.SEE_LIST))]


@router.post("/tries")
async def try_file(
    request: Request, station: AStation, who: Proposer, form: Annotated[Literal["csv", "jsonl"], Query(alias="format")]
) -> Response:
    """Take a file in and begin its dry run, which changes nothing."""
    work = station.import_work
    this, descriptor = await run_sync(work.tries.new, who.login, ImportFormat(form), station.now())
    try:
        with os.fdopen(descriptor, "wb") as file:
            length = 0
            async for chunk in request.stream():
                length += len(chunk)
                if length > MAX_FILE_BYTES:
                    raise TooLargeError("too-large", limit=MAX_FILE_BYTES)
                await run_sync(file.write, chunk)
    except BaseException:  # a browser that goes away, too
        work.tries.forget(this)
        raise
    work.read(this)
    return JsonAnswer({"try": this}, 201)


@router.get("/tries/{this}", dependencies=[Depends(holder_of(Right.PROPOSE))])
def one_try(station: AStation, this: UUID) -> Response:
    """Tell how far a dry run, or the keeping of its rows, has come."""
    found = station.import_work.tries.one(this)
    told = {"refusal": found.refusal, "import_id": found.import_id}
    return JsonAnswer({"state": found.state, "read": found.read, "counts": found.counts, **told})


@router.post("/tries/{this}/read", dependencies=[Depends(holder_of(Right.PROPOSE))])
def read_again(station: AStation, this: UUID) -> Response:
    """Begin a dry run again, which was interrupted."""
    station.import_work.read(this)
    return JsonAnswer({"try": this})


@router.post("/tries/{this}/propose")
def propose(station: AStation, this: UUID, who: Proposer) -> Response:
    """Begin to propose a whole file."""
    station.import_work.propose(this, who.login)
    return JsonAnswer({"try": this})


@router.post("/tries/{this}/forget", dependencies=[Depends(holder_of(Right.PROPOSE))])
def forget_try(station: AStation, this: UUID) -> Response:
    """Let a file go: it is erased."""
    station.import_work.tries.forget(this)
    return JsonAnswer({"try": this})


@router.get("", dependencies=[Depends(holder_of(Right.SEE_LIST))])
def newest_imports(station: AStation) -> Response:
    """Return the newest imports."""
    with station.store.read() as conn:
        return JsonAnswer({"imports": imports.newest(conn)})


@router.get("/{import_id}", dependencies=[Depends(holder_of(Right.SEE_LIST))])
def one_import(station: AStation, import_id: str) -> Response:
    """Return an import, and how much of it is sealed."""
    with station.store.read() as conn:
        found = imports.one(conn, import_id)
        done, of = importing.sealed(conn, station.keyring.peppers, import_id)
    return JsonAnswer({"import": found, "done": done, "of": of})


@router.post("/{import_id}/seal", dependencies=[Depends(holder_of(Right.PROPOSE))])
def seal(station: AStation, import_id: str) -> Response:
    """Go on sealing, where that was interrupted."""
    with station.store.read() as conn:
        found = imports.one(conn, import_id)
    station.import_work.seal(import_id)
    return JsonAnswer({"import": found["import"]})


@router.post("/{import_id}/approve")
def approve(station: AStation, import_id: str, who: Approver) -> Response:
    """Do all that an import asks for, at once: the second person."""
    try:
        with station.store.write() as conn:
            listed, withdrawn, seq = importing.approve_import(conn, import_id, who.login, station.now())
    except NotSealedError:
        station.import_work.seal(import_id)
        with station.store.read() as conn:
            done, of = importing.sealed(conn, station.keyring.peppers, import_id)
        raise ConflictError("import-sealing", done=done, of=of) from None
    station.feed_bell.ring()
    station.alarm_bell.ring()  # guards may have been stood down
    log.info("list.changed", op="import", seq=seq)
    return JsonAnswer({"import": import_id, "listed": listed, "withdrawn": withdrawn, "seq": seq})


@router.post("/{import_id}/take-back")
async def take_back(request: Request, station: AStation, import_id: str, who: Withdrawer) -> Response:
    """Undo an import, at once: one person suffices. One that was never proposed is forgotten."""
    why = (await read_json(request, Reason)).why

    def committed() -> ImportTakenBack:
        with station.store.read() as conn:
            loading = imports.import_of(conn, import_id).state == ImportState.LOADING
        if loading:
            import_loading.forget_import(station.store, import_id)
            return ImportTakenBack(withdrawn=0, seq=None, restores=None, restored=0, lost=0)
        with station.store.write() as conn:
            return taking_back.take_back(conn, import_id, why, who.login, station.now())

    done = await run_sync(committed)
    if done.restores is not None:
        station.import_work.seal(done.restores)
    station.feed_bell.ring()
    station.alarm_bell.ring()  # guards may have been stood down
    told = {"restores": done.restores, "restored": done.restored, "lost": done.lost}
    return JsonAnswer({"import": import_id, "withdrawn": done.withdrawn, **told})


@router.post("/{import_id}/review")
def review(station: AStation, import_id: str, who: Withdrawer) -> Response:
    """Confirm having read what an import, or its taking back, has withdrawn."""
    with station.store.write() as conn:
        read = taking_back.review_import(conn, import_id, who.login, station.now())
    return JsonAnswer({"import": import_id, "reviewed": read})
