"""How numbers, dates and distances read in German; templates use these and nothing else."""

import datetime as dt
from zoneinfo import ZoneInfo

from flask import Flask

from directory import text

_BERLIN = ZoneInfo("Europe/Berlin")
_MONTHS = text.words(
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
)


def init_app(app: Flask) -> None:
    """Offer the filters to templates."""
    app.jinja_env.filters.update(
        number=text.number, date=date, date_time=date_time, km=km, time=clock, plural=text.plural
    )


def date(value: str | dt.date | dt.datetime) -> str:
    """Write a date: `03.02.2026`, of a partial one `Februar 2026` or `2026`."""
    if isinstance(value, dt.datetime):
        value = local_day(value)
    parts = (value.isoformat() if isinstance(value, dt.date) else value).split("-")
    match parts:
        case [year, month, day]:
            return f"{day}.{month}.{year}"
        case [year, month]:
            return f"{_MONTHS[int(month) - 1]} {year}"
    return parts[0]


def local_day(value: dt.datetime) -> dt.date:
    """Return the day of a moment as calendars here show it."""
    return value.astimezone(_BERLIN).date()


def date_time(value: dt.datetime) -> str:
    """Write a moment as clocks here show it: `03.02.2026, 14:05 Uhr`."""
    local = value.astimezone(_BERLIN)
    return f"{date(local)}, {clock(local.time())}"


def time_of_day(value: dt.datetime) -> str:
    """Write when something happened today: `14:05 Uhr`."""
    return clock(value.astimezone(_BERLIN).time())


def period(start: str | None, end: str | None) -> str:
    """Write a period of two partial dates: `23.06.2020 bis 26.06.2020`, `2011 bis 2013`."""
    if start is None and end is None:
        return "Datum nicht bekannt"
    if start is None:
        return f"bis {date(end or '')}"
    if end is None or end == start:
        return date(start)
    return f"{date(start)} bis {date(end)}"


def clock(value: dt.time) -> str:
    """Write a time of day: `9.30 Uhr` as `09:30 Uhr`, 24 hours."""
    return f"{value:%H:%M} Uhr"


def km(value: float) -> str:
    """Write a distance in km: below ten with one decimal."""
    return f"{text.number(value, 1 if value < 10 else 0)} km"
