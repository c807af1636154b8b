"""Keeping good-practice examples. Callers commit."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only
from sqlalchemy.orm.attributes import set_committed_value

from directory.db import utc_now
from directory.files.queries import find_file
from directory.files.queries import kinds_of as kinds_of_files
from directory.municipalities.models import Municipality
from directory.municipalities.operations import known_ags
from directory.practices.attachments import AttachmentDraft
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice, PracticeAttachment, PracticeSource, practice_term
from directory.practices.queries import records_of_slugs
from directory.publication import history
from directory.publication.models import EntryKind, Status
from directory.publication.saving import Saved, in_chunks, refuse_invalid, save_all
from directory.publication.sources import Source
from directory.publication.validation import Known
from directory.rows import insert_rows
from directory.topics.operations import known_terms, terms_by_slug

# What the history and the workflow need to know of a practice
_NAMES = (Practice.slug, Practice.version, Practice.status, Practice.published_at)
# Nobody changes them before the end, so all that is read of them is of one state.
_LOCKED = (
    select(Practice)
    .where(Practice.slug.in_(bindparam("slugs", expanding=True)))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def save_practice(session: Session, *, by: str, draft: PracticeDraft) -> Saved[Practice]:
    """Create or change the practice with the draft's slug; a new one is a draft.

    Changing one takes back that the municipality confirmed it: nobody stood by the new words yet.
    Raise `InvalidEntry`.
    """
    return save_practices(session, by=by, drafts=[draft])[0]


def confirm_practice(session: Session, practice: Practice, *, by: str) -> None:
    """Note that the municipality stands by what is written: it is so, and still is."""
    practice.confirmed_at = utc_now()
    history.note(session, action="confirm", by=by, kind=EntryKind.PRACTICE, key=practice.slug)
    session.flush()


def save_practices(
    session: Session,
    *,
    by: str,
    drafts: Sequence[PracticeDraft],
    checked: bool = False,
) -> list[Saved[Practice]]:
    """Create or change practices, all or none; raise `InvalidEntry`.

    `checked`: they were found valid a moment ago, with all that they refer to.
    """
    if not checked:
        known = Known(
            ags=known_ags(session, (draft.ags for draft in drafts)),
            terms=known_terms(session),
            files=_known_files(session, drafts),
        )
        refuse_invalid(drafts, known, key=lambda draft: draft.slug)

    existing = {
        practice.slug: practice
        for chunk in in_chunks(draft.slug for draft in drafts)
        for practice in session.scalars(_LOCKED, {"slugs": chunk})
    }
    # What belongs to a practice is compared without its entities: they take ten times as long.
    before = {
        slug: PracticeDraft.of(record)
        for slug, record in records_of_slugs(session, existing).items()
    }
    return save_all(
        session,
        kind=EntryKind.PRACTICE,
        drafts=drafts,
        existing=existing,
        identity=lambda draft: draft.slug,
        create=lambda draft: Practice(slug=draft.slug, status=Status.DRAFT),
        read=lambda practice: before[practice.slug],
        write=lambda practice, draft: _write(session, practice, draft, before.get(draft.slug)),
        key=lambda practice: practice.slug,
        by=by,
        insert=lambda new, now: _insert(session, new, now),
    )


def _known_files(session: Session, drafts: Sequence[PracticeDraft]) -> dict[str, str]:
    files: dict[str, str] = {}
    for chunk in in_chunks(one.sha256 for draft in drafts for one in draft.attachments):
        files |= kinds_of_files(session, chunk)
    return files


def _write(
    session: Session, practice: Practice, draft: PracticeDraft, before: PracticeDraft | None
) -> None:
    for column, value in _columns(draft).items():
        setattr(practice, column, value)
    # Most edits leave these alone: then they keep their rows.
    if before is None or before.terms != draft.terms:
        terms = terms_by_slug(session, draft.terms)
        practice.terms = sorted(
            (terms[slug] for slug in draft.terms), key=lambda term: (term.position, term.slug)
        )
    if before is None or before.sources != draft.sources:
        practice.sources = [PracticeSource(**row) for row in _rows(draft.sources)]
    if before is None or before.attachments != draft.attachments:
        practice.attachments = [PracticeAttachment(**row) for row in _rows(draft.attachments)]


def _columns(draft: PracticeDraft) -> dict[str, Any]:
    """Return what the practice's own row says, all but its slug."""
    return {
        "ags": draft.ags,
        "title": draft.title,
        "summary": draft.summary,
        "situation": draft.situation,
        "approach": draft.approach,
        "result": draft.result,
        "success_factors": list(draft.success_factors),
        "stumbling_blocks": list(draft.stumbling_blocks),
        "no_stumbling_blocks_known": draft.no_stumbling_blocks_known,
        "partners": list(draft.partners),
        "confirmed_at": None,
        "state": draft.state,
        "started_year": draft.started_year,
        "ended_year": draft.ended_year,
        "ended_reason": draft.ended_reason,
        "cost_band": draft.cost_band,
        "staff_effort": draft.staff_effort,
    }


