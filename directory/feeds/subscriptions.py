"""`/praxisbeispiele.atom`, `/veranstaltungen.atom`: what changed last, under every filter."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from directory.db import db
from directory.events.models import Event, EventStatus
from directory.feeds.atom import MIMETYPE, Entry, Feed, Person, Section, write
from directory.feeds.questions import asked, in_words, page_path, with_query
from directory.practices.models import Practice
from directory.publication.catalogue import last_change
from directory.search.criteria import Criteria
from directory.search.lists.listings import CHANGED, ListKind
from directory.search.queries import find_page
from directory.web.addresses import absolute, site_host
from directory.web.filters import period
from directory.web.markup import plain_text
from directory.web.pagination import Page
from directory.web.prepared import Prepared

bp = Blueprint("atom_feeds", __name__)

_ENTRIES = 50
_NETWORK = "Kommunen-Netzwerk: engagiert in NRW"
_RIGHTS = "Quellen und Lizenzen der Angaben: {}"


@bp.get("/praxisbeispiele.atom")
def practices() -> Response:
    """Give the examples that changed last."""
    return _feed(ListKind.PRACTICES, _practice)


@bp.get("/veranstaltungen.atom")
def events() -> Response:
    """Give the events that changed last."""
    return _feed(ListKind.EVENTS, _event, (selectinload(Event.organisers),))


def _feed(
    kind: ListKind, entry_of: Callable[[Any], Entry], options: Sequence[ORMOption] = ()
) -> Response:
    criteria, reference = asked(kind)
    criteria = replace(criteria, sort=CHANGED)
    page = find_page(db.session, criteria, reference, size=_ENTRIES, options=options)
    words = in_words(criteria, reference)
    first = replace(criteria, sort="", page=1)
    feed = Feed(
        id=tag(with_query(kind.value, first)),
        title=f"{criteria.listing.plural}: {words}" if words else criteria.listing.plural,
        subtitle=" ".join(criteria.problems),
        author=Person(_NETWORK, absolute("/")),
        rights=_RIGHTS.format(absolute(url_for("pages.licences"))),
        # An empty feed changed when the catalogue did.
        updated=max((one.updated_at for one in page.items), default=last_change(db.session)),
        links=_links(first, page),
        entries=[entry_of(one) for one in page.items],
    )
    return Prepared(write(feed), MIMETYPE).response(request)


def _links(first: Criteria, page: Page[Any]) -> list[tuple[str, str, str]]:
    def href(number: int) -> str:
        return absolute(with_query(request.path, first.on_page(number)))

    links = [
        ("self", MIMETYPE, href(page.number)),
        ("alternate", "text/html", absolute(page_path(first))),
        ("first", MIMETYPE, href(1)),
        ("last", MIMETYPE, href(page.pages)),
    ]
    if page.number > 1:
        links.append(("previous", MIMETYPE, href(min(page.number - 1, page.pages))))
    if page.number < page.pages:
        links.append(("next", MIMETYPE, href(page.number + 1)))
    return links


def tag(name: str) -> str:
    """Return the id of something called `name` here, for good (RFC 4151)."""
    return f"tag:{site_host()},2026:{name}"


def _practice(practice: Practice) -> Entry:
    place = practice.municipality
    sections: list[Section] = [("", practice.summary)]
    for heading, said in (
        ("Ausgangslage", plain_text(practice.situation)),
        ("Vorgehen", plain_text(practice.approach)),
        ("Ergebnis", plain_text(practice.result)),
        ("Gelingensbedingungen", practice.success_factors),
        ("Stolpersteine", practice.stumbling_blocks),
    ):
        if said:
            sections.append((heading, said))
    return Entry(
        id=tag(f"{ListKind.PRACTICES.value}/{practice.slug}"),
        title=practice.title,
        url=absolute(url_for("practices.detail", slug=practice.slug)),
        published=practice.published_at,
        updated=practice.updated_at,
        authors=[Person(place.name, absolute(url_for("municipalities.detail", slug=place.slug)))],
        summary=practice.summary,
        sections=sections,
        terms=[(term.slug, term.label) for term in practice.terms],
    )


def _event(event: Event) -> Entry:
    place = ", ".join(part for part in (event.venue_name, event.venue_town) if part)
    when = period(event.date_start, event.date_end)
    cancelled = "Abgesagt: " if event.event_status is EventStatus.CANCELLED else ""
    sections: list[Section] = [("", said) for said in (event.motto, event.note) if said]
    if event.programme:
        sections.append(("Programm", event.programme))
    if event.sessions:
        sections.append(("Workshops und Foren", [session.title for session in event.sessions]))
    organisers = [Person(name) for name in dict.fromkeys(one.name for one in event.organisers)]
    return Entry(
        id=tag(f"{ListKind.EVENTS.value}/{event.slug}"),
        title=f"{cancelled}{event.title}",
        url=absolute(url_for("events.detail", slug=event.slug)),
        published=event.published_at,
        updated=event.updated_at,
        authors=organisers or [Person(_NETWORK)],
        summary=", ".join(part for part in (event.kind.label, when, place) if part),
        sections=sections,
        terms=[(event.kind.value, event.kind.label)],
    )
