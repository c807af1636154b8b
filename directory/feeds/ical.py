"""Events as iCalendar (RFC 5545); the only door to icalendar.

What is not known is left out, never made up: an event stands in the calendar only if its days are
known, without a time of day it fills them, and a time without an end has none. Times are local,
Europe/Berlin.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Component

MIMETYPE = "text/calendar"
_PRODUCT = "-//Kommunen-Netzwerk: engagiert in NRW//Kommunen-Verzeichnis//DE"
_REFRESH = dt.timedelta(hours=12)
_BERLIN = ZoneInfo("Europe/Berlin")
_SUMMER, _WINTER = dt.timedelta(hours=2), dt.timedelta(hours=1)

CONFIRMED, CANCELLED = "CONFIRMED", "CANCELLED"


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """One event or one part of it. `sequence` rises with every change, `parent` is a UID."""

    uid: str
    sequence: int
    changed: dt.datetime
    created: dt.datetime
    title: str
    first_day: dt.date
    last_day: dt.date
    starts: dt.time | None = None
    ends: dt.time | None = None
    status: str = ""
    place: str = ""
    description: str = ""
    category: str = ""
    url: str = ""
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What a calendar programme shows as one; `source` is where it is fetched from."""

    name: str
    description: str
    source: str
    appointments: Iterable[Appointment] = field(default_factory=list)


def write(calendar: Calendar) -> bytes:
    """Return the calendar with the rules of its time zone.

    There is no METHOD: these are calendars to look at, no messages between organiser and guests
    (RFC 5546); what was cancelled says so by its status.
    """
    import icalendar

    written = icalendar.Calendar()
    written.add("version", "2.0")
    written.add("prodid", _PRODUCT)
    for name in ("name", "x-wr-calname"):
        written.add(name, calendar.name)
    if calendar.description:
        for name in ("description", "x-wr-caldesc"):
            written.add(name, calendar.description)
    written.add("source", calendar.source, {"value": "URI"})
    written.add("refresh-interval", _REFRESH, {"value": "DURATION"})
    # icalendar would write a name it does not know as a text: 12:00:00.
    written.add("x-published-ttl", icalendar.vDuration(_REFRESH))
    written.add_component(_berlin())
    for appointment in calendar.appointments:
        written.add_component(_event(appointment))
    text: bytes = written.to_ical()
    return text


def _event(one: Appointment) -> "Component":
    import icalendar

    event = icalendar.Event()
    event.add("uid", one.uid)
    event.add("sequence", one.sequence)
    # Without a METHOD this is when the entry was last revised (RFC 5545, 3.8.7.2).
    event.add("dtstamp", one.changed.replace(microsecond=0))
    event.add("last-modified", one.changed.replace(microsecond=0))
    event.add("created", one.created.replace(microsecond=0))
    for name, value in _period(one).items():
        event.add(name, value)
    event.add("summary", one.title)
    if one.status:
        event.add("status", one.status)
    if one.place:
        event.add("location", one.place)
    if one.description:
        event.add("description", one.description)
    if one.category:
        event.add("categories", [one.category])
    if one.url:
        event.add("url", one.url)
    if one.parent:
        event.add("related-to", one.parent, {"reltype": "PARENT"})
    return event


def _period(one: Appointment) -> dict[str, Any]:
    has_times = one.starts is not None and (one.ends is not None or one.first_day == one.last_day)
    if one.starts is None or not has_times:
        # Whole days keep nobody from other appointments; their end is the day after the last.
        return {
            "dtstart": one.first_day,
            "dtend": one.last_day + dt.timedelta(days=1),
            "transp": "TRANSPARENT",
        }
    start = dt.datetime.combine(one.first_day, one.starts, _BERLIN)
    if one.ends is None:
        return {"dtstart": start}
    return {"dtstart": start, "dtend": dt.datetime.combine(one.last_day, one.ends, _BERLIN)}


def _berlin() -> "Component":
    """Return the rules of Europe/Berlin since 1996; nothing here is older."""
    import icalendar

    zone = icalendar.Timezone()
    zone.add("tzid", _BERLIN.key)
    for part, name, month, before, after in (
        (icalendar.TimezoneDaylight(), "CEST", 3, _WINTER, _SUMMER),
        (icalendar.TimezoneStandard(), "CET", 10, _SUMMER, _WINTER),
    ):
        # At 01:00 UTC on the last Sunday, in the time that was valid until then.
        onset = dt.datetime(1996, month, 31 if month == 3 else 27) + before  # noqa: DTZ001
        part.add("dtstart", onset + dt.timedelta(hours=1))
        part.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone
