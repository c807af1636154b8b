"""What a step of the workflow does to the entry itself, for every kind. Callers commit."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.queries import works_for
from directory.db import utc_now
from directory.editorial.kinds import KINDS, Kind
from directory.errors import Conflict, NotFound
from directory.events.models import Event, EventSeries
from directory.files.queries import kinds_of as kinds_of_files
from directory.municipalities.models import Municipality
from directory.municipalities.operations import known_ags
from directory.practices.models import Practice
from directory.practices.queries import attachment_hashes
from directory.publication import history, workflow
from directory.publication.catalogue import advance
from directory.publication.drafting import Reading, read_draft
from directory.publication.models import (
    EntryKind,
    Publishable,
    Revision,
    Stage,
    Status,
    WorkingCopy,
)
from directory.publication.saving import Draft, last_versions
from directory.publication.validation import InvalidEntry, Known
from directory.search import index
from directory.topics.operations import known_terms

# Kinds that no other entry stands on: their changes leave the ground of the catalogue as it is.
_ENTRIES = frozenset({EntryKind.PRACTICE, EntryKind.EVENT, EntryKind.RESOURCE, EntryKind.CONTACT})

# A municipality's key; counties and districts have shorter ones.
_LONGEST_AGS = 8


class BaseChanged(Conflict):
    """The entry was changed since the copy was begun; the writers have to bring both together."""

    title = "Der Eintrag hat sich geändert"

    def __init__(self, copy: WorkingCopy) -> None:
        super().__init__(
            "Der veröffentlichte Eintrag wurde geändert, seit diese Fassung begonnen wurde. "
            "Bitte gleichen Sie beide zuerst ab."
        )
        self.copy = copy


def begin_change(session: Session, kind: Kind, key: str, *, by: str) -> WorkingCopy:
    """Begin a working copy of a present entry; raise `NotFound`, `AlreadyOpen`."""
    entry = kind.get(session, key)
    fields = kind.read(entry).fields()
    return workflow.begin(
        session,
        kind=kind.kind,
        key=key,
        fields=fields,
        ags=kind.ags_of(fields),
        title=kind.title(session, fields),
        base_version=current_version(session, kind, key),
        by=by,
    )


def current_version(session: Session, kind: Kind, key: str) -> int:
    """Return the number of the entry's newest revision; 0 where there is none."""
    return last_versions(session, kind.kind, [key]).get(key, 0)


def read_copy(session: Session, copy: WorkingCopy) -> Reading[Draft]:
    """Read what the copy says, with everything that still stands against publishing it."""
    return read_fields(session, KINDS[copy.kind], copy.fields)


def read_fields(session: Session, kind: Kind, fields: Mapping[str, Any]) -> Reading[Draft]:
    """Read what an entry is to be, with everything that stands against publishing it."""
    reading = read_draft(
        kind.draft,
        kind.complete(session, fields),
        known_for(session, kind.kind, fields=fields),
    )
    gaps = reading.draft.gaps()
    return Reading(reading.draft, gaps | reading.problems)


def submit(session: Session, copy: WorkingCopy, *, by: str, note: str | None = None) -> None:
    """Hand the copy to the reviewers; raise `InvalidEntry` while anything is missing."""
    _refuse_problems(read_copy(session, copy))
    workflow.take(session, copy, workflow.SUBMIT, by=by, note=note)


def publish(
    session: Session, copy: WorkingCopy, *, by: str, note: str | None = None
) -> Publishable | Any:
    """Make the copy what readers see, and return the entry.

    Raises:
        OwnWork, WrongStep: see :mod:`directory.publication.workflow`.
        BaseChanged: the entry is no longer what the copy was begun from.
        InvalidEntry: what it says does not make an entry (any more).
    """
    kind = KINDS[copy.kind]
    if copy.key is not None and current_version(session, kind, copy.key) != copy.base_version:
        raise BaseChanged(copy)
    reading = read_copy(session, copy)
    _refuse_problems(reading)
    workflow.take(session, copy, workflow.PUBLISH, by=by, note=note)
    saved = kind.save(session, copy.author, reading.draft, copy.key)
    key = kind.key(saved.entry)
    copy.key = key
    if isinstance(saved.entry, Practice) and works_for(session, copy.author, saved.entry.ags):
        # What the municipality's own editors write, the municipality stands by.
        saved.entry.confirmed_at = utc_now()
    if isinstance(saved.entry, Publishable) and saved.entry.status is not Status.PUBLISHED:
        history.move(
            session,
            saved.entry,
            kind=kind.kind,
            key=key,
            to=Status.PUBLISHED,
            by=by,
            note=note,
        )
    history.note(session, action="publish", by=by, kind=kind.kind, key=key)
    show(session, kind, [key])
    return saved.entry


