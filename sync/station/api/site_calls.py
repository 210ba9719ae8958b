"""The plan of the lanes and what the site decides for itself (sync.station.site_plan, sync.station.settings).

Every act may carry ``Idempotency-Key: UUID``.

| call | body | answer |
|---|---|---|
| GET /plan.svg | - | the drawing, for whoever is signed in |
| GET /api/plan | - | plan (null where there is none), kiosks: each with its place |
| POST /api/plan | svg: the file's text | width, height |
| POST /api/kiosks/{kiosk}/place | x, y: hundredths from the left and from the top | kiosk |
| POST /api/kiosks/{kiosk}/place/remove | - | - |
| GET /api/settings | - | settings |
| POST /api/settings/{name} | value, seen: the ``changed_at`` that was shown | name, value, … |

An upload has no file name, so none can be used for anything.
"""

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Request, Response
from msgspec import Meta, Struct
from sqlalchemy import Connection

from sync.station import plan_svg, settings, site_plan
from sync.station.api.act_once import Nothing, act_once
from sync.station.api.edge import JsonAnswer
from sync.station.api.session import AStation, holder_of, meant, person
from sync.station.people import Person
from sync.station.rights import Right
from sync.wire import ShortText

router = APIRouter(dependencies=[Depends(meant)])

SiteKeeper: TypeAlias = Annotated[Person, Depends(holder_of(Right.KEEP_SITE))]
KioskKeeper: TypeAlias = Annotated[Person, Depends(holder_of(Right.KEEP_KIOSKS))]

_LARGEST_BODY: Final = 2 * plan_svg.LARGEST_BYTES
"""JSON writes a quotation mark and a line's end in two characters."""
_PLAN_HEADERS: Final = {"content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
"""Opened by itself the drawing is a page of this site, so it may do nothing at all."""


class Drawing(Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as its file has it."""

    svg: str


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a kiosk stands, in hundredths of the plan."""

    x: Annotated[float, Meta(ge=0, le=100)]
    y: Annotated[float, Meta(ge=0, le=100)]


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """A setting's new value, and which change of it the person has seen."""

    value: ShortText | Annotated[int, Meta(ge=0, lt=2**53)]
    seen: ShortText | None = None


@router.get("/plan.svg", dependencies=[Depends(person)])
def drawing(request: Request, station: AStation) -> Response:
    """Return the plan. Under its version (``?v=``) it never changes; without, a browser asks whether it is the same."""
    with station.store.read() as conn:
        svg, version = site_plan.drawing(conn)
    fixed = request.query_params.get("v") == version
    caching = "private, max-age=31536000, immutable" if fixed else "private, no-cache"
    headers = {**_PLAN_HEADERS, "cache-control": caching, "etag": f'"{version}"'}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(svg, media_type="image/svg+xml", headers=headers)


@router.get("/api/plan", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
def plan(station: AStation) -> Response:
    """Return what there is of a plan, and where the kiosks stand on it."""
    with station.store.read() as conn:
        return JsonAnswer({"plan": site_plan.current(conn), "kiosks": site_plan.placed(conn)})


@router.post("/api/plan")
async def upload(request: Request, station: AStation, who: SiteKeeper) -> Response:
    """Take a new plan, cleaned of everything but shapes and words; a refusal says what is in the way, and where."""

    def cleaned(given: Drawing) -> plan_svg.PlanSvg:  # before the writers' turn: no alarm waits for a drawing
        return plan_svg.clean(given.svg)

    def act(conn: Connection, plan: plan_svg.PlanSvg, now: datetime) -> dict[str, Any]:
        size = site_plan.keep(conn, plan, who.login, now)
        return {"width": size["width"], "height": size["height"]}

    return await act_once(request, station, who, Drawing, act, status=201, limit=_LARGEST_BODY, first=cleaned)


@router.post("/api/kiosks/{kiosk}/place")
async def place(request: Request, station: AStation, kiosk: str, who: KioskKeeper) -> Response:
    """Say where on the plan a kiosk stands."""

    def act(conn: Connection, given: Place, now: datetime) -> dict[str, Any]:
        site_plan.place(conn, kiosk, given.x, given.y, who.login, now)
        return {"kiosk": kiosk}

    return await act_once(request, station, who, Place, act)


@router.post("/api/kiosks/{kiosk}/place/remove")
async def take_off(request: Request, station: AStation, kiosk: str, who: KioskKeeper) -> Response:
    """Show a kiosk on the plan no more."""

    def act(conn: Connection, _given: Nothing, now: datetime) -> dict[str, Any]:
        site_plan.take_off(conn, kiosk, who.login, now)
        return {}

    return await act_once(request, station, who, Nothing, act, status=204)


@router.get("/api/settings", dependencies=[Depends(holder_of(Right.SEE_SITE))])
def every_setting(station: AStation) -> Response:
    """Return every setting, and who changed it last."""
    with station.store.read() as conn:
        return JsonAnswer({"settings": settings.every(conn)})


@router.post("/api/settings/{name}")
async def change(request: Request, station: AStation, name: str, who: SiteKeeper) -> Response:
    """Change a setting; 409 "changed-meanwhile" names who was first."""

    def act(conn: Connection, given: Change, now: datetime) -> dict[str, Any]:
        changed = settings.change(conn, name, given.value, given.seen or None, who.login, now)
        return {"name": name, "value": changed["value"], "changed_at": changed["changed_at"]}

    return await act_once(request, station, who, Change, act)
