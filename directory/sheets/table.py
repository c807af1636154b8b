"""What a spreadsheet is to the rest of the house: a header and rows of plain values."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from directory.errors import BadInput
from directory.text import number

MOST_BYTES = 20_000_000  # 10,000 practices as CSV are 13 MB
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST_CELL = 32_767  # what Excel keeps

# As it stands in the file; a number of a CSV file is still its text.
Cell = str | int | float | dt.date | None


class UnreadableTable(BadInput):
    """A file is no table that could be read; the sentence says what to do instead."""

    title = "Die Datei lässt sich nicht lesen"


@dataclass(frozen=True)
class Row:
    """One row; `number` is the one that the spreadsheet shows, counted from 1."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, position: int) -> Cell:
        """Return the cell in column `position`, counted from 0; None beyond the last one."""
        return self.cells[position] if position < len(self.cells) else None


@dataclass(frozen=True)
class Table:
    """The header and all rows below it that say anything; `notes` are sentences for people."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Sequence[Cell]]], notes: Iterable[str] = ()) -> "Table":
        """Make a table of numbered rows, the first of which is the header.

        Empty rows and empty cells at the end of a row do not count. Raise `UnreadableTable`.
        """
        said = _said(rows)
        head = next(said, None)
        if head is None:
            raise UnreadableTable("In der Datei steht nichts.")
        body = []
        for row in said:
            body.append(row)
            if len(body) > MOST_ROWS:
                raise UnreadableTable(
                    f"Die Tabelle hat mehr als {number(MOST_ROWS)} Zeilen. "
                    "Bitte teilen Sie sie auf mehrere Dateien auf."
                )
        if not body:
            raise UnreadableTable("Die Tabelle hat eine Überschrift, aber keine Zeilen darunter.")
        width = max(len(row.cells) for row in (head, *body))
        return cls(_headings(head, width), tuple(body), tuple(notes))

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> "Table":
        """Return the table that `plain` was made of."""
        rows = (Row(number, tuple(map(_typed, cells))) for number, cells in plain["rows"])
        return cls(tuple(plain["columns"]), tuple(rows), tuple(plain["notes"]))

    def plain(self) -> dict[str, Any]:
        """Return the table as plain JSON; a date is `{"date": "2026-02-03"}`."""
        rows = [[row.number, [_untyped(cell) for cell in row.cells]] for row in self.rows]
        return {"columns": list(self.columns), "rows": rows, "notes": list(self.notes)}


def column_letter(position: int) -> str:
    """Return what spreadsheets call the column `position`, counted from 0: `A` to `Z`, `AA`."""
    letters = ""
    position += 1
    while position:
        position, letter = divmod(position - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _typed(value: Any) -> Cell:
    if isinstance(value, dict):
        return dt.date.fromisoformat(value["date"])
    cell: Cell = value
    return cell


def _untyped(cell: Cell) -> Any:
    return {"date": cell.isoformat()} if isinstance(cell, dt.date) else cell


def _said(rows: Iterable[tuple[int, Sequence[Cell]]]) -> Iterator[Row]:
    for place, cells in rows:
        end = len(cells)
        while end and cells[end - 1] in (None, ""):
            end -= 1
        if not end:
            continue
        if end > MOST_COLUMNS:
            raise UnreadableTable(
                f"Die Tabelle hat mehr als {MOST_COLUMNS} Spalten (Zeile {number(place)})."
            )
        kept = tuple(None if cell == "" else cell for cell in cells[:end])
        for position, cell in enumerate(kept):
            if isinstance(cell, str) and len(cell) > LONGEST_CELL:
                raise UnreadableTable(
                    f"Die Zelle {column_letter(position)}{place} hat mehr als "
                    f"{number(LONGEST_CELL)} Zeichen."
                )
        yield Row(place, kept)


def _headings(head: Row, width: int) -> tuple[str, ...]:
    headings: list[str] = []
    for position in range(width):
        cell = head.cell(position)
        heading = " ".join(str(cell).split()) if cell is not None else ""
        heading = heading or f"Spalte {column_letter(position)}"
        if heading in headings:
            raise UnreadableTable(
                f"Die Überschrift „{heading[:60]}“ steht zweimal, in den Spalten "
                f"{column_letter(headings.index(heading))} und {column_letter(position)}."
            )
        headings.append(heading)
    return tuple(headings)