def _rows(parts: Iterable[Source | AttachmentDraft]) -> Iterator[dict[str, Any]]:
    """Yield the rows of sources or attachments, whose columns are called as in the draft."""
    for position, part in enumerate(parts, start=1):
        yield {"position": position, **vars(part)}


def _insert(session: Session, drafts: Sequence[PracticeDraft], now: dt.datetime) -> list[Practice]:
    """Write new practices as plain rows and return them, in the order of `drafts`."""
    common = {"status": Status.DRAFT, "version": 1, "created_at": now, "updated_at": now}
    insert_rows(
        session,
        Practice,
        [{**common, "slug": draft.slug, **_columns(draft)} for draft in drafts],
    )
    practices: dict[str, Practice] = {}
    for chunk in in_chunks(draft.slug for draft in drafts):
        # What they say is not needed any more: whoever asks for it reads it then.
        named = select(Practice).options(load_only(*_NAMES)).where(Practice.slug.in_(chunk))
        practices.update((practice.slug, practice) for practice in session.scalars(named))
    numbered = [(practices[draft.slug].id, draft) for draft in drafts]
    insert_rows(
        session,
        practice_term,
        [
            {"practice_id": one, "term_slug": slug}
            for one, draft in numbered
            for slug in sorted(draft.terms)
        ],
    )
    insert_rows(
        session,
        PracticeSource,
        [{"practice_id": one, **row} for one, draft in numbered for row in _rows(draft.sources)],
    )
    insert_rows(
        session,
        PracticeAttachment,
        [
            {"practice_id": one, **row}
            for one, draft in numbered
            for row in _rows(draft.attachments)
        ],
    )
    return [practices[draft.slug] for draft in drafts]


def sketch_practice(
    session: Session, draft: PracticeDraft, *, place: Municipality, number: int | None = None
) -> Practice:
    """Return what `draft` would look like as an entry that is never kept: for previews.

    It belongs to no session. Terms and files that do not exist are left out; `number` is the
    entry's own, where there is one.
    """
    terms = terms_by_slug(session, draft.terms)
    files = {one.sha256: find_file(session, one.sha256) for one in draft.attachments}
    practice = Practice(id=number, slug=draft.slug, version=1, updated_at=utc_now())
    _write(
        session,
        practice,
        replace(
            draft,
            topics=draft.topics & terms.keys(),
            target_groups=draft.target_groups & terms.keys(),
            instruments=draft.instruments & terms.keys(),
            attachments=tuple(
                one
                for one in draft.attachments
                if (file := files[one.sha256]) is not None and file.kind is one.kind
            ),
        ),
        None,
    )
    set_committed_value(practice, "municipality", place)
    for row in practice.attachments:
        set_committed_value(row, "file", files[row.sha256])
    return practice
