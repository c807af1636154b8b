"""What each public entry says, field by field: the texts that the index is made from."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, cast, select
from sqlalchemy.orm import Session, selectinload

from directory.contacts.models import ContactPoint
from directory.events.models import Event, Resource
from directory.geo.names import other_names
from directory.lookups import Lookup
from directory.municipalities.models import Level, Municipality
from directory.municipalities.queries import postcodes_of
from directory.practices.models import Practice, practice_term
from directory.publication.models import Status
from directory.topics.models import Term
from directory.web.markup import plain_text

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Document:
    """What one public entry says, by how telling the words are."""

    kind: str
    key: str
    title: str
    summary: str = ""
    # Topics, place and names around the entry
    terms: str = ""
    body: str = ""
    # Slugs of the terms it is described with
    tags: tuple[str, ...] = ()
    # Whether title and summary are names, which are never taken apart
    is_name: bool = False
    # What a suggestion says beside the title; None: the entry is not suggested
    detail: str | None = None


def documents(session: Session) -> Iterator[Document]:
    """Yield what is public, kind by kind."""
    for kind in _KINDS:
        yield from documents_of(session, kind)


def documents_of(
    session: Session, kind: str, keys: Sequence[str] | None = None
) -> Iterator[Document]:
    """Yield what is public of one kind; with `keys` only those entries of it."""
    statement, values = (_every(kind), {}) if keys is None else (_named(kind), {"keys": keys})
    for rows in session.execute(statement, values).partitions():
        yield from _KINDS[kind].read(session, rows)


def _every(kind: str) -> Select[*tuple[Any, ...]]:
    return _KINDS[kind].public.execution_options(yield_per=_AT_ONCE)


# Written once: to build it takes as long as to run it.
@cache
def _named(kind: str) -> Select[*tuple[Any, ...]]:
    return _every(kind).where(_KINDS[kind].key.in_(bindparam("keys", expanding=True)))


# Makes documents of some rows
_Read = Callable[[Session, Sequence[Any]], Iterable[Document]]


def _each(read: Callable[[Any], Document]) -> _Read:
    """Return what reads rows of one entity each."""
    return lambda _session, rows: (read(entity) for (entity,) in rows)


def _municipalities(session: Session, rows: Sequence[Any]) -> Iterator[Document]:
    postcodes = postcodes_of(session, [municipality.ags for (municipality,) in rows])
    for (row,) in rows:
        county = row.county.name if row.county and row.level is Level.MUNICIPALITY else ""
        names = [row.name_official, row.ags, row.postcode, *postcodes[row.ags]]
        yield Document(
            kind="municipality",
            key=row.ags,
            title=row.name,
            summary=_lines([*names, *other_names(row.name)]),
            terms=county,
            body=row.legal_status,
            is_name=True,
            detail=f"{row.legal_status}, {county}" if county else row.legal_status,
        )


def _term(term: Term) -> Document:
    return Document(
        kind="topic",
        key=term.slug,
        title=term.label,
        summary=_lines(synonym.text for synonym in term.synonyms),
        body=term.definition,
        tags=(term.slug,),
        detail=term.kind.label,
    )


# Practices are many: their columns take a fifth of the time that entities would.
_PRACTICE, _PLACE = Practice.__table__.c, Municipality.__table__.c
_county = Municipality.__table__.alias("county")
_PRACTICE_COLUMNS = (
    _PRACTICE.slug,
    _PRACTICE.id,
    _PRACTICE.title,
    _PRACTICE.summary,
    _PRACTICE.situation,
    _PRACTICE.approach,
    _PRACTICE.result,
    _PRACTICE.success_factors,
    _PRACTICE.stumbling_blocks,
    _PRACTICE.partners,
    _PLACE.name.label("place"),
    _county.c.name.label("county"),
)


_DESCRIBED = Lookup(
    select(practice_term.c.practice_id, Term.slug, Term.label)
    .join(Term, Term.slug == practice_term.c.term_slug)
    .where(practice_term.c.practice_id.in_(bindparam("ids", expanding=True)))
    .order_by(practice_term.c.practice_id, Term.position)
)


def _practices(session: Session, rows: Sequence[Any]) -> Iterator[Document]:
    terms: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for one, slug, label in _DESCRIBED.rows(session, ids=[row.id for row in rows]):
        terms[one].append((slug, label))
    for row in rows:
        labels = [label for _, label in terms[row.id]]
        story = (row.situation, row.approach, row.result)
        yield Document(
            kind="practice",
            key=row.slug,
            title=row.title,
            summary=row.summary,
            terms=_lines([*labels, row.place, row.county, *row.partners]),
            body=_lines([*map(plain_text, story), *row.success_factors, *row.stumbling_blocks]),
            tags=tuple(slug for slug, _ in terms[row.id]),
            detail=row.place,
        )


def _event(event: Event) -> Document:
    return Document(
        kind="event",
        key=event.slug,
        title=f"{event.title} {event.short_title}",
        summary=_lines([event.motto, event.venue_town, event.venue_name, str(event.year)]),
        terms=_lines(organiser.name for organiser in event.organisers),
        body=_lines(
            [
                event.note,
                event.sessions_note,
                *event.guiding_topics,
                *event.programme,
                *(session.title for session in event.sessions),
            ]
        ),
    )


def _resource(resource: Resource) -> Document:
    return Document(
        kind="resource",
        key=resource.slug,
        title=resource.title,
        summary=_lines([resource.publisher, resource.description]),
        terms=_lines(
            [
                *(term.label for term in resource.terms),
                *(place.name for place in resource.municipalities),
            ]
        ),
        tags=tuple(term.slug for term in resource.terms),
    )


def _contact(contact: ContactPoint) -> Document:
    return Document(
        kind="contact",
        key=str(contact.id),
        title=contact.unit,
        summary=contact.municipality.name,
        terms=contact.town or "",
    )


def _lines(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part)


class _Kind(NamedTuple):
    """One kind of entries: what is public of it, its key in the index, and how rows are read."""

    public: Select[*tuple[Any, ...]]
    key: Any
    read: _Read


_KINDS = {
    "municipality": _Kind(
        select(Municipality).options(selectinload(Municipality.county)).order_by(Municipality.ags),
        Municipality.ags,
        _municipalities,
    ),
    "topic": _Kind(
        select(Term).options(selectinload(Term.synonyms)).order_by(Term.slug),
        Term.slug,
        _each(_term),
    ),
    "practice": _Kind(
        select(*_PRACTICE_COLUMNS)
        .join(Municipality.__table__, _PLACE.ags == _PRACTICE.ags)
        .outerjoin(_county, _county.c.ags == _PLACE.county_ags)
        .where(_PRACTICE.status == Status.PUBLISHED)
        # Entries of one place get neighbouring numbers in the index.
        .order_by(_PRACTICE.ags, _PRACTICE.id),
        _PRACTICE.slug,
        _practices,
    ),
    "event": _Kind(
        select(Event)
        .where(Event.status == Status.PUBLISHED)
        .options(selectinload(Event.sessions), selectinload(Event.organisers))
        .order_by(Event.id),
        Event.slug,
        _each(_event),
    ),
    "resource": _Kind(
        select(Resource)
        .where(Resource.status == Status.PUBLISHED)
        .options(selectinload(Resource.terms), selectinload(Resource.municipalities))
        .order_by(Resource.id),
        Resource.slug,
        _each(_resource),
    ),
    "contact": _Kind(
        select(ContactPoint)
        .where(ContactPoint.status == Status.PUBLISHED)
        .options(selectinload(ContactPoint.municipality))
        .order_by(ContactPoint.id),
        cast(ContactPoint.id, String),
        _each(_contact),
    ),
}
