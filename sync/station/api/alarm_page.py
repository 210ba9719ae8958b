"""The page of one alarm: its four facts, what can be done with it, who was sent, and its whole timeline."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from sync.station import alarms, dispatches, evidence, teams
from sync.station.alarm_wording import OUTCOMES, acts_on, steps_of, timeline_of
from sync.station.api.pages import SomeVisitor, SomeWords, desk_page
from sync.station.api.session import AStation
from sync.station.refusals import ConflictError, NotFoundError
from sync.station.rights import Right

router = APIRouter()


@router.get("/alarms/{alarm}")
def alarm_page(station: AStation, who: SomeVisitor, words: SomeWords, alarm: str) -> Response:
    """Show one alarm; of a repeat, the first of its presence."""
    if who is None or not who.may(Right.SEE_ALARMS):
        return RedirectResponse("/login" if who is None else "/", 303)
    with station.store.read() as conn:
        now = station.now()
        try:
            shown = alarms.one(conn, alarm)
        except ConflictError as repeat:
            return RedirectResponse(f"/alarms/{repeat.facts['first']}", 303)
        except NotFoundError:
            return desk_page("no_alarm.html", "/", conn, now, words, who, status=404)
        names = teams.names(conn)
        fields: dict[str, Any] = {
            "alarm": shown,
            "kiosk": shown["kiosk"],
            "acts": acts_on(shown),
            "steps": steps_of(shown),
            "timeline": timeline_of(shown, names, words),
            "team_names": names,
            "teams": [one for one in teams.on_duty(conn, now) if one["for_exercises"] == shown["exercise"]],
            "errands": dispatches.errands(conn),
            "outcomes": OUTCOMES,
            "has_asked": evidence.has_asked(conn, alarm, who.login),
        }
        return desk_page("alarm.html", "/", conn, now, words, who, **fields)