def publish_due(session: Session, *, now: dt.datetime | None = None) -> Sequence[WorkingCopy]:
    """Publish what was approved for a moment that has come; returns what could not be.

    The approval counts as the reviewer's who gave it. What does not fit any more goes back to its
    writers with the reason.
    """
    now = now or utc_now()
    due = session.scalars(
        select(WorkingCopy)
        .where(WorkingCopy.stage == Stage.SCHEDULED, WorkingCopy.publish_at <= now)
        .order_by(WorkingCopy.publish_at)
        .with_for_update(skip_locked=True)
    ).all()
    failed = []
    for copy in due:
        reviewer = next(
            step.actor for step in reversed(copy.steps) if step.after is Stage.SCHEDULED
        )
        try:
            with session.begin_nested():
                publish(session, copy, by=reviewer)
        except (InvalidEntry, BaseChanged) as error:
            workflow.take(session, copy, workflow.SEND_BACK, by=reviewer, note=error.sentence)
            failed.append(copy)
    return failed


def archive(session: Session, kind: Kind, key: str, *, by: str, note: str) -> None:
    """Take an entry away from readers, for a reason; its address then says that it is archived.

    Raises:
        NotFound: there is no such entry, or its kind is never published.
        WrongStep: it is not published.
        InvalidEntry: no reason is given.
    """
    entry = kind.get(session, key)
    if not isinstance(entry, Publishable):
        raise NotFound("Einträge dieser Art können nicht archiviert werden.")
    if entry.status is not Status.PUBLISHED:
        raise workflow.WrongStep("Dieser Eintrag ist nicht veröffentlicht.")
    if not note.strip():
        raise InvalidEntry({"note": "Bitte schreiben Sie, warum."})
    history.move(
        session, entry, kind=kind.kind, key=key, to=Status.ARCHIVED, by=by, note=note.strip()
    )
    history.note(session, action="archive", by=by, kind=kind.kind, key=key)
    show(session, kind, [key])


def restore(session: Session, kind: Kind, key: str, version: int, *, by: str) -> WorkingCopy:
    """Begin a working copy that says what the entry said at `version`.

    It goes the usual way to the readers. Raise `NotFound`, `AlreadyOpen`.
    """
    revision = session.scalar(
        select(Revision).where(
            Revision.kind == kind.kind, Revision.key == key, Revision.version == version
        )
    )
    if revision is None:
        raise NotFound("Diesen früheren Stand gibt es nicht (mehr).")
    copy = begin_change(session, kind, key, by=by)
    workflow.save(
        session,
        copy,
        revision.fields,
        seen=copy.version,
        by=by,
        title=kind.title(session, revision.fields),
    )
    return copy


def merge(
    session: Session, copy: WorkingCopy, fields: dict[str, Any], *, seen: int, by: str
) -> None:
    """Keep what was decided field by field, and take the entry as it is now as the new base."""
    kind = KINDS[copy.kind]
    workflow.save(session, copy, fields, seen=seen, by=by, title=kind.title(session, fields))
    if copy.key is not None:
        copy.base_version = current_version(session, kind, copy.key)
    session.flush()


def show(session: Session, kind: Kind, keys: Sequence[str]) -> None:
    """Let readers and the search see the entries `keys` as they are now."""
    session.flush()
    if kind.index_kind is not None:
        index.refresh(session, kind.index_kind, keys)
    advance(session, ground=kind.kind not in _ENTRIES)


def _refuse_problems(reading: Reading[Draft]) -> None:
    if reading.problems:
        raise InvalidEntry(reading.problems)


def known_for(
    session: Session, kind: EntryKind, *, fields: Mapping[str, Any] | None = None
) -> Known:
    """Return what an entry of this kind may refer to: of places and files what `fields` name.

    Without `fields` these are all places, and files are not checked.
    """
    if fields is None:
        places = frozenset(session.scalars(select(Municipality.ags)))
    else:
        places = known_ags(session, (one for one in _texts_in(fields) if _may_be_ags(one)))
    terms = known_terms(session)
    if kind is EntryKind.EVENT:
        return Known(
            ags=places,
            terms=terms,
            series=frozenset(session.scalars(select(EventSeries.slug))),
            practices=frozenset(session.scalars(select(Practice.slug))),
        )
    if kind is EntryKind.RESOURCE:
        return Known(ags=places, terms=terms, events=frozenset(session.scalars(select(Event.slug))))
    files = None
    if fields is not None:
        files = kinds_of_files(session, set(attachment_hashes(fields)))
    return Known(ags=places, terms=terms, files=files)


def _texts_in(value: Any) -> Iterator[str]:
    """Yield all texts in what came out of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts_in(part)


def _may_be_ags(text: str) -> bool:
    return len(text) <= _LONGEST_AGS and text.isdecimal()


def open_copies(session: Session, kind: EntryKind, keys: Sequence[str]) -> dict[str, WorkingCopy]:
    """Return key → working copy for those of `keys` that somebody is writing in."""
    rows = session.scalars(
        select(WorkingCopy).where(
            WorkingCopy.kind == kind,
            WorkingCopy.key.in_(keys),
            WorkingCopy.stage.not_in((Stage.PUBLISHED, Stage.DISCARDED)),
        )
    )
    return {copy.key: copy for copy in rows if copy.key is not None}
