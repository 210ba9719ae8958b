"""The days of the list are days at the site."""

from datetime import date, datetime, timedelta, timezone
from typing import Final

SITE_TIME: Final = timezone(timedelta(hours=8), "CST")
"""China Standard Time."""


def site_day(now: datetime) -> date:
    """Return the day at the site."""
    return now.astimezone(SITE_TIME).date()


def end_of(day: date) -> datetime:
    """Return the first moment after this day at the site."""
    return datetime(day.year, day.month, day.day, tzinfo=SITE_TIME) + timedelta(days=1)
