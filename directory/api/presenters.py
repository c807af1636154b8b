"""Entries as the JSON shows them. Nothing is asked of the database here but what is loaded."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import g, request

from directory.api import shapes
from directory.contacts.models import ContactPoint
from directory.contacts.standing import Standing, offered_email, standing_of
from directory.events.models import Event, Participation, Resource
from directory.geo.points import Point
from directory.municipalities.models import Level, Municipality
from directory.pages.components.links import page_href
from directory.practices.models import Practice
from directory.practices.queries import PracticePlace, PracticeRecord, TermName
from directory.search.likeness.peers import Peer
from directory.search.likeness.scales import rounded_shares
from directory.search.likeness.units import Unit
from directory.search.likeness.weights import Factor
from directory.search.lists.reference import Reference
from directory.topics.models import Term, TermKind
from directory.web.today import this_day

_DIGITS = 6


def absolute(path: str) -> str:
    """Return the whole address of a path on this site."""
    base: str = g.get("addressed_at") or request.host_url.rstrip("/")
    return base + path


@contextmanager
def addressed_at(base: str) -> Iterator[None]:
    """Let all addresses begin with `base`, wherever this request was sent to."""
    g.addressed_at = base
    try:
        yield
    finally:
        del g.addressed_at


def municipality(
    entry: Municipality, unit: Unit | None, reference: Reference
) -> shapes.Municipality:
    """Return a municipality; `unit` says what its practices are about."""
    membership = entry.membership
    in_county = entry.level is Level.MUNICIPALITY
    return shapes.Municipality(
        ags=entry.ags,
        name=entry.name,
        slug=entry.slug,
        kind=entry.kind,
        legal_status=entry.legal_status,
        county=_place(entry.county_ags, reference.counties) if in_county else None,
        district=_place(entry.district_ags, reference.districts)
        if entry.level is not Level.DISTRICT
        else None,
        population=entry.population,
        population_date=entry.population_date,
        area_km2=entry.area_km2,
        point=(entry.lon, entry.lat) if entry.lon is not None and entry.lat is not None else None,
        member=entry.is_member,
        member_since=membership.member_since if membership else None,
        evidence=shapes.MembershipEvidence(
            membership.evidence, membership.source_url, membership.note
        )
        if membership
        else None,
        topics=_topics(unit, reference),
        practices_count=unit.practices if unit else 0,
        url=absolute(page_href("municipalities.detail", entry.slug)),
    )


def practice(entry: Practice | PracticeRecord, score: float | None = None) -> shapes.Practice:
    """Return a practice; `score`: how well it fits the words that were asked for."""
    return shapes.Practice(
        id=entry.id,
        slug=entry.slug,
        title=entry.title,
        municipality=_name(entry.municipality),
        summary=entry.summary,
        situation=entry.situation,
        approach=entry.approach,
        result=entry.result,
        success_factors=list(entry.success_factors),
        stumbling_blocks=list(entry.stumbling_blocks),
        topics=_terms(entry.terms_of(TermKind.TOPIC)),
        target_groups=_terms(entry.terms_of(TermKind.TARGET_GROUP)),
        instruments=_terms(entry.terms_of(TermKind.INSTRUMENT)),
        partners=list(entry.partners),
        started_year=entry.started_year,
        status=entry.state,
        sources=_sources(entry.sources),
        updated_at=entry.updated_at,
        url=absolute(page_href("practices.detail", entry.slug)),
        score=score,
    )


def peer(own: Unit, other: Peer, reference: Reference) -> shapes.Peer:
    """Return a municipality compared with `own`; the shares add up to the index."""
    shares = rounded_shares(other.index, [part.share for part in other.parts], _DIGITS)
    return shapes.Peer(
        municipality=shapes.PlaceName(other.unit.ags, other.unit.name),
        distance_index=round(other.index, _DIGITS),
        km=round(other.km, 3) if other.km is not None else None,
        factors=[
            shapes.PeerFactor(
                part.factor,
                _value(part.factor, own, reference),
                _value(part.factor, other.unit, reference),
                share,
            )
            for part, share in zip(other.parts, shares, strict=True)
        ],
    )


def contact(entry: ContactPoint) -> shapes.Contact:
    """Return a contact point; of one that nobody has confirmed for long only what stays right.

    A person who may be named on the page is not named here: nobody should collect names.
    """
    day = this_day()
    standing = standing_of(entry, day)
    return shapes.Contact(
        id=entry.id,
        municipality=_name(entry.municipality),
        unit=entry.unit,
        street=entry.street,
        postcode=entry.postcode,
        town=entry.town,
        phone=None if standing is Standing.STALE else entry.phone,
        email=offered_email(entry, day),
        url=entry.url,
        source_url=entry.source_url,
        as_of=entry.as_of,
        standing=standing,
        verified_at=entry.verified_at,
    )


def term(entry: Term, practices_count: int) -> shapes.Term:
    """Return a term of the vocabulary."""
    return shapes.Term(
        slug=entry.slug,
        kind=entry.kind,
        label=entry.label,
        definition=entry.definition,
        synonyms=[synonym.text for synonym in entry.synonyms],
        practices_count=practices_count,
        url=absolute(page_href("topics.detail", entry.slug)),
    )


def event(entry: Event, reference: Reference) -> shapes.Event:
    """Return an event for a list."""
    return shapes.Event(**_event(entry, reference))


def event_details(
    entry: Event, resources: Sequence[Resource], reference: Reference
) -> shapes.EventDetails:
    """Return an event with all that its page shows."""
    return shapes.EventDetails(
        **_event(entry, reference),
        attendance=entry.attendance_label,
        guiding_topics=list(entry.guiding_topics),
        programme=list(entry.programme),
        note=" ".join(note for note in (entry.note, entry.sessions_note) if note) or None,
        organisers=[shapes.Organiser(one.role, one.name) for one in entry.organisers],
        keynotes=[shapes.Keynote(one.role, one.topic, one.person) for one in entry.keynotes],
        sessions=[
            shapes.Session(
                slug=one.slug,
                number=one.number,
                kind=one.kind,
                title=one.title,
                track=one.track,
                date=one.date,
                time_start=one.time_start,
                time_end=one.time_end,
            )
            for one in entry.sessions
        ],
        participations=_participations(entry),
        resources=[resource(one) for one in resources],
        sources=_sources(entry.sources),
    )


def resource(entry: Resource) -> shapes.Resource:
    """Return a press release, dossier, download, article or link."""
    return shapes.Resource(
        slug=entry.slug,
        kind=entry.kind,
        title=entry.title,
        publisher=entry.publisher,
        description=entry.description,
        date=entry.date,
        topics=_terms(one for one in entry.terms if one.kind is TermKind.TOPIC),
        url=entry.url,
    )


def _event(entry: Event, reference: Reference) -> dict[str, Any]:
    series = entry.series_slug
    return {
        "slug": entry.slug,
        "title": entry.title,
        "kind": entry.kind,
        "status": entry.event_status,
        "series": shapes.SeriesName(series, reference.series[series]) if series else None,
        "motto": entry.motto,
        "date_start": entry.date_start,
        "date_end": entry.date_end,
        "time_start": entry.time_start,
        "time_end": entry.time_end,
        "format": entry.event_format,
        "venue": entry.venue_name,
        "town": entry.venue_town,
        "municipality": _name(entry.venue) if entry.venue else None,
        "sessions_count": len(entry.sessions),
        "updated_at": entry.updated_at,
        "url": absolute(page_href("events.detail", entry.slug)),
    }


def _participations(entry: Event) -> list[shapes.Participation]:
    slugs = {session.id: session.slug for session in entry.sessions}
    ordered = sorted(
        entry.participations, key=lambda one: (one.municipality.sort_name, one.ags, one.id)
    )
    return [
        shapes.Participation(
            municipality=_name(one.municipality),
            role=one.role,
            session=slugs[one.session_id] if one.session_id is not None else None,
            practice=_public_practice(one),
        )
        for one in ordered
    ]


def _public_practice(one: Participation) -> shapes.PracticeName | None:
    shown = one.shown_practice
    return shapes.PracticeName(shown.id, shown.title) if shown else None


def _name(entry: Municipality | PracticePlace) -> shapes.PlaceName:
    return shapes.PlaceName(entry.ags, entry.name)


def _place(ags: str | None, names: dict[str, str]) -> shapes.PlaceName | None:
    return shapes.PlaceName(ags, names[ags]) if ags is not None and ags in names else None


def _terms(terms: Iterable[Term | TermName]) -> list[shapes.TermName]:
    return [shapes.TermName(one.slug, one.label) for one in terms]


def _topics(unit: Unit | None, reference: Reference) -> list[shapes.TermName]:
    own = unit.topics if unit else frozenset()
    labels = reference.terms[TermKind.TOPIC]
    return [shapes.TermName(slug, label) for slug, label in labels.items() if slug in own]


def _sources(sources: Iterable[Any]) -> list[shapes.Source]:
    return [shapes.Source(one.title, one.url, one.as_of) for one in sources]


def _value(factor: Factor, unit: Unit, reference: Reference) -> Any:
    """Return what is known of a unit in one respect, None if nothing is."""
    match factor:
        case Factor.POPULATION:
            return unit.population
        case Factor.DENSITY:
            return round(unit.density, 1) if unit.density is not None else None
        case Factor.LEGAL_STATUS:
            return unit.legal_status
        case Factor.URBANISATION:
            return unit.urbanisation
        case Factor.REGION:
            return reference.counties.get(unit.county) or reference.districts.get(unit.district)
        case Factor.DISTANCE:
            return _position(unit.point)
        case Factor.TOPICS:
            return [one.slug for one in _topics(unit, reference)] or None


def _position(point: Point | None) -> tuple[float, float] | None:
    return (point.lon, point.lat) if point else None
