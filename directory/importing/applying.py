"""From a plan to the catalogue and back: each in one transaction, which callers begin and commit.

Everything goes through the operations that editors use, so it leaves revisions, decisions and lines
in the audit trail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import Conflict
from directory.importing.entries import Entries, entries_of
from directory.importing.models import BatchState, ImportBatch, ImportRow
from directory.importing.planning import Plan, PlannedRow, RowState, Step
from directory.importing.references import References
from directory.publication import history
from directory.publication.catalogue import advance
from directory.publication.drafting import read_draft
from directory.publication.models import Publishable, Status
from directory.publication.saving import Outcome
from directory.publication.validation import InvalidEntry, Known
from directory.rows import insert_rows
from directory.search import index
from directory.text import join, number, plural

# Saved at once, between two reports of progress
_AT_ONCE = 1_000
_MOST_NAMED = 5
_OUTCOMES = {
    RowState.NEW: Outcome.CREATED,
    RowState.CHANGED: Outcome.CHANGED,
    RowState.UNCHANGED: Outcome.UNCHANGED,
}


class WrongRows(Conflict):
    """A file with mistakes is not imported, not even in part."""

    title = "Die Datei enthält Fehler"


class Outdated(Conflict):
    """Entries that the rows are about have changed since the dry run."""

    title = "Inzwischen geändert"

    @classmethod
    def about(cls, names: Sequence[str]) -> "Outdated":
        """Name the entries."""
        return cls(
            "Seit der Prüfung der Datei hat sich etwas geändert; es wurde nichts übernommen. "
            f"Bitte prüfen Sie die Datei noch einmal. Es geht um: {_named(names)}."
        )


class NotUndoable(Conflict):
    """The import is not one that could be taken back."""


@dataclass(frozen=True)
class Undone:
    """What taking back an import did, in entries; `kept` are those changed since, by name."""

    removed: int
    restored: int
    kept: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One or two sentences for people."""
        done = (
            f"{plural(self.removed, 'neuer Eintrag', 'neue Einträge')} zurückgezogen, "
            f"{plural(self.restored, 'Eintrag', 'Einträge')} auf den früheren Stand gebracht."
        )
        if not self.kept:
            return done
        return f"{done} Seitdem geändert und deshalb unberührt: {_named(self.kept)}."


@dataclass(frozen=True)
class Undoing:
    """What taking back an import would do with its rows; those `kept` come with the reason."""

    removed: list[ImportRow]
    restored: list[ImportRow]
    kept: list[tuple[ImportRow, str]]
    # Key → entry
    present: Mapping[str, Any]


def outcome_of(row: PlannedRow) -> Outcome:
    """Return what a row without mistakes does."""
    return _OUTCOMES[row.state]


def refuse_wrong(plan: Plan) -> None:
    """Raise `WrongRows` when any row of `plan` is wrong."""
    wrong = plan.counts[RowState.WRONG]
    if wrong:
        verb = "ist" if wrong == 1 else "sind"
        raise WrongRows(
            f"{plural(wrong, 'Zeile', 'Zeilen')} {verb} fehlerhaft; es wurde nichts übernommen."
        )


def apply(
    session: Session, plan: Plan, *, by: str, filename: str, progress: Step = lambda _: None
) -> ImportBatch:
    """Import what `plan` says, publish and index it; on the desk `release` does, by four eyes.

    `progress` is told how many rows have been written since its last call.

    Raises:
        WrongRows: something in the file is wrong.
        Outdated: an entry has changed since the plan was made.
    """
    batch = ImportBatch(
        kind=plan.kind, filename=filename[:200], state=BatchState.PREPARED, prepared_by=by
    )
    session.add(batch)
    session.flush()
    write(session, batch, plan, by=by, progress=progress)
    return batch


