"""`/veranstaltungen`: the memory of the congress and of the other events."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

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
from directory.pages import jsonld
from directory.pages.cards import event_card, is_upcoming, municipality_href, resource_card
from directory.pages.listing import address, listing_view
from directory.pages.today import today
from directory.practices import queries as practices
from directory.practices.models import Practice
from directory.search.criteria import Criteria
from directory.search.listings import ListKind
from directory.search.queries import find
from directory.search.reference import get_reference
from directory.web.filters import clock, date, period

bp = Blueprint("events", __name__, url_prefix="/veranstaltungen")

# A participant as the page lists it: name, address, links to practices.
Participant = tuple[str, str, list[tuple[str, str]]]

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
    "jeweils war, nennen die Quellen nicht; verlinkt sind die Beispiele, die hier von ihnen "
    "verzeichnet sind."
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
        "event": _facts(event, _examples_of(event)),
        "editions": _editions(event),
        "resources": [resource_card(one) for one in resources],
    }


def _facts(event: Event, examples: Mapping[str, Sequence[Practice]]) -> dict[str, object]:
    reference = get_reference(db.session)
    series = None
    if event.series is not None:
        criteria = Criteria(kind=ListKind.EVENTS, choices={"reihe": (event.series.slug,)})
        series = (reference.series[event.series.slug], address(url_for("events.index"), criteria))
    carousel = next((s for s in event.sessions if s.kind is SessionKind.LEARNING_CAROUSEL), None)
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
        "keynote": [(one.role, one.topic, one.person or "") for one in event.keynotes],
        "guiding_topics": event.guiding_topics,
        "programme": event.programme,
        "sessions": [
            _session(one, event, examples) for one in event.sessions if one is not carousel
        ],
        "groups": _groups(event, carousel, examples),
        "sources": [
            {
                "title": source.title,
                "url": source.url,
                "as_of": date(source.as_of) if source.as_of else None,
            }
            for source in event.sources
        ],
    }


def _note(event: Event) -> str:
    """Return the note; an announced event of the past says that its taking place is not known."""
    passed = event.event_status is EventStatus.ANNOUNCED and not is_upcoming(event, today())
    notes = [event.note, "Angekündigt; ob sie stattfand, ist nicht bekannt." if passed else None]
    return " ".join(note for note in notes if note)


def _session(
    session: EventSession, event: Event, examples: Mapping[str, Sequence[Practice]]
) -> dict[str, object]:
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
        "participants": _participants(present, examples),
    }


def _groups(
    event: Event, carousel: EventSession | None, examples: Mapping[str, Sequence[Practice]]
) -> list[dict[str, object]]:
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
                    "participants": _participants(present, examples),
                }
            )
    return groups


def _participants(
    present: Iterable[Participation], examples: Mapping[str, Sequence[Practice]]
) -> list[Participant]:
    """Return each municipality with the practice it showed or, where unknown, all of its own."""
    found = []
    for one in sorted(present, key=lambda one: one.municipality.sort_name):
        shown = [one.shown_practice] if one.shown_practice else examples.get(one.ags, [])
        links = [
            (practice.title, url_for("practices.detail", slug=practice.slug)) for practice in shown
        ]
        found.append((one.municipality.name, municipality_href(one.municipality), links))
    return found


def _examples_of(event: Event) -> dict[str, list[Practice]]:
    """Return AGS → practices of the municipalities that showed practice at `event`."""
    showing = {
        ParticipationRole.LEARNING_CAROUSEL,
        ParticipationRole.PRACTICE,
        ParticipationRole.STAND,
        ParticipationRole.REPORT,
    }
    keys = {one.ags for one in event.participations if one.role in showing}
    found: dict[str, list[Practice]] = {}
    for practice in practices.of_municipalities(db.session, sorted(keys)):
        found.setdefault(practice.ags, []).append(practice)
    return found


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
