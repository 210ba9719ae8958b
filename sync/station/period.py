"""The periods of the statistics: a day, week, month or year at the site."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sync.station.refusals import BadRequestError
from sync.station.site_time import begin_of


class Length(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first moment of ``first`` at the site to the first one of ``end``."""

    length: Length
    first: date
    end: date

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return begin_of(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return begin_of(self.end)

    @property
    def before(self) -> date:
        """A day of the period before this one."""
        return self.first - timedelta(days=1)

    def days(self) -> tuple[date, ...]:
        """Return its days."""
        return tuple(self.first + timedelta(days=n) for n in range((self.end - self.first).days))

    def months(self) -> tuple[date, ...]:
        """Return the first days of its months; of a whole month or year."""
        return tuple(day for day in self.days() if day.day == 1)


def period_of(length: Length, day: date) -> Period:
    """Return the period of this length that the day is in.

    Raises:
        BadRequestError: "day": there is no calendar so far from now.
    """
    if not 1970 < day.year < 9000:
        raise BadRequestError("day")
    match length:
        case Length.DAY:
            return Period(length, day, day + timedelta(days=1))
        case Length.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Period(length, monday, monday + timedelta(days=7))
        case Length.MONTH:
            first = day.replace(day=1)
            return Period(length, first, (first + timedelta(days=31)).replace(day=1))
        case Length.YEAR:
            return Period(length, date(day.year, 1, 1), date(day.year + 1, 1, 1))
