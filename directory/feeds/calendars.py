"""`/veranstaltungen.ics`, `/veranstaltungen/<slug>.ics`: events and their parts for calendars."""

import datetime as dt
from collections.abc import Iterator

from flask import Blueprint, Response, request, url_for

from directory.db import db
from directory.errors import Hint, NotFound
from directory.events import queries
from directory.events.models import Event, EventSession, EventStatus
from directory.feeds.ical import CANCELLED, CONFIRMED, MIMETYPE, Appointment, Calendar, write
from directory.feeds.questions import asked, in_words, with_query
from directory.search.lists.listings import ListKind
from directory.search.queries import find_ids, load_entries
from directory.web.addresses import absolute, site_host
from directory.web.prepared import Prepared

bp = Blueprint("calendars", __name__)

_STATUS = {EventStatus.HELD: CONFIRMED, EventStatus.CANCELLED: CANCELLED}


@bp.get("/veranstaltungen.ics")
def events() -> Response:
    """Give all events of the filter whose days are known."""
    criteria, reference = asked(ListKind.EVENTS)
    criteria = criteria.sorted_by("aelteste")
    found = load_entries(db.session, criteria, find_ids(db.session, criteria, reference))
    words = in_words(criteria, reference)
    name = "Kommunen-Netzwerk: Veranstaltungen"
    calendar = Calendar(
        name=f"{name} ({words})" if words else name,
        description=" ".join(criteria.problems),
        source=absolute(with_query(request.path, criteria.sorted_by(""))),
        appointments=[one for event in found for one in _appointments(event)],
    )
    return Prepared(write(calendar), MIMETYPE).response(request)


@bp.get("/veranstaltungen/<slug>.ics")
def event(slug: str) -> Response:
    """Give one event with its parts."""
    found = queries.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound(
            "Diese Veranstaltung ist nicht verzeichnet.",
            (Hint("Alle Veranstaltungen", url_for("events.index")),),
        )
    if found.days is None:
        raise NotFound(
            "Der Tag dieser Veranstaltung ist nicht bekannt; deshalb gibt es keinen "
            "Kalendereintrag.",
            (Hint(found.short_title, url_for("events.detail", slug=slug)),),
        )
    calendar = Calendar(
        name=found.short_title,
        description="",
        source=absolute(request.path),
        appointments=list(_appointments(found)),
    )
    response = Prepared(write(calendar), MIMETYPE).response(request)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response


def _appointments(event: Event) -> Iterator[Appointment]:
    """Yield the event and its parts, as far as their days are known."""
    if event.days is None:
        return
    first, last = event.days
    status = _STATUS.get(event.event_status, "")
    url = absolute(url_for("events.detail", slug=event.slug))
    place = ", ".join(part for part in (event.venue_name, event.venue_town) if part)
    uid = f"veranstaltung-{event.slug}@{site_host()}"
    yield Appointment(
        uid=uid,
        sequence=event.version,
        changed=event.updated_at,
        created=event.created_at,
        title=event.title,
        first_day=first,
        last_day=last,
        starts=event.time_start,
        ends=event.time_end,
        status=status,
        place=place,
        description="\n".join(part for part in (event.motto, event.note, *event.programme) if part),
        category=event.kind.label,
        url=url,
    )
    for session in event.sessions:
        day = session.date or (first if first == last else None)
        if day is None:
            continue
        yield Appointment(
            uid=f"programmpunkt-{session.slug}@{site_host()}",
            sequence=event.version,
            changed=event.updated_at,
            created=event.created_at,
            title=_title(session),
            first_day=day,
            last_day=day,
            starts=session.time_start,
            ends=_end(session, day),
            status=status,
            place=place,
            description=event.title,
            category=session.kind.label,
            url=f"{url}#{session.slug}",
            parent=uid,
        )


def _title(session: EventSession) -> str:
    number = f"{session.kind.label} {session.number}: " if session.number else ""
    return number + session.title


def _end(session: EventSession, day: dt.date) -> dt.time | None:
    """Return when a part ends: as the source says, or after its duration on the same day."""
    if session.time_end is not None or session.time_start is None or not session.duration_min:
        return session.time_end
    ends = dt.datetime.combine(day, session.time_start) + dt.timedelta(minutes=session.duration_min)
    return ends.time() if ends.date() == day else None
