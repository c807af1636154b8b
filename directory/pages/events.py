"""`/veranstaltungen`: the memory of the congress and of the other events."""

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from flask import Blueprint, render_template, request, url_for

from directory.db import db
from directory.errors import Hint, NotFound
from directory.events import queries as events
from directory.events.models import (
    Event,
    EventSession,
    EventStatus,
    Participation,
    ParticipationRole,
    SessionKind,
)
from directory.pages.components import jsonld
from directory.pages.components.cards import (
    event_card,
    is_upcoming,
    municipality_href,
    resource_card,
)
from directory.pages.components.listing import address, listing_view
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find, practices_per_municipality
from directory.text import plural
from directory.web.filters import clock, date, period
from directory.web.today import today

bp = Blueprint("events", __name__, url_prefix="/veranstaltungen")


class Participant(NamedTuple):
    """A municipality as the page lists it."""

    name: str
    href: str
    # What it showed there, as far as the sources say so: title, address
    shown: tuple[str, str] | None
    # What is recorded of it today: label, address
    recorded: tuple[str, str] | None


_GROUP_LABELS = {
    ParticipationRole.REPORT: "Berichte aus der Praxis",
    ParticipationRole.LEARNING_CAROUSEL: "Lernkarussell",
    ParticipationRole.STAND: "Stände",
    ParticipationRole.PRACTICE: "Vorgestellte Praxis",
    ParticipationRole.FORUM: "Mitwirkung an Foren",
    ParticipationRole.SIGNATORY: "Unterzeichnende",
    ParticipationRole.TRAINING: "Teilnehmende Kommunen",
    ParticipationRole.HOST: "Gastgeberinnen",
    ParticipationRole.STATION: "Stationen",
}
_CAROUSEL_INTRO = (
    "Diese Kommunen zeigten im Lernkarussell Beispiele aus ihrer Praxis. Welches Beispiel es "
    "jeweils war, nennen die Quellen nicht."
)


@bp.get("")
def index() -> str:
    """Show all events as a filtered list."""
    reference = get_reference(db.session)
    criteria = Criteria.from_args(request.args, kind=ListKind.EVENTS, reference=reference)
    hits = find(db.session, criteria, reference)
    now = today()
    listing = listing_view(
        criteria,
        hits,
        reference,
        title="Veranstaltungen",
        intro=(
            "Der Engagementkongress mit seinen Workshops, Entwicklungswerkstätten und weitere "
            "Treffen – und was davon für die Praxis bleibt."
        ),
        page=hits.page.map(lambda one: event_card(one, now)),
    )
    return render_template("events/index.html", listing=listing)


@bp.get("/<slug>")
def detail(slug: str) -> str:
    """Show one event with its sessions, municipalities, practices and material."""
    event = events.find_by_slug(db.session, slug)
    if event is None:
        raise NotFound(
            "Diese Veranstaltung ist nicht verzeichnet.",
            (Hint("Alle Veranstaltungen", url_for(".index")),),
        )
    return render_template("events/detail.html", **event_page(event))


def event_page(event: Event) -> dict[str, object]:
    """Return what templates/events/detail.html shows of `event`, which may be unsaved."""
    is_kept = event.id is not None
    resources = events.resources_of_event(db.session, event.id) if is_kept else []
    return {
        "thing": jsonld.event(event) if is_kept else None,
        "event": _facts(event),
        "editions": _editions(event),
        "resources": [resource_card(one) for one in resources],
    }


def _facts(event: Event) -> dict[str, object]:
    reference = get_reference(db.session)
    series = None
    if event.series is not None:
        criteria = Criteria(kind=ListKind.EVENTS, choices={"reihe": (event.series.slug,)})
        series = (reference.series[event.series.slug], address(url_for("events.index"), criteria))
    carousel = next((s for s in event.sessions if s.kind is SessionKind.LEARNING_CAROUSEL), None)
    sessions = [_session(one, event) for one in event.sessions if one is not carousel]
    groups = _groups(event, carousel)
    below = {str(one["label"]): f"#{one['anchor']}" for one in groups}
    if sessions:
        below[SessionKind.WORKSHOP.plural] = "#workshops"
    return {
        "slug": event.slug,
        "title": event.title,
        "kind_label": event.kind.label,
        "series": series,
        "motto": "" if event.motto and event.motto in event.title else event.motto or "",
        "date_text": period(event.date_start, event.date_end),
        "time_text": _times(event.time_start, event.time_end),
        "place_text": ", ".join(part for part in (event.venue_name, event.venue_town) if part),
        "place_href": municipality_href(event.venue) if event.venue else "",
        "format_label": event.event_format.label if event.event_format else "",
        "attendance_label": event.attendance_label or "",
        "upcoming": is_upcoming(event, today()),
        "note": _note(event),
        "sessions_note": event.sessions_note or "",
        "ics_href": url_for("calendars.event", slug=event.slug) if event.days else "",
        "organisers": [(one.role, one.name) for one in event.organisers],
        "guiding_topics": event.guiding_topics,
        "programme": _programme(event, below),
        "sessions": sessions,
        "groups": groups,
        "sources": [
            {
                "title": source.title,
                "url": source.url,
                "as_of": date(source.as_of) if source.as_of else None,
            }
            for source in event.sources
        ],
    }


