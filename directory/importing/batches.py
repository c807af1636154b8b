"""Imports on the desk: one person prepares a file, another one releases it. Callers commit."""

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import Conflict, NotFound
from directory.importing import mapping as mappings
from directory.importing.applying import Outdated, outcome_of, refuse_wrong, write
from directory.importing.kinds import KINDS, Kind
from directory.importing.mapping import ColumnMapping
from directory.importing.models import COMMAND, BatchState, ImportBatch, ImportRow
from directory.importing.planning import Plan, Step, plan
from directory.publication import history
from directory.publication.validation import InvalidEntry
from directory.publication.workflow import LONGEST_NOTE, OwnWork
from directory.rows import insert_rows
from directory.sheets.table import Table
from directory.text import clean

# What a file said and what was before it is kept so long after it was released or dropped.
KEPT_DAYS = 30


def begin(session: Session, *, kind: Kind, table: Table, filename: str, by: str) -> ImportBatch:
    """Keep an uploaded table with the columns guessed."""
    batch = ImportBatch(
        kind=kind.name,
        filename=filename[:200],
        state=BatchState.UPLOADED,
        table=table.plain(),
        mapping=list(mappings.guess(kind, table.columns).fields),
        prepared_by=by,
    )
    session.add(batch)
    session.flush()
    return batch


def get_batch(session: Session, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """Return one import, with `lock` for changing it; raise `NotFound`."""
    statement = select(ImportBatch).where(ImportBatch.id == batch_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    batch = session.scalar(statement)
    if batch is None:
        raise NotFound(f"Einen Import mit der Nummer {batch_id} gibt es nicht.")
    return batch


def table_of(batch: ImportBatch) -> Table:
    """Return what the file said; raise `Conflict` when it is erased."""
    if batch.table is None:
        raise Conflict("Die Zeilen dieser Datei sind schon gelöscht. Bitte laden Sie sie neu hoch.")
    return Table.of_plain(batch.table)


def newest(session: Session, limit: int = 20) -> Sequence[ImportBatch]:
    """Return the imports that were begun last."""
    return session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)).all()


def waiting(session: Session) -> Sequence[ImportBatch]:
    """Return the imports that wait for a release, oldest first."""
    return session.scalars(
        select(ImportBatch)
        .where(ImportBatch.state == BatchState.PREPARED)
        .order_by(ImportBatch.prepared_at)
    ).all()


def planned(session: Session, batch: ImportBatch, *, progress: Step = lambda _: None) -> Plan:
    """Return what releasing `batch` would do now; raise `Conflict` when its file is erased."""
    table = table_of(batch)
    fields = batch.mapping or [None] * len(table.columns)
    return plan(session, KINDS[batch.kind], table, ColumnMapping(tuple(fields)), progress=progress)


def remap(session: Session, batch: ImportBatch, wishes: Mapping[str, str]) -> None:
    """Give columns another meaning (heading → field, "": none); raise `WrongMapping`."""
    _require(batch, BatchState.UPLOADED)
    columns = table_of(batch).columns
    present = ColumnMapping(tuple(batch.mapping or [None] * len(columns)))
    wanted = mappings.changed(KINDS[batch.kind], columns, present, wishes)
    batch.mapping = list(wanted.fields)
    session.flush()


def submit(session: Session, batch: ImportBatch, *, by: str) -> Plan:
    """Hand `batch` over for release as it would work now; raise `WrongRows`."""
    _require(batch, BatchState.UPLOADED)
    present = planned(session, batch)
    refuse_wrong(present)
    rows = [
        {
            "batch_id": batch.id,
            "number": row.number,
            "outcome": outcome_of(row),
            "name": row.name[:300],
            "key": row.key,
            "version_before": row.version,
            "status_before": row.status,
        }
        for row in present.rows
    ]
    insert_rows(session, ImportRow, rows)
    batch.state = BatchState.PREPARED
    # Whoever hands it over answers for it.
    batch.prepared_by, batch.prepared_at = by, utc_now()
    batch.note = None
    session.flush()
    return present


def release(
    session: Session, batch: ImportBatch, *, by: str, progress: Step = lambda _: None
) -> None:
    """Import what was handed over; it must still do exactly what it did then.

    Raises:
        OwnWork: `by` prepared it.
        Outdated: an entry has changed since.
    """
    refuse_own(batch, by=by)
    present = planned(session, batch)
    outdated = changed_since(session, batch, present)
    if outdated:
        raise Outdated.about(outdated)
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    session.expire(batch)
    write(session, batch, present, by=by, progress=progress)