def write(
    session: Session, batch: ImportBatch, plan: Plan, *, by: str, progress: Step = lambda _: None
) -> None:
    """Write all rows of `plan` into the catalogue as `batch`; raise as `apply` does."""
    refuse_wrong(plan)
    entries = entries_of(plan.kind, session)
    _refuse_outdated(entries, plan)
    rows = [row for row in plan.rows if row.state is not RowState.UNCHANGED]
    note = f"Import {batch.id}"
    # The rows have been checked; nothing but what they refer to can have gone since.
    checked = References.are_still(session, plan.known)
    # Row number → key and version; entries themselves may leave memory with their chunk.
    written: dict[int, tuple[str, int]] = {}
    for start in range(0, len(rows), _AT_ONCE):
        chunk = rows[start : start + _AT_ONCE]
        saved = entries.save([row.draft for row in chunk], by=by, checked=checked)
        _publish(session, entries, [one.entry for one in saved], by=by, note=note)
        session.flush()
        versions = entries.versions(one.entry for one in saved)
        for row, one in zip(chunk, saved, strict=True):
            key = entries.key(one.entry)
            written[row.number] = (key, versions[key])
        progress(len(chunk))
    progress(len(plan.rows) - len(rows))
    _record(session, batch, plan, written)
    if written:
        _index(session, entries, [key for key, _ in written.values()])
        advance(session)
    batch.state = BatchState.RELEASED
    batch.released_by, batch.released_at = by, utc_now()
    history.note(
        session, action="imported", by=by, details={"batch": batch.id, "file": batch.filename}
    )
    session.flush()


def undo(
    session: Session, batch: ImportBatch, *, by: str, progress: Step = lambda _: None
) -> Undone:
    """Take back everything that `batch` did, unless somebody changed it since; name what stays.

    New entries are archived (memberships, which have no archive, removed), changed ones get back
    what they said before. Raise `NotUndoable`.
    """
    refuse_closed(batch)
    entries = entries_of(batch.kind, session)
    entries.locking = True
    found = _undoing(session, batch, entries)
    note = f"Import {batch.id} rückgängig"
    for start in range(0, len(found.removed), _AT_ONCE):
        chunk = found.removed[start : start + _AT_ONCE]
        for row in chunk:
            _withdraw(session, entries, found.present[row.key or ""], by=by, note=note)
        session.flush()
        progress(len(chunk))
    _restore(session, entries, found.restored, found.present, by=by, note=note)
    progress(len(found.restored))
    untouched = [*found.removed, *found.restored]
    if untouched:
        _index(session, entries, [row.key for row in untouched if row.key])
        advance(session)
    done = Undone(len(found.removed), len(found.restored), tuple(row.name for row, _ in found.kept))
    batch.state = BatchState.UNDONE
    batch.closed_by, batch.closed_at = by, utc_now()
    batch.note = done.summary
    history.note(
        session,
        action="import_undone",
        by=by,
        details={"batch": batch.id, "kept": len(found.kept)},
    )
    session.flush()
    return done


def preview_undo(session: Session, batch: ImportBatch) -> Undoing:
    """Say what `undo` would do now; raise `NotUndoable`."""
    refuse_closed(batch)
    return _undoing(session, batch, entries_of(batch.kind, session))


def refuse_closed(batch: ImportBatch) -> None:
    """Raise `NotUndoable` unless `batch` was released and is still kept whole."""
    if batch.state is not BatchState.RELEASED:
        raise NotUndoable(f"Der Import {batch.id} ist {batch.state.label}.")
    if batch.erased_at is not None:
        raise NotUndoable(
            f"Der Import {batch.id} ist zu alt: Was vorher galt, ist nicht mehr gespeichert."
        )


def _undoing(session: Session, batch: ImportBatch, entries: Entries[Any, Any]) -> Undoing:
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.outcome != Outcome.UNCHANGED)
        .order_by(ImportRow.number)
    ).all()
    present = entries.by_keys([row.key for row in rows if row.key is not None])
    versions = entries.versions(present.values())
    found = Undoing([], [], [], present)
    for row in rows:
        if row.key not in present:
            found.kept.append((row, "Diesen Eintrag gibt es nicht mehr."))
        elif versions[row.key] != row.version_after:
            found.kept.append((row, "Seit dem Import hat ihn jemand geändert."))
        elif row.outcome is Outcome.CREATED:
            found.removed.append(row)
        else:
            found.restored.append(row)
    return found


