"""`veranstaltungen`: public events, each at the place of the municipality it is held in."""

from collections.abc import Collection as Some
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.events.models import Event, EventSession
from directory.ogc import fields
from directory.ogc.collections import (
    Collection,
    Entry,
    Found,
    as_slug,
    page_names,
)
from directory.ogc.links import pages_below
from directory.ogc.moments import Interval, days_of
from directory.ogc.places import get_places, places_meeting
from directory.ogc.questions import Question
from directory.publication.catalogue import prepared
from directory.publication.models import Status
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.parameters import facets_of
from directory.search.queries import Within, find_window

_KIND = ListKind.EVENTS
_PUBLIC = Event.status == Status.PUBLISHED
_FIELDS = (
    fields.text("slug", "Kurzname"),
    fields.text("title", "Titel"),
    fields.text("kind", "Art"),
    fields.text("status", "Stand"),
    fields.text("series", "Kurzname der Reihe"),
    fields.text("series_title", "Reihe"),
    fields.text("motto", "Motto"),
    fields.text("date_start", "Beginn, so genau wie die Quelle"),
    fields.text("date_end", "Ende, so genau wie die Quelle"),
    fields.text("time_start", "Uhrzeit des Beginns"),
    fields.text("time_end", "Uhrzeit des Endes"),
    fields.text("format", "Form"),
    fields.text("venue", "Veranstaltungsort"),
    fields.text("town", "Ort"),
    *fields.PLACE,
    fields.whole("sessions_count", "Programmpunkte"),
    fields.UPDATED,
    fields.PAGE,
)
_FILTERS = facets_of(_KIND)
_ALIASES = {"kind": "art", "series": "reihe", "format": "form"}
_SESSIONS = (
    select(func.count())
    .where(EventSession.event_id == Event.id)
    .scalar_subquery()
    .label("sessions_count")
)
_COLUMNS = (
    Event.slug,
    Event.title,
    Event.kind,
    Event.event_status,
    Event.series_slug,
    Event.motto,
    Event.date_start,
    Event.date_end,
    Event.time_start,
    Event.time_end,
    Event.event_format,
    Event.venue_name,
    Event.venue_town,
    Event.venue_ags,
    Event.updated_at,
    _SESSIONS,
)


class _Where(NamedTuple):
    """Where and when one event is; first and last day as ISO dates, None: not known."""

    slug: str
    ags: str | None
    days: tuple[str, str] | None


def _find(session: Session, question: Question) -> Found:
    events = _whereabouts(session)
    ids: Some[int] | None = None
    if question.boxes is not None:
        places = places_meeting(session, question.boxes, outlines=question.outlines)
        ids = {one for one, where in events.items() if where.ags in places}
    if question.interval is not None:
        first, last = question.interval.days()
        held = {
            one
            for one, where in events.items()
            if where.days and where.days[0] <= last and where.days[1] >= first
        }
        ids = held if ids is None else held & set(ids)
    found, total = find_window(
        session,
        question.criteria(_KIND),
        question.reference,
        size=question.limit,
        offset=question.offset,
        within=Within(ids=ids),
    )
    return [events[one].slug for one in found if one in events], total


def _whereabouts(session: Session) -> dict[int, _Where]:
    """Return number → where and when, for all public events."""
    return prepared(session, "ogc events", _read_whereabouts)


def _read_whereabouts(session: Session) -> dict[int, _Where]:
    rows = session.execute(
        select(Event.id, Event.slug, Event.venue_ags, Event.date_start, Event.date_end).where(
            _PUBLIC
        )
    )
    found = {}
    for row in rows:
        first = row.date_start or row.date_end
        last = row.date_end or first
        days = (days_of(first)[0], days_of(last)[1]) if first else None
        found[row.id] = _Where(row.slug, row.venue_ags, days)
    return found


def _load(session: Session, ids: Sequence[str]) -> dict[str, Entry]:
    rows = session.execute(select(*_COLUMNS).where(_PUBLIC, Event.slug.in_(ids)))
    places, series = get_places(session), get_reference(session).series
    beginning = pages_below("events.detail")
    found = {}
    for row in rows:
        place = places.get(row.venue_ags)
        properties: dict[str, Any] = {
            "slug": row.slug,
            "title": row.title,
            "kind": row.kind,
            "status": row.event_status,
            "series": row.series_slug,
            "series_title": series.get(row.series_slug),
            "motto": row.motto,
            "date_start": row.date_start,
            "date_end": row.date_end,
            "time_start": row.time_start,
            "time_end": row.time_end,
            "format": row.event_format,
            "venue": row.venue_name,
            "town": row.venue_town,
            "municipality": row.venue_ags,
            "municipality_name": place.name if place else None,
            **(place.within() if place else dict.fromkeys(_OF_PLACE)),
            "sessions_count": row.sessions_count,
            "updated_at": row.updated_at,
            "url": beginning + row.slug,
        }
        point = place.point if place else None
        found[row.slug] = Entry(row.slug, row.title, row.venue_ags, point, properties)
    return found


_OF_PLACE = tuple(one.name for one in (*fields.COUNTY, *fields.DISTRICT))


def _times(session: Session) -> Interval | None:
    known = [one.days for one in _whereabouts(session).values() if one.days]
    if not known:
        return None
    return Interval.of_days(min(first for first, _ in known), max(last for _, last in known))


EVENTS = Collection(
    id="veranstaltungen",
    title="Veranstaltungen",
    singular="Veranstaltung",
    description=(
        "Kongresse, Werkstätten und andere Treffen. Eine Veranstaltung liegt dort, wo die "
        "gastgebende Kommune liegt; ohne bekannten Ort hat sie keine Geometrie."
    ),
    fields=_FIELDS,
    id_schema={"type": "string"},
    example="kongress-2015",
    time="Tage, an denen sie stattfindet",
    find=_find,
    load=_load,
    read_id=as_slug,
    times=_times,
    filters=_FILTERS,
    more=page_names(_KIND),
    aliases=_ALIASES,
)
