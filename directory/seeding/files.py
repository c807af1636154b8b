"""Reading CSV and JSON such that every row knows the line it begins at."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import Any

from directory.text import clean

_BLANK = " \t\n\r"


@dataclass(frozen=True, order=True)
class SeedProblem:
    """One thing that is wrong in one file; `line` counts from 1, 0 stands for the whole file."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return clean(f"{place}: {self.reason}")


class UnreadableFile(Exception):
    """A file that cannot be read at all; carries the problems with it."""

    def __init__(self, problems: Iterable[SeedProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True)
class RawRow:
    """One row or element as the file has it: column or field → value."""

    file: str
    line: int
    values: dict[str, Any]


def read_csv(path: Path, columns: Sequence[str]) -> Iterator[RawRow | SeedProblem]:
    """Yield the rows of a CSV file that has exactly `columns`; empty cells are None.

    A row with too many or too few cells comes as a problem. Raise `UnreadableFile`.
    """
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise _unreadable(path, 1, f"Die Kopfzeile ist kein gültiges CSV: {error}.") from error
    _check_header(path, header, columns)

    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _unreadable(path, line, f"Kein gültiges CSV: {error}.") from error
        if cells is None:
            return
        if len(cells) == len(header):
            named = zip(header, cells, strict=True)
            yield RawRow(path.name, line, {name: cell or None for name, cell in named})
        elif cells:
            reason = f"Die Zeile hat {len(cells)} statt {len(header)} Zellen."
            yield SeedProblem(path.name, line, reason)
        # A quoted cell may span lines, so the next row begins where the reader stands now.
        line = reader.line_num + 1


def read_json_array(path: Path) -> list[RawRow]:
    """Return the elements of a JSON file that is one array of objects; raise `UnreadableFile`."""
    text = _read_text(path)
    _parse(path, text)
    return _elements(path, text, _skip(text, 0))[0]


def read_json_object(path: Path, names: Sequence[str]) -> dict[str, list[RawRow]]:
    """Return the arrays `names` of a JSON file that is one object of just these.

    Raise `UnreadableFile`.
    """
    text = _read_text(path)
    whole = _parse(path, text)
    if not isinstance(whole, dict) or set(whole) != set(names):
        wanted = " und ".join(f"„{name}“" for name in names)
        raise _unreadable(path, 1, f"Erwartet ist ein Objekt mit {wanted}.")
    arrays: dict[str, list[RawRow]] = {}
    position = _skip(text, _skip(text, 0) + 1)
    while text[position] != "}":
        name, position = _DECODER.raw_decode(text, position)
        if name in arrays:
            raise _unreadable(path, 1, f"„{name}“ steht doppelt da.")
        position = _skip(text, _skip(text, position) + 1)
        arrays[name], position = _elements(path, text, position)
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return arrays


def _read_text(path: Path) -> str:
    try:
        # Spreadsheets like to put a byte order mark in front; it means nothing.
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise _unreadable(path, 0, "Die Datei fehlt.") from error
    except OSError as error:
        raise _unreadable(path, 0, "Die Datei lässt sich nicht lesen.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _unreadable(path, line, "Die Datei ist nicht in UTF-8 gespeichert.") from error


def _check_header(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    if len(header) == 1 and ";" in header[0]:
        raise _unreadable(path, 1, "Die Spalten müssen mit Komma getrennt sein.")
    reasons = [
        *(f"Die Spalte „{name}“ fehlt." for name in columns if name not in header),
        *(f"Unbekannte Spalte „{name}“." for name in header if name not in columns),
        *(f"Die Spalte „{name}“ steht doppelt da." for name in columns if header.count(name) > 1),
    ]
    if reasons:
        raise UnreadableFile(SeedProblem(path.name, 1, reason) for reason in reasons)


def _refuse_doubled(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"Das Feld „{doubled}“ steht in einem Objekt doppelt.")
    return values


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} ist keine Zahl.")


_DECODER = JSONDecoder(object_pairs_hook=_refuse_doubled, parse_constant=_refuse_constant)


def _parse(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except JSONDecodeError as error:
        reason = f"Kein gültiges JSON ({error.msg}, Spalte {error.colno})."
        raise _unreadable(path, error.lineno, reason) from error
    except (RecursionError, ValueError) as error:
        reason = "Kein lesbares JSON: zu tief geschachtelt oder mit zu großen Zahlen."
        raise _unreadable(path, 0, reason) from error


def _elements(path: Path, text: str, position: int) -> tuple[list[RawRow], int]:
    # Walk over an array that is known to be valid, and note where each element begins.
    line, counted = 1, 0
    rows: list[RawRow] = []
    if text[position] != "[":
        line = text.count("\n", 0, position) + 1
        raise _unreadable(path, line, "Erwartet ist eine Liste.")
    position = _skip(text, position + 1)
    while text[position] != "]":
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = _DECODER.raw_decode(text, position)
        except ValueError as error:
            raise _unreadable(path, line, str(error)) from error
        if not isinstance(value, dict):
            raise _unreadable(path, line, "Erwartet ist ein Objekt.")
        rows.append(RawRow(path.name, line, value))
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return rows, position + 1


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _BLANK:
        position += 1
    return position


def _unreadable(path: Path, line: int, reason: str) -> UnreadableFile:
    return UnreadableFile([SeedProblem(path.name, line, reason)])
