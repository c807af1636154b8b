"""What can be asked of good-practice examples; only published ones are ever answered."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.municipalities.models import Municipality
from directory.practices.models import REVIEW_AFTER, Practice, PracticeAttachment, practice_term
from directory.publication.models import EntryKind, Revision, Status, WorkingCopy, WorkingCopyState

# What a practice needs to be shown in a list.
FOR_CARDS = (
    joinedload(Practice.municipality),
    selectinload(Practice.terms),
    selectinload(Practice.sources),
)
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # as far as a number fits into a column for numbers
_PUBLIC = Practice.status == Status.PUBLISHED


def find_by_slug(session: Session, slug: str) -> Practice | None:
    """Return the published practice of that slug with all it shows."""
    return session.scalar(
        select(Practice)
        .where(_PUBLIC, Practice.slug == slug)
        .options(
            joinedload(Practice.municipality),
            selectinload(Practice.terms),
            selectinload(Practice.sources),
            selectinload(Practice.attachments).joinedload(PracticeAttachment.file),
        )
    )


def find_public_attachment(session: Session, sha256: str) -> PracticeAttachment | None:
    """Return what the first published practice with that file says about it; None: not public."""
    return session.scalar(
        select(PracticeAttachment)
        .join(Practice, Practice.id == PracticeAttachment.practice_id)
        .where(_PUBLIC, PracticeAttachment.sha256 == sha256)
        .order_by(Practice.id)
        .limit(1)
    )


def files_in_use(session: Session) -> set[str]:
    """Return the hashes of all files that a practice shows, showed, or is to show.

    Revisions can come back, and so can what somebody is writing.
    """
    used = set(session.scalars(select(PracticeAttachment.sha256)))
    copies = select(WorkingCopy.id).where(WorkingCopy.kind == EntryKind.PRACTICE)
    for statement in (
        select(Revision.fields).where(Revision.kind == EntryKind.PRACTICE),
        select(WorkingCopy.fields).where(WorkingCopy.kind == EntryKind.PRACTICE),
        select(WorkingCopyState.fields).where(WorkingCopyState.copy_id.in_(copies)),
    ):
        for fields in session.scalars(statement.execution_options(yield_per=500)):
            used.update(attachment_hashes(fields))
    return used


def attachment_hashes(fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield the hashes of the files that the fields of a practice name.

    What is being written may be incomplete, or of any form at all.
    """
    attachments = fields.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else []:
        if isinstance(attachment, dict) and isinstance(attachment.get("sha256"), str):
            yield attachment["sha256"]


def of_municipalities(session: Session, keys: Sequence[str]) -> Sequence[Practice]:
    """Return the practices of the municipalities `keys` by title."""
    return session.scalars(
        select(Practice)
        .where(_PUBLIC, Practice.ags.in_(keys))
        .options(*FOR_CARDS)
        .order_by(Practice.title)
    ).all()


def by_slugs_or_ids(session: Session, names: Sequence[str]) -> Sequence[Practice]:
    """Return the practices of these slugs or numbers, with municipality and county."""
    ids = [int(name) for name in names if _NUMBER.fullmatch(name)]
    return session.scalars(
        select(Practice)
        .where(_PUBLIC, or_(Practice.slug.in_(names), Practice.id.in_(ids)))
        .options(*FOR_CARDS, joinedload(Practice.municipality).joinedload(Municipality.county))
    ).all()


def past_review(
    session: Session, now: dt.datetime, places: Collection[str] | None = None
) -> Sequence[Practice]:
    """Return what nobody has looked through for too long, longest first; `places`: only theirs."""
    limit = now - REVIEW_AFTER
    statement = (
        select(Practice)
        .where(
            _PUBLIC,
            Practice.updated_at <= limit,
            func.coalesce(Practice.published_at, limit) <= limit,
            func.coalesce(Practice.confirmed_at, limit) <= limit,
        )
        .options(joinedload(Practice.municipality))
        .order_by(Practice.updated_at, Practice.id)
    )
    if places is not None:
        statement = statement.where(Practice.ags.in_(places))
    return session.scalars(statement).all()


def newest(session: Session, limit: int) -> Sequence[Practice]:
    """Return the practices that were published last; among equals those that began last."""
    return session.scalars(
        select(Practice)
        .where(_PUBLIC)
        .options(*FOR_CARDS)
        .order_by(
            Practice.published_at.desc(),
            func.coalesce(Practice.started_year, 0).desc(),
            Practice.title,
        )
        .limit(limit)
    ).all()


def total(session: Session) -> int:
    """Return how many practices are public."""
    return session.scalar(select(func.count()).select_from(Practice).where(_PUBLIC)) or 0


def totals_by_term(session: Session) -> dict[str, int]:
    """Return term slug → number of public practices described with it."""
    statement = (
        select(practice_term.c.term_slug, func.count())
        .join(Practice, Practice.id == practice_term.c.practice_id)
        .where(_PUBLIC)
        .group_by(practice_term.c.term_slug)
    )
    return dict(session.execute(statement).all())


def with_both_factors(session: Session) -> Practice | None:
    """Return the newest practice that names success factors and stumbling blocks."""
    candidates = session.scalars(
        select(Practice)
        .where(_PUBLIC)
        .options(joinedload(Practice.municipality))
        .order_by(func.coalesce(Practice.started_year, 0).desc(), Practice.title)
        .limit(50)
    )
    return next((one for one in candidates if one.success_factors and one.stumbling_blocks), None)
