"""The wall: what a whole room reads from four metres. No name, no case, no number; a touch takes an alarm."""

from typing import Any, Final

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from sync.station import alarms, dispatches, teams
from sync.station.alarm_life import ENDED, State
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.rights import Right

router = APIRouter()

_ON_THE_WALL = ("id", "kind", "lane", "kiosk", "state", "exercise", "escalated", "received_at", "repeats", "silence")
"""What of an alarm may be read by whoever passes the wall."""
SITE_ZONE: Final = "Asia/Shanghai"
"""SITE_TIME by the name that browsers know."""


@router.get("/wall")
def wall_page(station: AStation, who: SomeVisitor, words: SomeWords) -> Response:
    """Show waiting alarms, those under way, the lanes and the teams."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return RedirectResponse("/login" if who is None else "/", 303)
    with station.store.read() as conn:
        now = station.now()
        shown = [{key: alarm[key] for key in _ON_THE_WALL} for alarm in alarms.board(conn)]
        fields: dict[str, Any] = {
            "waits": sorted((alarm for alarm in shown if alarm["state"] == State.RAISED), key=_by_need),
            "under_way": [alarm for alarm in shown if alarm["state"] not in ENDED | {State.RAISED}],
            "zone": SITE_ZONE,
            "teams": teams.on_duty(conn, now),
            "errands": dispatches.errands(conn),
        }
        return desk_page("wall.html", "/wall", conn, now, words, who, **fields)


def _by_need(alarm: dict[str, Any]) -> tuple[bool, str]:
    """What is real comes before an exercise, and who has waited longest comes first."""
    return alarm["exercise"], alarm["received_at"]
