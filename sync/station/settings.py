"""What a site may decide for itself: a closed table, of which docs/admin.md and the page are made.

Rules
- A setting that is not in the table does not exist. One that nobody has changed has its default.
- Whoever changes one says which change they have seen: of two people who change it at once the second is told who was
  first. Every change is in the audit log.
- What the law or our promises fix (a year for the audit log and more, 72 h for a face, 30 s until a second person is
  called) is no setting.
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, delete, insert, select

from kiosk import made_part
from sync.station import audit
from sync.station.refusals import BadRequestError, ConflictError, NotFoundError
from sync.station.site_time import SITE_TIME
from sync.station.tables import settings

BEGINS: Final = "<!-- made by sync.station.settings: make docs -->"
ENDS: Final = "<!-- end of the settings -->"
Value: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text. ``form`` is what it must match; empty means "not said"."""

    most: int
    form: str = r"[^\x00-\x1f\x7f]*"

    def limits(self) -> str:
        """Return the limits in words."""
        return f"{self.most} characters at most"

    def takes(self, value: Value) -> bool:
        """Tell whether this is such a text."""
        return isinstance(value, str) and len(value) <= self.most and re.fullmatch(self.form, value) is not None


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days."""

    least: int
    most: int

    def limits(self) -> str:
        """Return the limits in words."""
        return f"{self.least}–{self.most} days"

    def takes(self, value: Value) -> bool:
        """Tell whether this is such a number."""
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def limits(self) -> str:
        """Return the limits in words."""
        return ", ".join(f"`{option}`" for option in self.options)

    def takes(self, value: Value) -> bool:
        """Tell whether this is one of them."""
        return value in self.options


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table."""

    name: str
    kind: Words | Days | Choice
    default: Value
    meaning: str


SITE_NAME_ZH: Final = "site-name-zh"
SITE_NAME_EN: Final = "site-name-en"
GATE_PHONE: Final = "gate-phone"
WALL_LANES: Final = "wall-lanes"
KEEP_ALARMS: Final = "keep-alarms"
KEEP_COUNTS: Final = "keep-counts"

TABLE: Final = {
    setting.name: setting
    for setting in (
        Setting(SITE_NAME_ZH, Words(30), "", "the site's name at the head of every page, in Chinese"),
        Setting(SITE_NAME_EN, Words(60), "", "the same in English"),
        Setting(
            GATE_PHONE,
            Words(30, r"[0-9 +()\-]*"),
            "",
            "the telephone of the staff at the gate: shown, large, when a page has lost the station",
        ),
        Setting(WALL_LANES, Choice(("plan", "list")), "plan", "how the wall shows the lanes, where there is a plan"),
        Setting(
            KEEP_ALARMS,
            Days(183, 365),
            365,
            "how long an alarm is kept after its case has ended, and shifts and maintenance after theirs; what an "
            "office has done can be brought to court for six months (Administrative Litigation Law 46)",
        ),
        Setting(KEEP_COUNTS, Days(365, 1095), 1095, "how long the counts by hour are kept; they name nobody"),
    )
}


def every(conn: Connection) -> list[dict[str, Any]]:
    """Return each setting with its value, and who changed it last when (None: nobody)."""
    changed = {row.name: row for row in conn.execute(select(settings))}
    return [_shown(setting, changed.get(setting.name)) for setting in TABLE.values()]


def values(conn: Connection) -> dict[str, Any]:
    """Return the value of each setting by its name."""
    return {one["name"]: one["value"] for one in every(conn)}


def change(conn: Connection, name: str, value: Value, seen: str | None, who: str, now: datetime) -> dict[str, Any]:
    """Change a setting and return it. The value that it has already changes nothing.

    Args:
        conn: a write transaction.
        name: which.
        value: the new one.
        seen: ``changed_at`` of the change that this person has seen, None where nobody had changed it.
        who: a login.
        now: aware UTC.

    Raises:
        NotFoundError: "no-such-setting".
        BadRequestError: "setting": not of the setting's kind, or past its limits.
        ConflictError: "changed-meanwhile": says by whom and when.
    """
    setting = TABLE.get(name)
    if setting is None:
        raise NotFoundError("no-such-setting")
    value = value.strip() if isinstance(value, str) else value
    if not setting.kind.takes(value):
        raise BadRequestError("setting", limits=setting.kind.limits())
    row = conn.execute(select(settings).where(settings.c.name == name)).one_or_none()
    before = _shown(setting, row)
    if value == before["value"]:
        return before
    if row is not None and seen != before["changed_at"]:
        at = f"{row.changed_at.astimezone(SITE_TIME):%m-%d %H:%M:%S}"
        raise ConflictError("changed-meanwhile", who=row.changed_by, at=at)
    conn.execute(delete(settings).where(settings.c.name == name))
    conn.execute(insert(settings).values(name=name, value=value, changed_by=who, changed_at=now))
    audit.record(conn, now, who, "setting.changed", name=name, before=before["value"], after=value)
    return {**before, "value": value, "changed_by": who, "changed_at": now.isoformat()}


def days(held: Mapping[str, Any], name: str) -> timedelta:
    """Return a setting of ``values`` that is a number of days."""
    return timedelta(days=held[name])


def docs_table() -> str:
    """Return the table of docs/admin.md."""
    rows = [
        f"| `{setting.name}` | {setting.meaning} | {setting.kind.limits()} | {setting.default or '–'} |"
        for setting in TABLE.values()
    ]
    return "\n".join(["| setting | what it is | limits | unless changed |", "|---|---|---|---|", *rows, ""])


def _shown(setting: Setting, row: Any) -> dict[str, Any]:
    # A value that a later version of the table no longer takes counts for nothing.
    counts = row is not None and setting.kind.takes(row.value)
    return {
        "name": setting.name,
        "value": row.value if counts else setting.default,
        "default": setting.default,
        "changed_by": row.changed_by if row is not None else None,
        "changed_at": row.changed_at.isoformat() if row is not None else None,
    }


if __name__ == "__main__":
    made_part.write(Path(sys.argv[1]), f"{BEGINS}\n", docs_table(), ENDS)
