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


def end_of(day: date) -> datetime:
    """Return the first moment after this day at the site."""
    return datetime(day.year, day.month, day.day, tzinfo=SITE_TIME) + timedelta(days=1)
