"""An exercise: an alarm that runs the whole chain with a mark, sends nobody who is on real duty, and is never counted.

Nothing was measured, so its facts are "n/a" (RULES 11): no exercise invents a score or a listed person. Its dispatches
begin as ``Sent.EXERCISE`` and go to teams for exercises alone (sync.station.dispatches).
"""

from datetime import datetime

from sqlalchemy import Connection

from kiosk.domain.verdict import AlarmKind
from sync.station import alarms, audit
from sync.station.alarm_acts import said
from sync.station.certificates import Kiosk


def begin(conn: Connection, lane: str, kind: AlarmKind, who: str, now: datetime) -> str:
    """Raise an alarm as an exercise at this lane; return its id.

    Raises:
        BadRequestError: "lane".
    """
    place = Kiosk(alarms.STATION, said(lane, "lane"))
    alarm = alarms.raise_own(conn, place, kind, now, exercised_by=who)
    audit.record(conn, now, who, "exercise.began", alarm=alarm, kind=kind)
    return alarm
