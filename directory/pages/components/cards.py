"""Entries as they stand in lists: ready texts and addresses for the card components."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from flask import url_for

from directory.contacts.models import ContactPoint
from directory.contacts.queries import ContactPlace, ContactRow
from directory.contacts.standing import (
    STALE_AFTER_MONTHS,
    Standing,
    offered_email,
    standing_of,
)
from directory.events.models import Event, EventStatus, Resource, SessionKind
from directory.events.queries import ResourceRow
from directory.municipalities.models import Evidence, Level, Municipality
from directory.pages.components.links import page_href, pages_start
from directory.practices.models import Practice, PracticeState
from directory.practices.queries import (
    PracticePlace,
    PracticeRecord,
    PracticeRow,
    TermName,
)
from directory.search.lists.reference import Reference
from directory.search.words.snippets import Snippet
from directory.text import join, plural
from directory.topics.models import Term, TermKind
from directory.web.filters import date, km, period
from directory.web.today import this_day

Link = tuple[str, str]
# Something to print: what it is, its format, its address
Paper = tuple[str, str, str]

POPULATION_BASE = "Fortschreibung auf Basis des Zensus 2011"
NOT_VERIFIED = "nicht von der Ansprechstelle bestätigt"


@dataclass(frozen=True)
class PracticeCard:
    """A practice in a list."""

    title: str
    href: str
    summary: str
    municipality_name: str
    municipality_href: str
    state_label: str
    started_year: int | None
    topics: tuple[Link, ...]
    # What it is marked by: its number in the visitor's cookie, its slug in addresses
    id: int
    slug: str
    distance: str = ""
    snippet: str | None = None
    # Why it was found when the word itself is not in it
    found_by: str = ""
    # How near and how alike its place is to the visitor's own
    near: str = ""


@dataclass(frozen=True)
class MunicipalityCard:
    """A municipality in a list; `population` in inhabitants."""

    name: str
    href: str
    kind_label: str
    county_name: str | None
    population: int | None
    practices_count: int
    is_member: bool
    member_since: int | None
    topics: tuple[Link, ...]
    ags: str
    distance: str = ""
    # Why it was found when its name does not say it
    found_by: str = ""
    near: str = ""


@dataclass(frozen=True)
class EventCard:
    """An event in a list."""

    title: str
    href: str
    date_text: str
    place: str | None
    kind_label: str
    format_label: str | None
    # „6 Workshops, 1 Lernkarussell“, or none
    sessions_text: str
    upcoming: bool


@dataclass(frozen=True)
class ResourceCard:
    """A resource in a list."""

    title: str
    url: str
    type_label: str
    publisher: str
    date_text: str | None
    description: str | None
    # What „Angabe veraltet?“ is about
    hint: str


@dataclass(frozen=True)
class ContactCard:
    """A contact point; empty texts mean: not known."""

    unit: str
    municipality: Link
    street: str | None
    postcode: str | None
    town: str | None
    phone: str | None
    email: str | None
    url: str | None
    source_url: str
    as_of_text: str
    # How far it can be relied upon, in words; `standing` for the look of them
    standing: str
    standing_text: str
    # Why `email` is another one than usual, or missing
    email_note: str
    # Which ways nobody has told us: „Telefon und E-Mail“
    unknown_ways: str
    # Only with a legal basis
    person: str | None
    # What „Angabe veraltet?“ is about
    hint: str


def practice_card(practice: Practice) -> PracticeCard:
    """Return `practice` as a card."""
    return _practice_card(
        practice,
        place=(practice.municipality.name, municipality_href(practice.municipality)),
        topics=term_links(practice.terms_of(TermKind.TOPIC)),
    )


def practice_cards_of(
    rows: Iterable[PracticeRow],
    reference: Reference,
    distances: Mapping[str, float] | None = None,
    found: Iterable[Snippet] = (),
) -> list[PracticeCard]:
    """Return rows as cards; `distances` maps AGS to km from the place asked for.

    `found` says of each row in turn why it was found, if they were searched for.
    """
    at_places, at_topics = pages_start("municipalities.detail"), pages_start("topics.detail")
    topics = {
        slug: (label, at_topics + slug) for slug, label in reference.terms[TermKind.TOPIC].items()
    }
    return [
        _practice_card(
            row,
            place=(row.place_name, at_places + row.place_slug),
            topics=[topics[slug] for slug in row.terms if slug in topics],
            distance=_distance(row.ags, distances),
            found=why,
        )
        for row, why in zip_longest(rows, found)
    ]


def _practice_card(
    practice: Practice | PracticeRow,
    *,
    place: Link,
    topics: list[Link],
    distance: str = "",
    found: Snippet | None = None,
) -> PracticeCard:
    name, href = place
    return PracticeCard(
        title=practice.title,
        href=page_href("practices.detail", practice.slug),
        summary=practice.summary,
        municipality_name=name,
        municipality_href=href,
        # An unknown state is said on the page of the practice; a card has no room for gaps.
        state_label=""
        if practice.state is PracticeState.UNKNOWN
        else f"{practice.state.label} ({state_note(practice)})",
        started_year=practice.started_year,
        topics=tuple(topics),
        id=practice.id,
        slug=practice.slug,
        distance=distance,
        snippet=found.text if found else None,
        found_by=f"gefunden über: {found.found_by}" if found and found.found_by else "",
    )


def municipality_card(
    municipality: Municipality,
    practices_count: int,
    topics: Sequence[Link] = (),
    distances: Mapping[str, float] | None = None,
    found_by: str = "",
) -> MunicipalityCard:
    """Return `municipality` as a card."""
    in_county = municipality.county is not None and municipality.level is Level.MUNICIPALITY
    return MunicipalityCard(
        name=municipality.name,
        href=municipality_href(municipality),
        kind_label=municipality.kind.label,
        county_name=municipality.county.name if in_county and municipality.county else None,
        population=municipality.population,
        practices_count=practices_count,
        is_member=municipality.is_member,
        member_since=municipality.membership.member_since if municipality.membership else None,
        topics=tuple(topics),
        ags=municipality.ags,
        distance=_distance(municipality.ags, distances),
        found_by=found_by,
    )


def event_card(event: Event, today: str) -> EventCard:
    """Return `event` as a card; `today` is an ISO date."""
    return EventCard(
        title=event.title,
        href=url_for("events.detail", slug=event.slug),
        date_text=period(event.date_start, event.date_end),
        place=event.venue_town or event.venue_name,
        kind_label=event.kind.label,
        format_label=event.event_format.label if event.event_format else None,
        sessions_text=_sessions_text(event),
        upcoming=is_upcoming(event, today),
    )


def _sessions_text(event: Event) -> str:
    """Return how many sessions of each kind are known of `event`."""
    counts = Counter(session.kind for session in event.sessions)
    return ", ".join(
        plural(counts[kind], kind.label, kind.plural) for kind in SessionKind if counts[kind]
    )


def resource_card(resource: Resource | ResourceRow) -> ResourceCard:
    """Return `resource` as a card."""
    return ResourceCard(
        title=resource.title,
        url=resource.url,
        type_label=resource.kind.label,
        publisher=resource.publisher,
        date_text=date(resource.date) if resource.date else None,
        description=resource.description,
        hint=f"resource:{resource.slug}",
    )


def contact_card(contact: ContactPoint | ContactRow) -> ContactCard:
    """Return `contact` as a card; being changed never counts as being vouched for.

    Of one that nobody has confirmed for long only the function mailbox is left.
    """
    day = this_day()
    standing = standing_of(contact, day)
    is_stale = standing is Standing.STALE
    return ContactCard(
        unit=contact.unit,
        municipality=(contact.municipality.name, municipality_href(contact.municipality)),
        street=contact.street,
        postcode=contact.postcode,
        town=contact.town,
        phone=None if is_stale else contact.phone,
        email=offered_email(contact, day),
        url=contact.url,
        source_url=contact.source_url,
        as_of_text=f"Stand der Quelle {date(contact.as_of)}" if contact.as_of else "",
        standing=standing.value,
        standing_text=standing_text(contact, day),
        email_note=_email_note(contact, is_stale=is_stale),
        unknown_ways=_unknown_ways(contact),
        person=None if is_stale else contact.person_name,
        hint=f"contact:{contact.id}",
    )


def standing_text(contact: ContactPoint | ContactRow, day: dt.date) -> str:
    """Say when somebody vouched for `contact`, or that it is too long ago."""
    if standing_of(contact, day) is Standing.STALE:
        return f"seit mehr als {STALE_AFTER_MONTHS} Monaten nicht bestätigt"
    if contact.verified_at is None:
        return "noch nicht bestätigt"
    return f"Zuletzt bestätigt am {date(contact.verified_at)}"


def _email_note(contact: ContactPoint | ContactRow, *, is_stale: bool) -> str:
    if not (is_stale or contact.undeliverable_at):
        return ""
    if contact.fallback_email:
        return "Funktionspostfach"
    return "zurzeit keine verlässliche Adresse" if contact.email else ""


def _unknown_ways(contact: ContactPoint | ContactRow) -> str:
    has_email = contact.email or contact.fallback_email
    ways = (("Telefon", contact.phone), ("E-Mail", has_email))
    return join([label for label, value in ways if not value])


def state_note(practice: Practice | PracticeRow | PracticeRecord) -> str:
    """Say whose word the state is, the municipality's or a source's, and of when that is."""
    if practice.confirmed_at is not None:
        return f"nach Angabe der Kommune, Stand {date(practice.confirmed_at)}"
    as_of = f"Stand {date(practice.as_of)}" if practice.as_of else "Stand nicht bekannt"
    return f"laut Quelle, {as_of}"


def is_upcoming(event: Event, today: str) -> bool:
    """Return whether `event` is announced for today or later."""
    return (
        event.event_status is EventStatus.ANNOUNCED
        and event.sort_date >= today[: len(event.sort_date)]
    )


def municipality_href(municipality: Municipality | PracticePlace | ContactPlace) -> str:
    """Return the address of a municipality's page."""
    return page_href("municipalities.detail", municipality.slug)