def _programme(event: Event, below: dict[str, str]) -> list[tuple[str, str]]:
    """Return the items, each with the address of what stands `below` about it, or "".

    Talks that are known stand in the place of the item that only announces them.
    """
    talks = [
        (one.role, f"{one.role}: {', '.join(filter(None, (one.topic, one.person)))}")
        for one in event.keynotes
    ]
    items: list[str] = []
    for item in event.programme:
        items += [talk for role, talk in talks if role == item] or [item]
    items += [talk for role, talk in talks if role not in event.programme]
    return [
        (item, next((href for label, href in below.items() if label in item), "")) for item in items
    ]


def _note(event: Event) -> str:
    """Return the note; an announced event of the past says that its taking place is not known."""
    passed = event.event_status is EventStatus.ANNOUNCED and not is_upcoming(event, today())
    notes = [event.note, "Angekündigt; ob sie stattfand, ist nicht bekannt." if passed else None]
    return " ".join(note for note in notes if note)


def _session(session: EventSession, event: Event) -> dict[str, object]:
    when = [date(session.date)] if session.date else []
    when += [_times(session.time_start, session.time_end)] if session.time_start else []
    present = [one for one in event.participations if one.session is session]
    return {
        "number": session.number,
        "anchor": session.slug,
        "kind_label": session.kind.label,
        "title": session.title,
        "track": session.track or "",
        "time_text": ", ".join(when),
        "participants": _participants(present),
    }


def _groups(event: Event, carousel: EventSession | None) -> list[dict[str, object]]:
    """Return the municipalities that took part outside numbered sessions, one group a role."""
    groups: list[dict[str, object]] = []
    for role, label in _GROUP_LABELS.items():
        in_carousel = carousel is not None and role is ParticipationRole.LEARNING_CAROUSEL
        at = carousel if in_carousel else None
        present = [one for one in event.participations if one.role is role and one.session is at]
        if present:
            groups.append(
                {
                    "label": label,
                    "intro": _CAROUSEL_INTRO if in_carousel else "",
                    "anchor": carousel.slug if carousel and in_carousel else role.value,
                    "participants": _participants(present),
                }
            )
    return groups


def _participants(present: Collection[Participation]) -> list[Participant]:
    """Return each municipality, what it showed if that is known, and how much is recorded of it.

    What stands here today need not have been there then: it is a link, no content of the event.
    """
    counts = practices_per_municipality(db.session, [one.ags for one in present])
    return [
        Participant(
            one.municipality.name,
            municipality_href(one.municipality),
            shown=_shown(one),
            recorded=_recorded(one.ags, counts.get(one.ags, 0)),
        )
        for one in sorted(present, key=lambda one: one.municipality.sort_name)
    ]


def _shown(one: Participation) -> tuple[str, str] | None:
    practice = one.shown_practice
    return (practice.title, url_for("practices.detail", slug=practice.slug)) if practice else None


def _recorded(ags: str, count: int) -> tuple[str, str] | None:
    if not count:
        return None
    criteria = Criteria(kind=ListKind.PRACTICES, choices={"kommune": (ags,)})
    label = plural(count, "Praxisbeispiel", "Praxisbeispiele")
    return label, address(url_for("practices.index"), criteria)


def _editions(event: Event) -> list[tuple[str, str, bool]]:
    if event.series_slug is None:
        return []
    return [
        (one.short_title, url_for("events.detail", slug=one.slug), one.id == event.id)
        for one in events.editions(db.session, event.series_slug)
    ]


def _times(start: dt.time | None, end: dt.time | None) -> str:
    if start is None:
        return ""
    if end is None:
        return f"ab {clock(start)}"
    return f"{start:%H:%M} bis {clock(end)}"
