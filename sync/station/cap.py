"""An alarm as a message of the Common Alerting Protocol 1.2 (OASIS), for a command-centre system.

Rules
- Each event of an alarm's life is one message; what is exported is the newest, with references to all before it. The
  same event is always the same message: identifier, time and all.
- Nobody is in it: no name, number, case, login or face; a hit is a lead for a person to check (RULES 3), so its
  certainty is "Possible" until somebody has confirmed it.
- An exercise has the status Exercise, and says so in its headline.
- The scope is Restricted: an alarm is for the police and the site, and not for the public.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree import ElementTree as Xml  # only written with, never parsed

from sqlalchemy import Connection, Row, select

from sync.station.refusals import NotFoundError
from sync.station.tables import alarm_events, alarms

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"

MESSAGE_TYPES: Final = {"raised": "Alert", "acknowledged": "Ack", "dismissed": "Cancel", "resolved": "Cancel"}
"""Any other event is an Update of what was said before."""

_CERTAINTY: Final = {"raised": "Possible", "acknowledged": "Possible", "dismissed": "Unlikely"}
"""In every other state somebody has confirmed it: Likely."""
_SEVERITY: Final = {
    "wanted-person": "Severe",
    "staff-panic": "Severe",
    "listed-document-holder-differs": "Moderate",
    "listed-document-holder-not-established": "Moderate",
    "gate-forced": "Moderate",
    "tailgating": "Moderate",
}
_ENDED: Final = ("dismissed", "resolved")

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot carry."""
_NO_SENDER: Final = re.compile(r"[\s,<&]")
"""CAP 1.2, 3.2.1: not in a sender, nor in an identifier."""


def cap(conn: Connection, alarm: str, site: str) -> bytes:
    """Return the newest message about this alarm.

    Raises:
        NotFoundError: there is no such alarm.
    """
    row = conn.execute(select(alarms).where(alarms.c.id == alarm)).one_or_none()
    if row is None:
        raise NotFoundError("no-such-alarm")
    of_this = select(alarm_events).where(alarm_events.c.alarm == alarm).order_by(alarm_events.c.n)
    events = conn.execute(of_this).all()
    text: bytes = Xml.tostring(_message(row, events, site), encoding="utf-8", xml_declaration=True)
    return text


def _message(row: Row[Any], events: Any, site: str) -> Xml.Element:
    *before, last = events
    sender = _NO_SENDER.sub("-", f"station@{_clean(site)}")
    message = Xml.Element("alert", xmlns=NAMESPACE)
    _add(message, "identifier", _identifier(last))
    _add(message, "sender", sender)
    _add(message, "sent", _time(last.at))
    _add(message, "status", "Exercise" if row.exercise else "Actual")
    _add(message, "msgType", MESSAGE_TYPES.get(last.event, "Update"))
    _add(message, "scope", "Restricted")
    _add(message, "restriction", "police and site security")
    if before:
        _add(message, "references", " ".join(f"{sender},{_identifier(one)},{_time(one.at)}" for one in before))
    _info(message, row, last, site)
    return message


def _info(message: Xml.Element, row: Row[Any], last: Row[Any], site: str) -> None:
    info = Xml.SubElement(message, "info")
    exercise = "EXERCISE " if row.exercise else ""
    _add(info, "language", "en")
    _add(info, "category", "Security")
    _add(info, "event", row.kind)
    _add(info, "responseType", "AllClear" if row.state in _ENDED else "Assess")
    _add(info, "urgency", "Past" if row.state in _ENDED else "Immediate")
    _add(info, "severity", _SEVERITY.get(row.kind, "Unknown"))
    _add(info, "certainty", _CERTAINTY.get(row.state, "Likely"))
    _add(info, "senderName", f"Hongtu Gate station, {site}")
    _add(info, "headline", f"{exercise}{row.kind}: {row.state}, lane {row.lane}")
    _add(info, "description", "A lead for a person to check, and no verdict about one.")
    for name, value in (("state", row.state), ("event", last.event), ("kiosk", row.kiosk), ("listed", row.listed)):
        parameter = Xml.SubElement(info, "parameter")
        _add(parameter, "valueName", name)
        _add(parameter, "value", value)
    area = Xml.SubElement(info, "area")
    _add(area, "areaDesc", f"{site}, lane {row.lane}")


def _identifier(event: Row[Any]) -> str:
    return f"{event.alarm}.{event.n}"


def _time(at: datetime) -> str:
    """Return the time as CAP wants it: a zone in figures, and no fraction."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _add(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
