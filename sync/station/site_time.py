"""The clock, and the days of the list, which are days at the site."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

SITE_TIME: Final = timezone(timedelta(hours=8), "CST")
"""China Standard Time."""


def utc_now() -> datetime:
    """Return the aware UTC time of this machine."""
    return datetime.now(UTC)


def site_day(now: datetime) -> date:
    """Return the day at the site."""
    return now.astimezone(SITE_TIME).date()


def begin_of(day: date) -> datetime:
    """Return the first moment of this day at the site."""
    return datetime(day.year, day.month, day.day, tzinfo=SITE_TIME)


def hour_at_site(at: datetime) -> tuple[date, int]:
    """Return the month at the site, as its first day, and the hour of the day."""
    there = at.astimezone(SITE_TIME)
    return there.date().replace(day=1), there.hour


def end_of(day: date) -> datetime:
    """Return the first moment after this day at the site."""
    return begin_of(day) + timedelta(days=1)
