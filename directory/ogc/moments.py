"""`datetime=`: an instant or an interval as OGC API Features writes it (RFC 3339, `..` is open).

Moments are compared to the second, as features show them. A date without a time is the whole day
in North Rhine-Westphalia.
"""

import datetime as dt
import re
from calendar import monthrange
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_BERLIN = ZoneInfo("Europe/Berlin")
_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?",
    re.ASCII | re.IGNORECASE,
)
_OPEN = {"", ".."}
_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
_SECOND, _DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


@dataclass(frozen=True)
class Interval:
    """All moments from `start` until just before `end`, in UTC."""

    start: dt.datetime
    end: dt.datetime

    @classmethod
    def from_text(cls, text: str) -> "Interval":
        """Read an instant, a day, or an interval of two of them; one of the two may be open.

        Raises:
            ValueError: it is none of these, or ends before it begins.
        """
        # A plus sign that nobody encoded arrives as a blank.
        first, slash, last = text.replace(" ", "+").partition("/")
        if not slash:
            return cls(*_bounds(first))
        if first in _OPEN and last in _OPEN:
            raise ValueError("an interval has one end at least")
        start = _FIRST if first in _OPEN else _bounds(first)[0]
        end = _LAST if last in _OPEN else _bounds(last)[1]
        if start >= end:
            raise ValueError("an interval ends after it begins")
        return cls(start, end)

    @classmethod
    def of_days(cls, first: str, last: str) -> "Interval":
        """Return the time from the first to the last of two days, given as ISO dates."""
        return cls(_bounds(first)[0], _bounds(last)[1])

    def days(self) -> tuple[str, str]:
        """Return its first and its last day in North Rhine-Westphalia, as ISO dates."""
        last = self.end if self.end == _LAST else self.end - dt.timedelta(microseconds=1)
        return _day(self.start), _day(last)


def days_of(partial: str) -> tuple[str, str]:
    """Return the first and the last day that a partial date may mean, as ISO dates."""
    match partial.split("-"):
        case [year]:
            return f"{year}-01-01", f"{year}-12-31"
        case [year, month]:
            return f"{partial}-01", f"{partial}-{monthrange(int(year), int(month))[1]}"
    return partial, partial


def _bounds(text: str) -> tuple[dt.datetime, dt.datetime]:
    """Return when what is written begins, and when it is over."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("neither a moment nor a day")
    if found[2] is None:
        midnight = dt.datetime.combine(dt.date.fromisoformat(found[1]), dt.time(), _BERLIN)
        return _utc(midnight), _utc(_later(midnight, _DAY))
    start = _utc(dt.datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}"))
    return start, _later(start, _SECOND)


def _utc(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        return _FIRST if moment.year == dt.MINYEAR else _LAST


def _later(moment: dt.datetime, step: dt.timedelta) -> dt.datetime:
    try:
        return moment + step
    except OverflowError:
        # Nobody who writes the last day of the calendar means more than "ever".
        return _LAST


def _day(moment: dt.datetime) -> str:
    try:
        return moment.astimezone(_BERLIN).date().isoformat()
    except OverflowError:
        return moment.date().isoformat()
