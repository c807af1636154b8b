"""Ready values for the templates of imports: files, columns and rows in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from directory.accounts.queries import names_of
from directory.editorial.kinds import KINDS as ENTRIES
from directory.importing.kinds import Kind
from directory.importing.models import BatchState, ImportBatch, ImportKind, ImportRow
from directory.importing.planning import CellProblem, Change, PlannedRow, RowState, said, shown
from directory.importing.references import References
from directory.publication.differences import FieldDifference, compare
from directory.publication.models import EntryKind
from directory.publication.saving import Outcome
from directory.sheets.table import Row, Table, column_letter
from directory.web.filters import date_time

# Badges of templates/components/badge.html
_BATCH_TONES = {
    BatchState.UPLOADED: "plain",
    BatchState.PREPARED: "info",
    BatchState.RELEASED: "success",
    BatchState.UNDONE: "warning",
    BatchState.DISCARDED: "plain",
}
_ROW_TONES = {
    RowState.NEW: "success",
    RowState.CHANGED: "info",
    RowState.UNCHANGED: "plain",
    RowState.WRONG: "warning",
}
ENTRY_KINDS = {
    ImportKind.PRACTICES: EntryKind.PRACTICE,
    ImportKind.CONTACTS: EntryKind.CONTACT,
    ImportKind.MEMBERSHIPS: EntryKind.MEMBERSHIP,
}
STATE_OF = {
    Outcome.CREATED: RowState.NEW,
    Outcome.CHANGED: RowState.CHANGED,
    Outcome.UNCHANGED: RowState.UNCHANGED,
}
_SAMPLES = 3


@dataclass(frozen=True)
class BatchCard:
    """One import: its file, its state, and a line for each step that somebody took."""

    number: int
    filename: str
    kind: str
    state: str
    tone: str
    lines: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class ColumnLine:
    """One column of a file: its letter and heading, what stands in it, and the field it is for."""

    place: int
    letter: str
    heading: str
    samples: tuple[str, ...]
    field: str
    problem: str


@dataclass(frozen=True)
class RowLine:
    """One row: what it does to which entry, in differences, or what is wrong with it."""

    number: int
    state: RowState
    tone: str
    name: str
    href: str = ""
    differences: tuple[FieldDifference, ...] = ()
    problems: tuple[CellProblem, ...] = ()


def batch_cards(session: Session, found: Iterable[ImportBatch]) -> list[BatchCard]:
    """Return what lists show of imports."""
    found = list(found)
    actors = {one for batch in found for _, one, _ in _acts(batch)}
    names = names_of(session, actors)
    return [_card(batch, names) for batch in found]


def batch_card(session: Session, batch: ImportBatch) -> BatchCard:
    """Return what lists show of one import."""
    return batch_cards(session, [batch])[0]


def column_lines(
    table: Table, fields: Sequence[str | None], problems: Mapping[int, str]
) -> list[ColumnLine]:
    """Return the columns of a file with what stands in its first rows; `problems` by place."""
    return [
        ColumnLine(
            place=place,
            letter=column_letter(place),
            heading=heading,
            samples=tuple(_samples(table.rows, place)),
            field=fields[place] or "",
            problem=problems.get(place, ""),
        )
        for place, heading in enumerate(table.columns)
    ]


def planned_line(kind: Kind, row: PlannedRow, references: References) -> RowLine:
    """Return a row of the dry run; a new entry differs from nothing in all that it says."""
    changes = said(kind, row, references) if row.state is RowState.NEW else row.changes
    return RowLine(
        number=row.number,
        state=row.state,
        tone=_ROW_TONES[row.state],
        name=row.name,
        href=_history(kind.name, row.key),
        differences=tuple(map(_difference, changes)),
        problems=row.problems,
    )


def imported_line(batch: ImportBatch, row: ImportRow) -> RowLine:
    """Return what a row did when it was released."""
    is_there = batch.state is BatchState.RELEASED
    state = STATE_OF[row.outcome]
    return RowLine(
        number=row.number,
        state=state,
        tone=_ROW_TONES[state],
        name=row.name,
        href=_history(batch.kind, row.key) if is_there else "",
    )


def _card(batch: ImportBatch, names: Mapping[str, str]) -> BatchCard:
    return BatchCard(
        number=batch.id,
        filename=batch.filename,
        kind=batch.kind.label,
        state=batch.state.label,
        tone=_BATCH_TONES[batch.state],
        lines=tuple(f"{what} {when} von {names[who]}" for what, who, when in _acts(batch)),
        href=url_for("desk_imports.show", number=batch.id),
    )


def _acts(batch: ImportBatch) -> list[tuple[str, str, str]]:
    prepared = "hochgeladen am" if batch.state is BatchState.UPLOADED else "vorbereitet am"
    acts = [(prepared, batch.prepared_by, date_time(batch.prepared_at))]
    if batch.released_by and batch.released_at:
        acts.append(("freigegeben am", batch.released_by, date_time(batch.released_at)))
    if batch.closed_by and batch.closed_at:
        acts.append((f"{batch.state.label} am", batch.closed_by, date_time(batch.closed_at)))
    return acts


def _samples(rows: Sequence[Row], place: int) -> Iterable[str]:
    return (shown(row.cell(place)) for row in rows[:_SAMPLES])


def _difference(change: Change) -> FieldDifference:
    old, new = compare(change.before, change.after)
    return FieldDifference(change.header, change.before, change.after, old, new)


def _history(kind: ImportKind, key: str | None) -> str:
    if key is None:
        return ""
    path = ENTRIES[ENTRY_KINDS[kind]].path
    return url_for("desk_entries.history", path=path, key=key)
