"""The console's one live stream. An alarm is put into HTML here, so that page and stream show it alike."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

import msgspec
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request, Response

from sync.station import alarms, desk, fleet, sessions
from sync.station.alarm_life import State
from sync.station.alarm_wording import LOUD
from sync.station.api.pages import TEMPLATES, SomeWords
from sync.station.api.session import COOKIE, AStation, holder_of
from sync.station.api.sse import EventStream, event
from sync.station.rights import Right
from sync.station.station import Station
from sync.station.wording import Words

PULSE_S: Final = 3.0
"""The stream says at least this often that it lives, and how the kiosks are."""
_SAME_MOMENT_S: Final = 0.2
"""Consoles that ask within it hear the same, down to the station's time; a ring in between makes it new."""
_KIOSKS_FRESH_S: Final = 1.0
"""Whoever watches sees a change of a kiosk's so much later at the most."""

router = APIRouter()


@dataclass(frozen=True, slots=True)
class News:
    """An event of the stream as it is sent; ``upto``: the last one that the alarms in it had."""

    said: bytes
    upto: int
    is_all: bool


@router.get("/api/events", dependencies=[Depends(holder_of(Right.SEE_ALARMS))])
async def events(
    request: Request, station: AStation, words: SomeWords, since: Annotated[int, Query(ge=0, lt=2**53)] = 0
) -> Response:
    """Stream every change of an alarm after event ``since``, and a pulse in between.

    Both say {now, waiting, urgency, exercise, strip}: the station's time, how many alarms wait, whether the second
    person (1) or the supervisor (2) was called, whether an exercise runs, and how the kiosks are as HTML. ``alarms``
    adds {upto, alarms: [{id, state, html, loud, call}]}; what is loud makes sound though nothing new waits, and
    ``call`` is what a browser's notification says of it. The stream ends with the session.
    """
    return EventStream(_live(station, words, request.cookies.get(COOKIE), since))


async def _live(station: Station, words: Words, session: str | None, since: int) -> AsyncIterator[bytes]:
    with station.alarm_bell.listening() as ear:
        while not station.alarm_bell.silenced:
            news = await run_sync(_news, station, words, session, since)
            if news is None:
                return
            yield news.said
            since = news.upto
            if news.is_all:
                await ear.wait(PULSE_S)


def _news(station: Station, words: Words, session: str | None, since: int) -> News | None:
    who = sessions.person_of(station.store, session, station.now())
    if who is None:
        return None
    acts = who.may(Right.ACKNOWLEDGE)
    asked = ("news", since, words.language, acts)
    return station.for_all.read(asked, lambda: _read(station, words, since, acts), fresh_s=_SAME_MOMENT_S)


def _read(station: Station, words: Words, since: int, acts: bool) -> News:
    now = station.now()
    with station.store.read() as conn:
        upto, changed = alarms.changed_since(conn, since)
        news = {"now": now.isoformat(), **desk.frame(conn)}
    kiosks = station.for_all.read("kiosks", lambda: _kiosks(station), fresh_s=_KIOSKS_FRESH_S)
    news["strip"] = TEMPLATES.get_template("_strip.html").render(t=words, kiosks=kiosks)
    if changed:
        news["upto"] = upto
        news["alarms"] = [_told(alarm, words, acts) for alarm in changed]
    said = event(msgspec.json.encode(news), name="alarms" if changed else "pulse")
    return News(said, upto, is_all=len(changed) < alarms.SHOWN_AT_ONCE)


def _kiosks(station: Station) -> list[dict[str, Any]]:
    with station.store.read() as conn:
        return fleet.health(conn, station.now())


def _told(alarm: dict[str, Any], words: Words, acts: bool) -> dict[str, Any]:
    html = TEMPLATES.get_template("_alarm.html").render(alarm=alarm, t=words, acts=acts)
    newest = alarm["history"][-1]["event"]
    told = {"id": alarm["id"], "state": alarm["state"], "html": html, "loud": newest in LOUD}
    if newest not in LOUD | {State.RAISED}:
        return told
    # Names nobody, and no case: it may be read over somebody's shoulder.
    mark = words("exercise.mark") + " " if alarm["exercise"] else ""
    return {**told, "call": mark + words("call", what=words.of_code("event", newest), lane=alarm["lane"])}
