"""What can be asked of the vocabulary."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.topics.models import Term


def all_terms(session: Session) -> Sequence[Term]:
    """Return the whole vocabulary in its order."""
    return session.scalars(select(Term).order_by(Term.position)).all()


def all_with_synonyms(session: Session) -> Sequence[Term]:
    """Return the whole vocabulary in its order, with other words for each term."""
    statement = select(Term).options(selectinload(Term.synonyms)).order_by(Term.position)
    return session.scalars(statement).all()


def find_by_slug(session: Session, slug: str) -> Term | None:
    """Return the term of that slug with its synonyms."""
    return session.scalar(
        select(Term).where(Term.slug == slug).options(selectinload(Term.synonyms))
    )


def by_slugs(session: Session, slugs: Sequence[str]) -> Sequence[Term]:
    """Return the terms of these slugs."""
    return session.scalars(select(Term).where(Term.slug.in_(slugs))).all()
