"""Keeping the vocabulary at the desk: a change counts at once, in lists and in the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from directory.errors import Conflict, NotFound
from directory.practices.models import practice_term
from directory.publication.catalogue import advance
from directory.publication.drafting import read_draft
from directory.publication.models import EntryKind, Revision
from directory.publication.validation import InvalidEntry, Known
from directory.search.index import refresh_terms
from directory.text import slugify
from directory.topics.drafts import TermDraft
from directory.topics.models import Term, TermKind
from directory.topics.operations import known_terms, save_term


class TermOvertaken(Conflict):
    """Somebody else changed the term in between."""

    title = "Inzwischen geändert"


@dataclass(frozen=True)
class TermRow:
    """One term in the desk's list."""

    slug: str
    label: str
    synonyms: Sequence[str]
    uses: int


def terms_of(session: Session, kind: TermKind) -> Sequence[TermRow]:
    """Return the terms of one list in its order, with how many practices use them."""
    uses: dict[str, int] = dict(
        session.execute(
            select(practice_term.c.term_slug, func.count()).group_by(practice_term.c.term_slug)
        ).all()
    )
    terms = session.scalars(
        select(Term)
        .where(Term.kind == kind)
        .options(selectinload(Term.synonyms))
        .order_by(Term.position, Term.slug)
    )
    return [
        TermRow(term.slug, term.label, [one.text for one in term.synonyms], uses.get(term.slug, 0))
        for term in terms
    ]


def get_values(session: Session, slug: str) -> tuple[dict[str, Any], int]:
    """Return what a term says and the number of that state; raise `NotFound`."""
    term = session.get(Term, slug)
    if term is None:
        raise NotFound("Diesen Begriff gibt es nicht (mehr).")
    return TermDraft.of(term).fields(), _state(session, slug)


def keep_term(
    session: Session, slug: str | None, values: Mapping[str, Any], *, seen: int, by: str
) -> Term:
    """Create (`slug` is None) or change a term.

    Raises:
        InvalidEntry: naming every field that has to be changed.
        TermOvertaken: it was changed since the state `seen`.
    """
    if slug is not None and _state(session, slug) != seen:
        raise TermOvertaken(
            "Jemand hat diesen Begriff geändert, während Sie daran gearbeitet haben. Unten steht, "
            "was Sie geschrieben haben. Bitte öffnen Sie den Begriff neu und vergleichen Sie."
        )
    wanted = slug or slugify(str(values.get("label") or ""), longest=80) or "begriff"
    if slug is None and session.get(Term, wanted) is not None:
        raise InvalidEntry({"label": "Diesen Begriff gibt es schon."})
    known = Known(terms=known_terms(session))
    reading = read_draft(TermDraft, {**values, "slug": wanted}, known)
    if reading.problems:
        raise InvalidEntry(reading.problems)
    saved = save_term(session, by=by, draft=reading.draft)
    _spread(session, saved.entry.slug)
    return saved.entry


def add_synonym(session: Session, slug: str, word: str, *, by: str) -> Term:
    """Let `word` lead to the term as well; raise `NotFound`, `InvalidEntry`."""
    values, seen = get_values(session, slug)
    if word in values["synonyms"]:
        raise InvalidEntry({"word": "Dieses Wort steht schon bei dem Begriff."})
    values["synonyms"] = [*values["synonyms"], word]
    return keep_term(session, slug, values, seen=seen, by=by)


def next_position(session: Session) -> int:
    """Return the place after the last term."""
    return (session.scalar(select(func.max(Term.position))) or 0) + 1


def _spread(session: Session, slug: str) -> None:
    session.flush()
    session.expire_all()
    refresh_terms(session, [slug])
    advance(session)


def _state(session: Session, slug: str) -> int:
    newest = session.scalar(
        select(func.max(Revision.version)).where(
            Revision.kind == EntryKind.TERM, Revision.key == slug
        )
    )
    return newest or 0