def refuse_own(batch: ImportBatch, *, by: str) -> None:
    """Raise `OwnWork` when `by` prepared `batch`, and `Conflict` unless it waits for a release."""
    _require(batch, BatchState.PREPARED)
    if by == batch.prepared_by and by != COMMAND:
        raise OwnWork(
            "Sie haben diese Datei selbst vorbereitet. Freigeben kann sie nur jemand anderes."
        )


def changed_since(session: Session, batch: ImportBatch, present: Plan) -> list[str]:
    """Return the names of what would be done otherwise now than when `batch` was handed over."""
    prepared = {
        number: tuple(rest)
        for number, *rest in session.execute(
            select(
                ImportRow.number,
                ImportRow.outcome,
                ImportRow.key,
                ImportRow.version_before,
                ImportRow.status_before,
            ).where(ImportRow.batch_id == batch.id)
        )
    }
    return [
        row.name
        for row in present.rows
        if row.problems
        or prepared.get(row.number) != (outcome_of(row), row.key, row.version, row.status)
    ]


def size(session: Session, batch: ImportBatch) -> int:
    """Return how many rows were handed over or imported."""
    statement = select(func.count()).where(ImportRow.batch_id == batch.id)
    return session.scalar(statement) or 0


def send_back(session: Session, batch: ImportBatch, *, by: str, note: str) -> None:
    """Return `batch` to whoever prepared it, with a reason; raise `InvalidEntry` without one."""
    note = clean(note)
    if not note:
        raise InvalidEntry({"note": "Bitte schreiben Sie, warum."})
    if len(note) > LONGEST_NOTE:
        raise InvalidEntry({"note": f"Bitte höchstens {LONGEST_NOTE} Zeichen."})
    take_back(session, batch)
    batch.note = note
    history.note(session, action="import_returned", by=by, details={"batch": batch.id})
    session.flush()


def returned_to(session: Session, actor: str) -> Sequence[ImportBatch]:
    """Return the imports that `actor` got back with a reason, oldest first."""
    return session.scalars(
        select(ImportBatch)
        .where(
            ImportBatch.state == BatchState.UPLOADED,
            ImportBatch.prepared_by == actor,
            ImportBatch.note.is_not(None),
        )
        .order_by(ImportBatch.prepared_at)
    ).all()


def take_back(session: Session, batch: ImportBatch) -> None:
    """Take `batch` back from the release, to change its columns."""
    _require(batch, BatchState.PREPARED)
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batch.state = BatchState.UPLOADED
    session.flush()


def discard(session: Session, batch: ImportBatch, *, by: str) -> None:
    """Drop `batch` before it did anything; what the file says is erased at once."""
    _require(batch, BatchState.UPLOADED, BatchState.PREPARED)
    batch.state = BatchState.DISCARDED
    batch.closed_by, batch.closed_at = by, utc_now()
    history.note(session, action="import_discarded", by=by, details={"batch": batch.id})
    _erase(session, [batch.id], utc_now())


def erase_expired(session: Session, *, now: dt.datetime) -> int:
    """Erase what files said 30 days after the last step with them; return how many it were.

    What they did can no longer be taken back then; that they did it stays on record.
    """
    before = now - dt.timedelta(days=KEPT_DAYS)
    rows = session.execute(
        select(
            ImportBatch.id,
            ImportBatch.prepared_at,
            ImportBatch.released_at,
            ImportBatch.closed_at,
        ).where(ImportBatch.erased_at.is_(None))
    )
    expired = [
        batch_id for batch_id, *steps in rows if max(step for step in steps if step) < before
    ]
    _erase(session, expired, now)
    return len(expired)


def _erase(session: Session, ids: Sequence[int], now: dt.datetime) -> None:
    if not ids:
        return
    session.execute(update(ImportRow).where(ImportRow.batch_id.in_(ids)).values(fields_before=None))
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.id.in_(ids))
        .values(table=None, mapping=None, note=None, erased_at=now)
    )
    session.flush()


def _require(batch: ImportBatch, *states: BatchState) -> None:
    if batch.state not in states:
        raise Conflict(f"Der Import {batch.id} ist {batch.state.label}; das geht nicht mehr.")
