"""`/`: what this is, one search field, the map, and where to begin."""

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from directory.contacts import queries as contacts
from directory.db import db
from directory.events import queries as events
from directory.municipalities import queries as municipalities
from directory.pages.components import drawings
from directory.pages.components.cards import (
    EventCard,
    PracticeCard,
    event_card,
    municipality_href,
    practice_cards_of,
)
from directory.pages.municipalities import NETWORK_SIZE
from directory.pages.own import own_place
from directory.practices import queries as practices
from directory.publication.catalogue import current_version, prepared
from directory.search.lists.columns import get_columns
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.text import number
from directory.topics.models import TermKind
from directory.web.today import today

bp = Blueprint("pages", __name__)

_MOST_TOPICS = 6
_MOST_PRACTICES = 3
_MOST_CONGRESSES = 3


@bp.get("/")
def home() -> str:
    """Show the way in."""
    next_event, recent_events = _events(today())
    return render_template(
        "home.html",
        intro_topics=_frequent_topics(),
        drawing=drawings.of_members(db.session),
        map_label="Karte der Mitglieder in Nordrhein-Westfalen, deren Beitritt belegt ist",
        stats=_stats(),
        practices=_newest(),
        # To find it takes a look at all examples.
        lesson=prepared(db.session, "lesson", _lesson),
        next_event=next_event,
        recent_events=recent_events,
        own=own_place(),
        network_size=NETWORK_SIZE,
    )


def _events(day: str) -> tuple[EventCard | None, list[EventCard]]:
    """Return the next event and the last congresses, made anew with the catalogue or the day."""

    def make(session: Session) -> tuple[EventCard | None, list[EventCard]]:
        following = events.next_event(session, day)
        recent = events.latest_congresses(session, _MOST_CONGRESSES)
        cards = [event_card(one, day) for one in recent]
        return event_card(following, day) if following else None, cards

    source = current_version(db.session), day
    return prepared(db.session, "events at home", make, of=source)


def _newest() -> list[PracticeCard]:
    # As well a look at all, and for each its sources and terms
    ids = prepared(
        db.session, "newest practices", lambda session: practices.newest(session, _MOST_PRACTICES)
    )
    reference = get_reference(db.session)
    rows = practices.rows_for_cards(db.session, ids)
    return practice_cards_of([rows[one] for one in ids if one in rows], reference)


def _frequent_topics() -> list[tuple[str, str]]:
    totals = get_columns(db.session, ListKind.PRACTICES).totals["thema"]
    labels = get_reference(db.session).terms[TermKind.TOPIC]
    frequent = sorted(labels, key=lambda slug: -totals.get(slug, 0))[:_MOST_TOPICS]
    return [(labels[slug], url_for("topics.detail", slug=slug)) for slug in frequent]


def _stats() -> list[dict[str, str]]:
    members, contact_points, workshops = prepared(db.session, "numbers at home", _numbers)
    return [
        {
            "value": number(get_columns(db.session, ListKind.PRACTICES).everything.bit_count()),
            "label": "Praxisbeispiele",
            "href": url_for("practices.index"),
            "note": "mit Gelingensbedingungen und Quellen",
        },
        {
            "value": number(members),
            "label": "belegte Mitglieder",
            "href": url_for("municipalities.index"),
            "note": f"von {NETWORK_SIZE} nach Angaben des Landes",
        },
        {
            "value": number(contact_points),
            "label": "Ansprechstellen",
            "href": url_for(
                "search.index",
                q="Ansprechstellen",
                alle="ansprechstellen",
                _anchor="ansprechstellen",
            ),
            "note": "zuständig für Engagement vor Ort",
        },
        {
            "value": number(workshops),
            "label": "Kongress-Workshops",
            "href": url_for("events.index", art="kongress"),
            "note": "der Jahre 2013 und 2015",
        },
    ]


def _numbers(session: Session) -> tuple[int, int, int]:
    return (
        municipalities.documented_members(session),
        contacts.total(session),
        events.numbered_sessions(session),
    )


def _lesson(session: Session) -> dict[str, object] | None:
    """Return the newest example that names both what helped and what got in the way."""
    practice = practices.with_both_factors(session)
    if practice is None:
        return None
    return {
        "title": practice.title,
        "href": url_for("practices.detail", slug=practice.slug),
        "municipality_name": practice.municipality.name,
        "municipality_href": municipality_href(practice.municipality),
        "success_factors": practice.success_factors[:2],
        "stumbling_blocks": practice.stumbling_blocks[:2],
    }