def _refuse_outdated(entries: Entries[Any, Any], plan: Plan) -> None:
    entries.lock([row.identity for row in plan.rows if row.identity])
    versions = entries.versions(entries.present.values())
    outdated = []
    for row in plan.rows:
        entry = entries.present.get(row.identity) if row.identity else None
        key = entries.key(entry) if entry is not None else None
        now = (key, versions[key], entries.status(entry)) if key else (None, 0, None)
        if now != (row.key, row.version, row.status):
            outdated.append(row.name)
    if outdated:
        raise Outdated.about(outdated)


def _publish(
    session: Session, entries: Entries[Any, Any], saved: Sequence[Any], *, by: str, note: str
) -> None:
    hidden = [
        (entry, entries.key(entry))
        for entry in saved
        if isinstance(entry, Publishable) and entry.status is not Status.PUBLISHED
    ]
    to = Status.PUBLISHED
    history.move_all(session, hidden, kind=entries.kind, to=to, by=by, note=note)


def _move(
    session: Session,
    entries: Entries[Any, Any],
    entry: Publishable,
    to: Status,
    *,
    by: str,
    note: str,
) -> None:
    key = entries.key(entry)
    history.move(session, entry, kind=entries.kind, key=key, to=to, by=by, note=note)


def _record(
    session: Session,
    batch: ImportBatch,
    plan: Plan,
    written: Mapping[int, tuple[str, int]],
) -> None:
    """Keep what each row did: enough to take it back."""
    counts = plan.counts
    batch.created = counts[RowState.NEW]
    batch.changed = counts[RowState.CHANGED]
    batch.unchanged = counts[RowState.UNCHANGED]
    rows = [
        {
            "batch_id": batch.id,
            "number": row.number,
            "outcome": outcome_of(row),
            "name": row.name[:300],
            "key": written.get(row.number, (row.key, None))[0],
            "version_before": row.version,
            "status_before": row.status,
            "fields_before": row.fields if row.state is RowState.CHANGED else None,
            "version_after": written.get(row.number, (None, None))[1],
        }
        for row in plan.rows
    ]
    insert_rows(session, ImportRow, rows)


def _withdraw(
    session: Session, entries: Entries[Any, Any], entry: Any, *, by: str, note: str
) -> None:
    # Whatever was public once keeps its address and its history; memberships have no archive.
    if isinstance(entry, Publishable):
        _move(session, entries, entry, Status.ARCHIVED, by=by, note=note)
        return
    key = entries.key(entry)
    session.delete(entry)
    history.note(session, action="removed", by=by, kind=entries.kind, key=key)


def _restore(
    session: Session,
    entries: Entries[Any, Any],
    rows: Sequence[ImportRow],
    present: Mapping[str, Any],
    *,
    by: str,
    note: str,
) -> None:
    # It was valid when it was kept; terms that are gone since are told by saving.
    drafts = [read_draft(entries.draft, row.fields_before or {}, Known()).draft for row in rows]
    try:
        entries.save(drafts, by=by)
    except InvalidEntry as error:
        raise NotUndoable(
            f"Der frühere Stand von „{error.key}“ passt nicht mehr in das Verzeichnis; "
            "es wurde nichts geändert."
        ) from error
    for row in rows:
        entry = present[row.key or ""]
        if isinstance(entry, Publishable) and row.status_before not in (None, entry.status):
            _move(session, entries, entry, row.status_before, by=by, note=note)
    session.flush()


def _index(session: Session, entries: Entries[Any, Any], keys: Sequence[str]) -> None:
    if entries.indexed_as is None:
        return
    # An index that would more than double is made anew in less time.
    if len(keys) > index.size(session, entries.indexed_as):
        index.rebuild(session)
    else:
        index.refresh(session, entries.indexed_as, keys)


def _named(names: Sequence[str]) -> str:
    shown = [f"„{name}“" for name in names[:_MOST_NAMED]]
    left = len(names) - len(shown)
    return join([*shown, f"{number(left)} weitere"] if left else shown)
