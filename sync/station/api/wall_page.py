"""The wall: what a whole room reads from four metres. No name, no case, no number; a touch takes an alarm."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from sync.station import alarms, teams_on_duty
from sync.station.alarm_life import ENDED, State
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.rights import Right

router = APIRouter()

_ON_THE_WALL = ("id", "kind", "lane", "kiosk", "state", "exercise", "escalated", "received_at", "repeats", "silence")
"""What of an alarm may be read by whoever passes the wall."""


@router.get("/wall")
def wall_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show waiting alarms, those under way, the lanes and the teams."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return RedirectResponse("/login" if who is None else "/", 303)
    with station.store.read() as conn:
        now = station.now()
        shown = [{key: alarm[key] for key in _ON_THE_WALL} for alarm in alarms.board(conn)]
        fields: dict[str, Any] = {
            "waits": sorted(
                (alarm for alarm in shown if alarm["state"] == State.RAISED), key=lambda alarm: alarm["received_at"]
            ),
            "under_way": [alarm for alarm in shown if alarm["state"] not in ENDED | {State.RAISED}],
            "teams": teams_on_duty.teams_on_duty(conn, now),
        }
        return desk_page("wall.html", "/wall", conn, now, words, who, **fields)
