"""The dry run: what each row would do, and everything that is wrong with it, at its cell."""

import enum
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from directory.importing.entries import Entries, Identity, entries_of
from directory.importing.kinds import Column, Kind
from directory.importing.mapping import ColumnMapping, refuse_unusable
from directory.importing.models import ImportKind
from directory.importing.references import References
from directory.practices.drafts import PracticeDraft
from directory.publication.drafting import read_draft
from directory.publication.models import Status
from directory.publication.saving import Draft
from directory.publication.validation import Known
from directory.sheets.table import Cell, Row, Table, column_letter
from directory.sheets.values import as_text
from directory.text import join, plural

Step = Callable[[int], object]

_LONGEST_SHOWN = 80
# Different cells of one column
_MOST_REMEMBERED = 1_000
_PATH = re.compile(r"(\w+)(?:\[(\d+)\])?")


class RowState(enum.StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        """The German word for it."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    RowState.NEW: "neu",
    RowState.CHANGED: "geändert",
    RowState.UNCHANGED: "unverändert",
    RowState.WRONG: "fehlerhaft",
}


@dataclass(frozen=True)
class Change:
    """One field that would say something else, both values as people write them in a cell."""

    header: str
    before: str
    after: str


@dataclass(frozen=True)
class CellProblem:
    """What is wrong with one cell; `letter` is None when the file has no column for it.

    `lacks_column` says that it needs one.
    """

    row: int
    letter: str | None
    header: str
    written: str
    sentence: str
    lacks_column: bool = False

    @property
    def place(self) -> str:
        """`C5`, or `Zeile 5` where there is no cell."""
        return f"{self.letter}{self.row}" if self.letter else f"Zeile {self.row}"


@dataclass(frozen=True)
class PlannedRow:
    """One row of the file and the entry it is about."""

    number: int
    state: RowState
    # What people know the entry by
    name: str
    identity: Identity | None
    draft: Draft | None
    changes: tuple[Change, ...] = ()
    problems: tuple[CellProblem, ...] = ()
    # The entry as it is: None and 0 when there is none yet
    key: str | None = None
    version: int = 0
    status: Status | None = None
    fields: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Plan:
    """What importing a file would do, row by row in the order of the file."""

    kind: ImportKind
    mapping: ColumnMapping
    rows: tuple[PlannedRow, ...]
    # What the rows may refer to, as they were checked
    known: Known
    # Sentences about the file and its columns
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[RowState, int]:
        """How many rows are in each state; zeros included."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in RowState}

    @property
    def has_effect(self) -> bool:
        """Whether any row would add or change an entry."""
        return any(row.state in (RowState.NEW, RowState.CHANGED) for row in self.rows)

    @property
    def problems(self) -> list[CellProblem]:
        """Everything that is wrong, in the order of the file; a missing column is named once."""
        found: list[CellProblem] = []
        lacking: set[str] = set()
        for problem in (one for row in self.rows for one in row.problems):
            if not problem.lacks_column:
                found.append(problem)
            elif problem.header not in lacking:
                lacking.add(problem.header)
                sentence = f"Es fehlt die Spalte „{problem.header}“. {problem.sentence}"
                found.append(replace(problem, sentence=sentence))
        return found

    @property
    def summary(self) -> str:
        """`3 Zeilen: 1 neu, 0 geändert, 2 unverändert, 0 fehlerhaft`."""
        counts = ", ".join(f"{count} {state.label}" for state, count in self.counts.items())
        return f"{plural(len(self.rows), 'Zeile', 'Zeilen')}: {counts}"


def plan(
    session: Session,
    kind: Kind,
    table: Table,
    mapping: ColumnMapping,
    *,
    progress: Step = lambda _: None,
) -> Plan:
    """Say what importing `table` would do; nothing is written.

    `progress` is told how many rows have been dealt with since its last call. An empty cell means
    that there is nothing to say about the field; what has no column stays as it is.

    Raises:
        WrongMapping: nothing tells which entries the rows are about.
    """
    refuse_unusable(kind, mapping)
    references = References.load(session)
    positions = mapping.positions
    readers = _readers(kind, positions, references)
    reading = [_ReadRow(kind, row, positions, readers) for row in table.rows]
    entries = entries_of(kind.name, session)
    entries.load([row.values for row in reading], references.names)
    versions = entries.versions(entries.present.values())
    first_rows: dict[Identity, int] = {}
    planned = []
    for row in reading:
        planned.append(_plan_row(kind, row, entries, versions, references, first_rows))
        progress(1)
    notes = (*table.notes, *_unmapped(table, mapping))
    return Plan(kind.name, mapping, tuple(planned), references.known, notes)


def said(kind: Kind, row: PlannedRow, references: References) -> tuple[Change, ...]:
    """Return everything that a row without mistakes says, as changes to an empty entry."""
    fields = row.draft.fields() if row.draft is not None else {}
    found = _changes(kind, {}, fields, None, references)
    return tuple(change for change in found if change.before != change.after)


def shown(cell: Cell) -> str:
    """Return what stands in a cell, cut when it is long; also what no field would take."""
    try:
        text = as_text(cell) or ""
    except ValueError:
        text = str(cell)
    return _cut(text)


# Column, its place in the file, and what reads its cells
_Reader = tuple[Column, int, Callable[[Cell], Any]]


def _readers(kind: Kind, positions: Mapping[str, int], references: References) -> list[_Reader]:
    """Return how the columns of a file are read."""
    return [
        (column, positions[column.field], _reader(column, references))
        for column in kind.columns
        if column.field in positions
    ]


def _reader(column: Column, references: References) -> Callable[[Cell], Any]:
    # Places, topics and years are the same in many rows: each is looked up once.
    @lru_cache(_MOST_REMEMBERED, typed=True)
    def read(cell: Cell) -> Any:
        return column.content.read(cell, references)

    return read


class _ReadRow:
    """One row with the values of its fields, and what is wrong with it so far."""

    def __init__(
        self, kind: Kind, row: Row, positions: Mapping[str, int], readers: Iterable[_Reader]
    ) -> None:
        self.number = row.number
        self.values: dict[str, Any] = {}
        self.sentences: dict[str, str] = {}
        self._kind, self._row, self._positions = kind, row, positions
        for column, place, read in readers:
            try:
                self.values[column.field] = read(row.cell(place))
            except ValueError as error:
                self.say(column.field, str(error))
            else:
                if column.required and self.values[column.field] is None:
                    self.say(column.field, "Bitte ausfüllen.")
        kind.complete(self.values)
        if self._is_example():
            self.say("", "Das ist das Beispiel der Vorlage. Bitte löschen Sie diese Zeile.")

    def _is_example(self) -> bool:
        mapped = [column for column in self._kind.columns if column.field in self._positions]
        return len(mapped) > 1 and all(
            _cut(column.example) == shown(self._row.cell(self._positions[column.field]))
            for column in mapped
        )

    def say(self, path: str, sentence: str) -> None:
        """Note what is wrong at the draft's `path`; the first problem of a column counts."""
        found = _PATH.match(path)
        column = self._kind.column(found[1]) if found else None
        if found and found[2]:
            sentence = f"{found[2]}. Angabe: {sentence}"
        self.sentences.setdefault(column.field if column else "", sentence)

    def problems(self) -> tuple[CellProblem, ...]:
        """Return what is wrong, in the order of the file's columns."""
        found = [self._problem(field, sentence) for field, sentence in self.sentences.items()]
        return tuple(sorted(found, key=lambda one: (len(one.letter or "ZZZZ"), one.letter or "")))

    def _problem(self, field: str, sentence: str) -> CellProblem:
        column = self._kind.column(field)
        header = column.header if column else ""
        place = self._positions.get(field)
        if place is None:
            lacks_column = column is not None and column.required
            return CellProblem(self.number, None, header, "", sentence, lacks_column)
        written = shown(self._row.cell(place))
        return CellProblem(self.number, column_letter(place), header, written, sentence)

    def name(self, references: References) -> str:
        """Return what people know the entry by."""
        place = references.names.get(self.values.get("ags") or "", "")
        what = self.values.get("title") or self.values.get("unit") or self.values.get("slug")
        return ": ".join(part for part in (place, what) if part) or f"Zeile {self.number}"


def _plan_row(
    kind: Kind,
    row: _ReadRow,
    entries: Entries[Any, Any],
    versions: Mapping[str, int],
    references: References,
    first_rows: dict[Identity, int],
) -> PlannedRow:
    identity = entries.identify(row.values)
    entry = entries.present.get(identity) if identity else None
    named = dict(zip(entries.identity_fields, identity or (), strict=False))
    before = entries.read(entry).fields() if entry is not None else None
    reading = read_draft(kind.draft, {**(before or {}), **row.values, **named}, references.known)
    for path, sentence in reading.problems.items():
        # What tells which entry it is may be left empty, or is missed already.
        if identity or row.values.get(path) or path not in entries.identity_fields:
            row.say(path, sentence)
    if identity:
        first = first_rows.setdefault(identity, row.number)
        if first != row.number:
            field = [one for one in kind.identified_by[-1] if one in row.values][-1]
            row.say(field, f"Dieser Eintrag steht schon in Zeile {first}.")
    status = entries.status(entry) if entry is not None else None
    changes: tuple[Change, ...] = ()
    if before is not None:
        changes = _changes(kind, before, reading.draft.fields(), status, references)
    if before is None or changes:
        _demand_stumbling_blocks(row, reading.draft)
    name = row.name(references)
    problems = row.problems()
    if problems:
        return PlannedRow(row.number, RowState.WRONG, name, identity, None, problems=problems)
    if entry is None or before is None:
        return PlannedRow(row.number, RowState.NEW, name, identity, reading.draft)
    key = entries.key(entry)
    return PlannedRow(
        row.number,
        RowState.CHANGED if changes else RowState.UNCHANGED,
        name,
        identity,
        reading.draft,
        changes,
        key=key,
        version=versions[key],
        status=status,
        fields=before,
    )


def _demand_stumbling_blocks(row: _ReadRow, draft: Draft) -> None:
    # What is released is published, and readers are promised to be told what got in the way.
    if isinstance(draft, PracticeDraft) and not (
        draft.stumbling_blocks or draft.no_stumbling_blocks_known
    ):
        sentence = "Bitte mindestens einen Stolperstein nennen oder „keine bekannt“ schreiben."
        row.say("stumbling_blocks", sentence)


def _changes(
    kind: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    status: Status | None,
    references: References,
) -> tuple[Change, ...]:
    changes: dict[str, Change] = {}
    for field in after:
        column = kind.column(field)
        if column is None or column.header in changes or before.get(field) == after[field]:
            continue
        old, new = before.get(column.field), after.get(column.field)
        show = column.content.show
        changes[column.header] = Change(column.header, show(old, references), show(new, references))
    if status not in (None, Status.PUBLISHED):
        label = status.label if status else ""
        changes["status"] = Change("Sichtbarkeit", label, Status.PUBLISHED.label)
    return tuple(changes.values())


def _unmapped(table: Table, mapping: ColumnMapping) -> list[str]:
    ignored = [
        f"„{heading}“"
        for heading, field in zip(table.columns, mapping.fields, strict=True)
        if field is None
    ]
    if not ignored:
        return []
    word = "Die Spalte wird" if len(ignored) == 1 else "Die Spalten werden"
    return [f"{word} nicht übernommen: {join(ignored)}."]


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
