"""Keeping the vocabulary. Callers commit."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.db import at_hand
from directory.lookups import Lookup
from directory.publication.models import EntryKind
from directory.publication.saving import Saved, in_chunks, refuse_invalid, save_all
from directory.publication.validation import Known
from directory.topics.drafts import TermDraft
from directory.topics.models import Synonym, Term

_KINDS = Lookup(select(Term.slug, Term.kind))


def known_terms(session: Session) -> dict[str, str]:
    """Return the list each term of the vocabulary stands in, as `Known.terms` wants it."""
    return dict(_KINDS.rows(session))


def terms_by_slug(session: Session, wanted: Iterable[str]) -> dict[str, Term]:
    """Return those of the `wanted` terms that there are, without synonyms."""
    named = set(wanted)
    found = at_hand(session, Term, named)
    for chunk in in_chunks(named - found.keys()):
        rows = session.scalars(select(Term).where(Term.slug.in_(chunk)))
        found.update((term.slug, term) for term in rows)
    return found


def save_term(session: Session, *, by: str, draft: TermDraft) -> Saved[Term]:
    """Create or change the term with the draft's slug; raise `InvalidEntry`."""
    return save_terms(session, by=by, drafts=[draft])[0]


def save_terms(session: Session, *, by: str, drafts: Sequence[TermDraft]) -> list[Saved[Term]]:
    """Create or change terms, all or none; raise `InvalidEntry`."""
    existing = {
        term.slug: term
        for term in session.scalars(select(Term).options(selectinload(Term.synonyms)))
    }
    refuse_invalid(drafts, Known(terms=known_terms(session)), key=lambda draft: draft.slug)
    return save_all(
        session,
        kind=EntryKind.TERM,
        drafts=drafts,
        existing=existing,
        identity=lambda draft: draft.slug,
        create=lambda draft: Term(slug=draft.slug, synonyms=[]),
        read=TermDraft.of,
        write=_write,
        key=lambda term: term.slug,
        by=by,
    )


def _write(term: Term, draft: TermDraft) -> None:
    term.kind = draft.kind
    term.position = draft.position
    term.label = draft.label
    term.definition = draft.definition
    # A word that stays keeps its row: the same key cannot go and come in one flush.
    present = {synonym.text: synonym for synonym in term.synonyms}
    synonyms = []
    for position, text in enumerate(draft.synonyms, start=1):
        synonym = present.get(text) or Synonym(term_slug=draft.slug, text=text)
        synonym.position = position
        synonyms.append(synonym)
    term.synonyms = synonyms
