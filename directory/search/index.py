"""The full-text index over all kinds: written in the same transaction as the entries.

Both engines hold the same tokens; only how they are asked differs, and only in this module.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Session, selectinload

from directory.contacts.models import ContactPoint
from directory.events.models import Event, Resource
from directory.municipalities.models import Level, Municipality
from directory.practices.models import Practice
from directory.publication.catalogue import get_state
from directory.publication.models import CatalogueState, Status
from directory.search.expression import Expression
from directory.search.models import SearchEntry
from directory.text import tokens
from directory.topics.models import Term

# Changes whenever the same entry would be indexed with other tokens; /readyz compares it.
RULES = "2026-11-23"
# Weights of title, summary and body: for bm25 as they are, for ts_rank as D, C, B, A.
_WEIGHTS = (8.0, 4.0, 1.0)
_TS_WEIGHTS = "{0, 0.125, 0.5, 1}"


@dataclass(frozen=True)
class Document:
    """What one public entry says, by how telling the words are."""

    kind: str
    key: str
    title: str
    summary: str = ""
    body: str = ""


def rebuild(session: Session, public: Iterable[Document] | None = None) -> int:
    """Make the whole index anew; returns the number of entries.

    `public` are the documents to index, by default all that are public now.
    """
    _clear(session)
    rows = [
        {
            "id": number,
            "kind": document.kind,
            "key": document.key,
            "title": " ".join(tokens(document.title)),
            "summary": " ".join(tokens(document.summary)),
            "body": " ".join(tokens(document.body)),
        }
        for number, document in enumerate(documents(session) if public is None else public, start=1)
    ]
    if rows:
        session.execute(insert(SearchEntry), rows)
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))
    get_state(session).index_rules = RULES
    return len(rows)


def matches(session: Session, kind: str, q: str) -> Select[str, float]:
    """Return a query of `key` and `score` (lower is better) of the entries that hold all words."""
    expression = Expression.from_words(q)
    statement = select(SearchEntry.key.label("key"), _score(session, expression).label("score"))
    statement = statement.where(SearchEntry.kind == kind)
    if not expression:
        # Only punctuation: no word to look for, so nothing is found.
        return statement.where(literal_column("1 = 0"))
    return statement.where(_holds(session, expression))


def is_current(session: Session) -> bool:
    """Return whether the index was made with the rules of this programme."""
    return session.scalar(select(CatalogueState.index_rules)) == RULES


def _holds(session: Session, expression: Expression) -> ColumnElement[bool]:
    if _is_sqlite(session):
        found = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :fts5").bindparams(
            fts5=expression.fts5
        )
        return SearchEntry.id.in_(found.columns(SearchEntry.id))
    vector: ColumnElement[bool] = literal_column("search_entry.vector").op("@@")(
        func.to_tsquery("simple", expression.tsquery)
    )
    return vector


def _score(session: Session, expression: Expression) -> ColumnElement[float]:
    """Return how well an entry fits: titles that say exactly this come first."""
    exact = case((SearchEntry.title == " ".join(expression.words), -1000.0), else_=0.0)
    if not expression:
        return exact
    if _is_sqlite(session):
        rank = (
            select(text(f"bm25(search_fts, {', '.join(map(str, _WEIGHTS))})"))
            .select_from(text("search_fts"))
            .where(
                text("search_fts MATCH :fts5 AND search_fts.rowid = search_entry.id").bindparams(
                    fts5=expression.fts5
                )
            )
            .scalar_subquery()
        )
        return exact + rank
    query = func.to_tsquery("simple", expression.tsquery)
    return exact - func.ts_rank(
        literal_column(f"'{_TS_WEIGHTS}'::float4[]"), literal_column("search_entry.vector"), query
    )


def _clear(session: Session) -> None:
    session.execute(delete(SearchEntry))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def documents(session: Session) -> Iterator[Document]:
    """Yield what is public, kind by kind."""
    yield from _municipalities(session)
    yield from _terms(session)
    yield from _practices(session)
    yield from _events(session)
    yield from _resources(session)
    yield from _contacts(session)


def _municipalities(session: Session) -> Iterator[Document]:
    for row in session.scalars(
        select(Municipality).options(selectinload(Municipality.county)).order_by(Municipality.ags)
    ):
        county = row.county.name if row.county and row.level is Level.MUNICIPALITY else ""
        yield Document(
            kind="municipality",
            key=row.ags,
            title=row.name,
            summary=f"{row.name_official} {row.ags} {row.postcode or ''}",
            body=f"{county} {row.legal_status}",
        )


def _terms(session: Session) -> Iterator[Document]:
    for term in session.scalars(
        select(Term).options(selectinload(Term.synonyms)).order_by(Term.slug)
    ):
        yield Document(
            kind="topic",
            key=term.slug,
            title=term.label,
            summary=_lines(synonym.text for synonym in term.synonyms),
            body=term.definition,
        )


def _practices(session: Session) -> Iterator[Document]:
    for practice in session.scalars(
        select(Practice)
        .where(Practice.status == Status.PUBLISHED)
        .options(
            selectinload(Practice.municipality).selectinload(Municipality.county),
            selectinload(Practice.terms).selectinload(Term.synonyms),
        )
        .order_by(Practice.id)
    ):
        county = practice.municipality.county
        yield Document(
            kind="practice",
            key=practice.slug,
            title=practice.title,
            summary=_lines(
                [practice.summary, practice.municipality.name]
                + [term.label for term in practice.terms]
            ),
            body=_lines(
                [
                    practice.situation,
                    practice.approach,
                    practice.result,
                    *practice.success_factors,
                    *practice.stumbling_blocks,
                    *practice.partners,
                    county.name if county else None,
                    *(synonym.text for term in practice.terms for synonym in term.synonyms),
                ]
            ),
        )


def _events(session: Session) -> Iterator[Document]:
    for event in session.scalars(
        select(Event)
        .where(Event.status == Status.PUBLISHED)
        .options(selectinload(Event.sessions), selectinload(Event.organisers))
        .order_by(Event.id)
    ):
        yield Document(
            kind="event",
            key=event.slug,
            title=f"{event.title} {event.short_title}",
            summary=_lines([event.motto, event.venue_town, event.venue_name, str(event.year)]),
            body=_lines(
                [
                    event.note,
                    event.sessions_note,
                    *event.guiding_topics,
                    *event.programme,
                    *(session.title for session in event.sessions),
                    *(organiser.name for organiser in event.organisers),
                ]
            ),
        )


def _resources(session: Session) -> Iterator[Document]:
    for resource in session.scalars(
        select(Resource)
        .where(Resource.status == Status.PUBLISHED)
        .options(selectinload(Resource.terms), selectinload(Resource.municipalities))
        .order_by(Resource.id)
    ):
        yield Document(
            kind="resource",
            key=resource.slug,
            title=resource.title,
            summary=_lines([resource.publisher, resource.description]),
            body=_lines(
                [
                    *(term.label for term in resource.terms),
                    *(place.name for place in resource.municipalities),
                ]
            ),
        )


def _contacts(session: Session) -> Iterator[Document]:
    for contact in session.scalars(
        select(ContactPoint)
        .where(ContactPoint.status == Status.PUBLISHED)
        .options(selectinload(ContactPoint.municipality))
        .order_by(ContactPoint.id)
    ):
        yield Document(
            kind="contact",
            key=str(contact.id),
            title=contact.unit,
            summary=contact.municipality.name,
            body=_lines([contact.town]),
        )


def _lines(parts: Iterable[str | None]) -> str:
    return "\n".join(part for part in parts if part)
