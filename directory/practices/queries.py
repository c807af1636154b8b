"""What can be asked of good-practice examples; only published ones are ever answered."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, String, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.files.models import FileKind, StoredFile
from directory.lookups import Lookup
from directory.municipalities.models import Level, Municipality
from directory.practices.models import (
    REVIEW_AFTER,
    CostBand,
    Licence,
    Practice,
    PracticeAttachment,
    PracticeSource,
    PracticeState,
    StaffEffort,
    practice_term,
)
from directory.publication.catalogue import prepared
from directory.publication.models import EntryKind, Revision, Status, WorkingCopy, WorkingCopyState
from directory.publication.saving import in_chunks
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
    Practice.confirmed_at,
    Municipality.name,
    Municipality.slug.label("place_slug"),
)
# About 4 MB
_MOST_ROWS = 3_000
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")  # as far as a number fits into a column for numbers
_PUBLIC = Practice.status == Status.PUBLISHED

T = TypeVar("T")


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
    # When the municipality stood by it
    confirmed_at: dt.datetime | None
    place_name: str
    place_slug: str
    # Date of its newest source
    as_of: str | None
    # All its terms, in the order of the vocabulary
    terms: tuple[str, ...]


_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_DATES = Lookup(
    select(PracticeSource.practice_id, func.max(PracticeSource.as_of))
    .where(PracticeSource.practice_id.in_(_IDS))
    .group_by(PracticeSource.practice_id)
)
_TERMS = Lookup(
    select(practice_term.c.practice_id, Term.slug)
    .join(Term, Term.slug == practice_term.c.term_slug)
    .where(practice_term.c.practice_id.in_(_IDS))
    .order_by(Term.position)
)
_ROWS = Lookup(
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
    dates = dict[int, str | None](_DATES.rows(session, ids=ids))
    terms = _grouped(_TERMS.rows(session, ids=ids), lambda slug: slug)
    return {
        one: PracticeRow(*[one, *told, dates.get(one), tuple(terms.get(one, ()))])
        for one, *told in _ROWS.rows(session, ids=ids)
    }


def _grouped(rows: Iterable[Sequence[Any]], make: Callable[..., T]) -> dict[int, list[T]]:
    """Return number → what `make` makes of the rest of each row that begins with it."""
    found: dict[int, list[T]] = {}
    for one, *rest in rows:
        found.setdefault(one, []).append(make(*rest))
    return found


class PlaceName(NamedTuple):
    """A municipality or county by name."""

    ags: str
    name: str


class PracticePlace(NamedTuple):
    """The municipality of an example, called as there; degrees are WGS 84."""

    county: PlaceName | None
    ags: str
    slug: str
    name: str
    level: Level
    legal_status: str
    population: int | None
    population_date: dt.date | None
    lat: float | None
    lon: float | None


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


class FileRow(NamedTuple):
    """A file, as far as a page tells of it; `variants` are width and height in pixels."""

    title: str | None
    pages: int | None
    size_bytes: int
    variants: list[list[int]]


class AttachmentRow(NamedTuple):
    """An image or a document of an example, called as there."""

    file: FileRow
    sha256: str
    kind: FileKind
    caption: str | None
    alternative_text: str | None
    decorative: bool
    licence: Licence | None
    author: str | None


class PracticeRecord(NamedTuple):
    """All that is told of a practice, without the entity, which takes five times as long to load.

    What it has is called as there.
    """

    municipality: PracticePlace
    terms: Sequence[TermName]
    sources: Sequence[SourceRow]
    attachments: Sequence[AttachmentRow]
    id: int
    slug: str
    ags: str
    title: str
    summary: str
    situation: str | None
    approach: str
    result: str | None
    success_factors: list[str]
    stumbling_blocks: list[str]
    no_stumbling_blocks_known: bool
    partners: list[str]
    state: PracticeState
    started_year: int | None
    ended_year: int | None
    ended_reason: str | None
    cost_band: CostBand | None
    staff_effort: StaffEffort | None
    confirmed_at: dt.datetime | None
    published_at: dt.datetime | None
    updated_at: dt.datetime
    version: int
    status: Status

    @property
    def looked_through_at(self) -> dt.datetime:
        """When somebody last made sure that all this is so."""
        return max(filter(None, (self.confirmed_at, self.published_at, self.updated_at)))

    def is_past_review(self, now: dt.datetime) -> bool:
        """Return whether nobody has looked through it for longer than `REVIEW_AFTER`."""
        return self.looked_through_at + REVIEW_AFTER <= now

    @property
    def as_of(self) -> str | None:
        """The date of the newest source; None: no source has one."""
        return max((source.as_of for source in self.sources if source.as_of), default=None)

    def terms_of(self, kind: TermKind) -> list[TermName]:
        """Return the terms of one list of the vocabulary, in its order."""
        return [term for term in self.terms if term.kind is kind]


_PRACTICE, _PLACE = Practice.__table__.c, Municipality.__table__.c
_TERM, _SOURCE = Term.__table__.c, PracticeSource.__table__.c
_ATTACHMENT, _FILE = PracticeAttachment.__table__.c, StoredFile.__table__.c
_county = Municipality.__table__.alias("county")
_PLACE_FIELDS = PracticePlace._fields[1:]
_RECORD_FIELDS = PracticeRecord._fields[4:]
_ATTACHMENT_FIELDS = AttachmentRow._fields[1:]
_RECORDS = Lookup(
    select(
        *(_county.c.ags, _county.c.name),
        *(_PLACE[name] for name in _PLACE_FIELDS),
        *(_PRACTICE[name] for name in _RECORD_FIELDS),
    )
    .join_from(Practice.__table__, Municipality.__table__, _PLACE.ags == _PRACTICE.ags)
    .join(_county, _county.c.ags == _PLACE.county_ags, isouter=True)
    .where(_PRACTICE.id.in_(_IDS))
)
_RECORD_TERMS = Lookup(
    select(practice_term.c.practice_id, _TERM.kind, _TERM.slug, _TERM.label)
    .join_from(practice_term, Term.__table__, _TERM.slug == practice_term.c.term_slug)
    .where(practice_term.c.practice_id.in_(_IDS))
    .order_by(_TERM.position)
)
_RECORD_SOURCES = Lookup(
    select(_SOURCE.practice_id, _SOURCE.title, _SOURCE.url, _SOURCE.as_of)
    .where(_SOURCE.practice_id.in_(_IDS))
    .order_by(_SOURCE.position)
)
_RECORD_ATTACHMENTS = Lookup(
    select(
        _ATTACHMENT.practice_id,
        *(_FILE[name] for name in FileRow._fields),
        *(_ATTACHMENT[name] for name in _ATTACHMENT_FIELDS),
    )
    .join_from(
        PracticeAttachment.__table__, StoredFile.__table__, _FILE.sha256 == _ATTACHMENT.sha256
    )
    .where(_ATTACHMENT.practice_id.in_(_IDS))
    .order_by(_ATTACHMENT.position)
)


def records(session: Session, ids: Sequence[int]) -> dict[int, PracticeRecord]:
    """Return number → all that is told of a practice, for those of `ids` that there are."""
    terms = _grouped(_RECORD_TERMS.rows(session, ids=ids), TermName)
    sources = _grouped(_RECORD_SOURCES.rows(session, ids=ids), SourceRow)
    attachments = _grouped(_RECORD_ATTACHMENTS.rows(session, ids=ids), _attachment)
    found = {}
    for county_ags, county, *row in _RECORDS.rows(session, ids=ids):
        place, told = row[: len(_PLACE_FIELDS)], row[len(_PLACE_FIELDS) :]
        one = told[0]
        found[one] = PracticeRecord(
            PracticePlace(PlaceName(county_ags, county) if county else None, *place),
            terms.get(one, ()),
            sources.get(one, ()),
            attachments.get(one, ()),
            *told,
        )
    return found


def records_of_slugs(session: Session, slugs: Iterable[str]) -> dict[str, PracticeRecord]:
    """Return slug → all that is told of a practice, published or not, for those there are."""
    found = {}
    for some in in_chunks(slugs):
        ids = [one for (one,) in _IDS_OF_SLUGS.rows(session, slugs=some)]
        found.update({one.slug: one for one in records(session, ids).values()})
    return found


_IDS_OF_SLUGS = Lookup(
    select(_PRACTICE.id).where(_PRACTICE.slug.in_(bindparam("slugs", expanding=True)))
)


def _attachment(*row: Any) -> AttachmentRow:
    size = len(FileRow._fields)
    return AttachmentRow(FileRow(*row[:size]), *row[size:])


class PracticeTexts(NamedTuple):
    """What a practice says beside its summary: in the story some words may be marked up."""

    story: list[str]
    factors: list[str]


_TEXTS = Lookup(
    select(
        *(_PRACTICE.id, _PRACTICE.situation, _PRACTICE.approach, _PRACTICE.result),
        *(_PRACTICE.success_factors, _PRACTICE.stumbling_blocks),
    ).where(_PRACTICE.id.in_(_IDS))
)


def texts_of(session: Session, ids: Sequence[int]) -> dict[int, PracticeTexts]:
    """Return number → the texts of a practice."""
    return {
        one: PracticeTexts(list(filter(None, told)), [*success, *stumbling])
        for one, *told, success, stumbling in _TEXTS.rows(session, ids=ids)
    }


_ID_OF_SLUG = Lookup(select(_PRACTICE.id).where(_PUBLIC, _PRACTICE.slug == bindparam("slug")))
_PUBLIC_ID = Lookup(select(_PRACTICE.id).where(_PUBLIC, _PRACTICE.id == bindparam("id")))


def find_by_slug(session: Session, slug: str) -> PracticeRecord | None:
    """Return all that is told of the published practice of that slug."""
    return _find_record(session, _ID_OF_SLUG.rows(session, slug=slug))


def find_record(session: Session, practice_id: int) -> PracticeRecord | None:
    """Return all that is told of the published practice of that number."""
    return _find_record(session, _PUBLIC_ID.rows(session, id=practice_id))


def _find_record(session: Session, ids: Sequence[Sequence[int]]) -> PracticeRecord | None:
    return next(iter(records(session, ids[0]).values()), None) if ids else None


_BY_ID = (
    select(Practice)
    .where(_PUBLIC, Practice.id == bindparam("id"))
    .options(joinedload(Practice.municipality), joinedload(Practice.sources))
)


def find_by_id(session: Session, practice_id: int) -> Practice | None:
    """Return the published practice of that number with what its text needs, without files."""
    return session.scalars(_BY_ID, {"id": practice_id}).unique().one_or_none()


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


_IDS_AT = Lookup(
    select(_PRACTICE.id)
    .where(_PUBLIC, _PRACTICE.ags == bindparam("ags"))
    .order_by(_PRACTICE.title, _PRACTICE.id)
)


def rows_of_municipality(session: Session, ags: str) -> list[PracticeRow]:
    """Return what lists show of the practices of a municipality, by title."""
    ids = [one for (one,) in _IDS_AT.rows(session, ags=ags)]
    return list(rows_for_cards(session, ids).values())


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
    """Return the numbers of the practices published last, of one minute's those that began last."""
    return session.scalars(
        select(Practice.id)
        .where(_PUBLIC)
        .order_by(
            # What comes in one batch differs by seconds: that says nothing.
            func.substr(cast(Practice.published_at, String), 1, len("2026-02-03 14:05")).desc(),
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
