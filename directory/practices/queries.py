"""What can be asked of good-practice examples; only published ones are ever answered."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.municipalities.models import Municipality
from directory.practices.models import (
    REVIEW_AFTER,
    Practice,
    PracticeAttachment,
    PracticeSource,
    PracticeState,
    practice_term,
)
from directory.publication.catalogue import prepared
from directory.publication.models import EntryKind, Revision, Status, WorkingCopy, WorkingCopyState
from directory.topics.models import Term, TermKind

# What a practice needs to be shown in a list.
FOR_CARDS = (
    joinedload(Practice.municipality),
    selectinload(Practice.terms),
    selectinload(Practice.sources),
)
_CARD_COLUMNS = (
    Practice.id,
    Practice.slug,
    Practice.title,
    Practice.summary,
    Practice.ags,
    Practice.state,
    Practice.started_year,
    Municipality.name,
    Municipality.slug.label("place_slug"),
)
# About 4 MB
_MOST_ROWS = 3_000
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # as far as a number fits into a column for numbers
_PUBLIC = Practice.status == Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """What a list shows of a practice, without the entity: twenty of those take 7 ms to load."""

    id: int
    slug: str
    title: str
    summary: str
    ags: str
    state: PracticeState
    started_year: int | None
    place_name: str
    place_slug: str
    # Date of its newest source
    as_of: str | None
    # All its terms, in the order of the vocabulary
    terms: tuple[str, ...]


# Written once: to build them takes longer than to run them.
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_DATES = (
    select(PracticeSource.practice_id, func.max(PracticeSource.as_of))
    .where(PracticeSource.practice_id.in_(_IDS))
    .group_by(PracticeSource.practice_id)
)
_TERMS = (
    select(practice_term.c.practice_id, Term.slug)
    .join(Term, Term.slug == practice_term.c.term_slug)
    .where(practice_term.c.practice_id.in_(_IDS))
    .order_by(Term.position)
)
_ROWS = (
    select(*_CARD_COLUMNS)
    .join(Municipality, Municipality.ags == Practice.ags)
    .where(Practice.id.in_(_IDS))
)


def rows_for_cards(session: Session, ids: Sequence[int]) -> dict[int, PracticeRow]:
    """Return number → what lists show, for those of `ids` that there are.

    What was read lately is kept until the catalogue changes.
    """
    kept = prepared(session, "practice rows", lambda _: dict[int, PracticeRow]())
    rows = {one: row for one in ids if (row := kept.get(one)) is not None}
    if missing := [one for one in ids if one not in rows]:
        # Into `rows` as well: another one may make room at any time.
        read = _read_rows(session, missing)
        if len(kept) > _MOST_ROWS:
            kept.clear()
        kept.update(read)
        rows.update(read)
    return {one: rows[one] for one in ids if one in rows}


def _read_rows(session: Session, ids: Sequence[int]) -> dict[int, PracticeRow]:
    asked = {"ids": ids}
    dates = dict(session.execute(_DATES, asked).all())
    terms: dict[int, list[str]] = {}
    for one, slug in session.execute(_TERMS, asked):
        terms.setdefault(one, []).append(slug)
    return {
        row.id: PracticeRow(*row, dates.get(row.id), tuple(terms.get(row.id, ())))
        for row in session.execute(_ROWS, asked)
    }


class PlaceName(NamedTuple):
    """A municipality, as far as an example names it."""

    ags: str
    name: str


class TermName(NamedTuple):
    """A term, as far as an example names it."""

    kind: TermKind
    slug: str
    label: str


class SourceRow(NamedTuple):
    """Where a practice is described."""

    title: str
    url: str
    as_of: str | None


class PracticeRecord(NamedTuple):
    """All that is told of a practice, without the entity, which takes five times as long to load.

    What it has is called as there.
    """

    municipality: PlaceName
    terms: Sequence[TermName]
    sources: Sequence[SourceRow]
    id: int
    slug: str
    title: str
    summary: str
    situation: str | None
    approach: str
    result: str | None
    success_factors: list[str]
    stumbling_blocks: list[str]
    partners: list[str]
    started_year: int | None
    state: PracticeState
    updated_at: dt.datetime

    def terms_of(self, kind: TermKind) -> list[TermName]:
        """Return the terms of one list of the vocabulary, in its order."""
        return [term for term in self.terms if term.kind is kind]


_PRACTICE, _PLACE = Practice.__table__.c, Municipality.__table__.c
_TERM, _SOURCE = Term.__table__.c, PracticeSource.__table__.c
_RECORDS = (
    select(
        *(_PLACE.ags, _PLACE.name),
        *(_PRACTICE.id, _PRACTICE.slug, _PRACTICE.title, _PRACTICE.summary),
        *(_PRACTICE.situation, _PRACTICE.approach, _PRACTICE.result),
        *(_PRACTICE.success_factors, _PRACTICE.stumbling_blocks, _PRACTICE.partners),
        *(_PRACTICE.started_year, _PRACTICE.state, _PRACTICE.updated_at),
    )
    .join_from(Practice.__table__, Municipality.__table__, _PLACE.ags == _PRACTICE.ags)
    .where(_PRACTICE.id.in_(_IDS))
)
_RECORD_TERMS = (
    select(practice_term.c.practice_id, _TERM.kind, _TERM.slug, _TERM.label)
    .join_from(practice_term, Term.__table__, _TERM.slug == practice_term.c.term_slug)
    .where(practice_term.c.practice_id.in_(_IDS))
    .order_by(_TERM.position)
)
_RECORD_SOURCES = (
    select(_SOURCE.practice_id, _SOURCE.title, _SOURCE.url, _SOURCE.as_of)
    .where(_SOURCE.practice_id.in_(_IDS))
    .order_by(_SOURCE.position)
)


def records(session: Session, ids: Sequence[int]) -> dict[int, PracticeRecord]:
    """Return number → all that is told of a practice, for those of `ids` that there are."""
    asked = {"ids": ids}
    terms: dict[int, list[TermName]] = {}
    for one, *term in session.execute(_RECORD_TERMS, asked):
        terms.setdefault(one, []).append(TermName(*term))
    sources: dict[int, list[SourceRow]] = {}
    for one, *source in session.execute(_RECORD_SOURCES, asked):
        sources.setdefault(one, []).append(SourceRow(*source))
    return {
        one: PracticeRecord(
            PlaceName(ags, name), terms.get(one, ()), sources.get(one, ()), one, *told
        )
        for ags, name, one, *told in session.execute(_RECORDS, asked)
    }


class PracticeTexts(NamedTuple):
    """What a practice says: in the story some words may be marked up."""

    summary: str
    story: list[str]
    factors: list[str]


_TEXTS = select(
    *(_PRACTICE.id, _PRACTICE.summary),
    *(_PRACTICE.situation, _PRACTICE.approach, _PRACTICE.result),
    *(_PRACTICE.success_factors, _PRACTICE.stumbling_blocks),
).where(_PRACTICE.id.in_(_IDS))


def texts_of(session: Session, ids: Sequence[int]) -> dict[int, PracticeTexts]:
    """Return number → the texts of a practice."""
    rows = session.execute(_TEXTS, {"ids": ids})
    return {
        one: PracticeTexts(summary, list(filter(None, told)), [*success, *stumbling])
        for one, summary, *told, success, stumbling in rows
    }


# Of a single one, terms are read when they are asked for: that takes half as long as beforehand.
_BY_SLUG = (
    select(Practice)
    .where(_PUBLIC, Practice.slug == bindparam("slug"))
    .options(
        joinedload(Practice.municipality).joinedload(Municipality.county),
        joinedload(Practice.sources),
        joinedload(Practice.attachments).joinedload(PracticeAttachment.file),
    )
)


def find_by_slug(session: Session, slug: str) -> Practice | None:
    """Return the published practice of that slug with all it shows."""
    return session.scalars(_BY_SLUG, {"slug": slug}).unique().one_or_none()


_BY_ID = (
    select(Practice)
    .where(_PUBLIC, Practice.id == bindparam("id"))
    .options(joinedload(Practice.municipality), joinedload(Practice.sources))
)


def find_by_id(session: Session, practice_id: int) -> Practice | None:
    """Return the published practice of that number with what its text needs, without files."""
    return session.scalars(_BY_ID, {"id": practice_id}).unique().one_or_none()


_PUBLIC_IDS = select(Practice.id).where(_PUBLIC, Practice.id == bindparam("id"))


def find_record(session: Session, practice_id: int) -> PracticeRecord | None:
    """Return all that is told of the published practice of that number."""
    ids = session.scalars(_PUBLIC_IDS, {"id": practice_id}).all()
    return records(session, ids).get(practice_id)


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


_IDS_AT = (
    select(Practice.id)
    .where(_PUBLIC, Practice.ags == bindparam("ags"))
    .order_by(Practice.title, Practice.id)
)


def rows_of_municipality(session: Session, ags: str) -> list[PracticeRow]:
    """Return what lists show of the practices of a municipality, by title."""
    ids = session.scalars(_IDS_AT, {"ags": ags}).all()
    rows = rows_for_cards(session, ids)
    return [rows[one] for one in ids]


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


def newest(session: Session, limit: int) -> Sequence[int]:
    """Return the numbers of the practices that were published last, of equals what began last."""
    return session.scalars(
        select(Practice.id)
        .where(_PUBLIC)
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


def with_both_factors(session: Session) -> Practice | None:
    """Return the newest practice that names success factors and stumbling blocks."""
    # Fifty entries as entities would take ten times as long.
    candidates = session.execute(
        select(Practice.id, Practice.success_factors, Practice.stumbling_blocks)
        .where(_PUBLIC)
        .order_by(func.coalesce(Practice.started_year, 0).desc(), Practice.title)
        .limit(50)
    )
    found = next((one for one, success, stumbling in candidates if success and stumbling), None)
    return None if found is None else session.get(Practice, found)