def term_links(terms: Sequence[Term | TermName]) -> list[Link]:
    """Return terms as links to their pages."""
    return [(term.label, page_href("topics.detail", term.slug)) for term in terms]


def population_note(municipality: Municipality | PracticePlace) -> str:
    """Say as of when and on which base the population is counted."""
    if municipality.population_date is None:
        return POPULATION_BASE
    return f"Stand {date(municipality.population_date)}, {POPULATION_BASE}"


def changed_text(what: str, entry: Practice | PracticeRecord | Municipality) -> str:
    """Say when somebody changed an entry; "" if nobody has since it was taken in."""
    return f"{what} geändert am {date(entry.updated_at)}" if entry.version > 1 else ""


def membership_label(municipality: Municipality) -> tuple[str, str]:
    """Return state (`member`, `training`, `none`) and what may be said about membership."""
    membership = municipality.membership
    if membership is None:
        return "none", "Mitgliedschaft nicht erfasst"
    if membership.evidence is Evidence.DOCUMENTED:
        if membership.member_since:
            return "member", f"Mitglied seit {membership.member_since}"
        return "member", "Mitglied, Beitrittsjahr nicht belegt"
    return "training", training_text(municipality)


def training_text(municipality: Municipality) -> str:
    """Say which rounds of the Entwicklungswerkstatt were attended; empty if none is known."""
    membership = municipality.membership
    if membership is None or not membership.rounds:
        return ""
    numbers = [str(one.number) for one in membership.rounds]
    word = "Runde" if len(numbers) == 1 else "Runden"
    return f"Teilnahme an der Entwicklungswerkstatt ({word} {', '.join(numbers)})"


def _distance(ags: str, distances: Mapping[str, float] | None) -> str:
    """Return how far a place is; "" for the one that was asked for, and for what it belongs to."""
    if not distances or ags not in distances:
        return ""
    nearest = min(distances, key=distances.__getitem__)
    # An AGS begins with those of county and district.
    is_there = distances[nearest] == 0 and nearest.startswith(ags)
    return "" if is_there else km(distances[ags])
