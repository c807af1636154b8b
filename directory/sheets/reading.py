"""Reading a table somebody uploaded: XLSX or CSV as spreadsheets write it, hostile or not.

Whatever is wrong with a file becomes one German sentence (`UnreadableTable`).
"""

import csv
import datetime as dt
import io
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from directory.sheets.archive import refuse_hostile
from directory.sheets.table import (
    LONGEST_CELL,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Table,
    UnreadableTable,
)
from directory.sheets.writing import without_apostrophe
from directory.text import clean, number

# What one workbook may cost, before it is given up.
_SECONDS, _MOST_SECONDS = 8, 30  # of CPU; of waiting, when the machine has much else to do
_MEMORY = 300_000_000
_MOST_TEXT = 20_000_000

_WORKBOOK = Path(__file__).with_name("workbook.py")
_ZIP, _OLD_EXCEL, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_MARKUP = re.compile(rb"\s*<(?:!doctype|!--|\?xml|html|table|head|body|meta)\b", re.IGNORECASE)
_UTF_8, _UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = ";\t,"
# What UTF-8 looks like when it is read as cp1252: the file is UTF-8, but damaged somewhere.
_MISREAD = re.compile("Ã[\u00a4\u00b6\u00bc\u201e\u2013\u0153\u0178]|â€")


def read_table(data: bytes, filename: str) -> Table:
    """Read the table in `data`; `filename` only helps to say what is wrong.

    XLSX is told from CSV by content. Raise `UnreadableTable`.
    """
    if len(data) > MOST_BYTES:
        raise UnreadableTable(
            f"Die Datei ist größer als {number(MOST_BYTES // 1_000_000)} MB. "
            "Bitte teilen Sie die Tabelle auf mehrere Dateien auf."
        )
    if not data.strip():
        raise UnreadableTable("Die Datei ist leer.")
    if data.startswith(_ZIP):
        refuse_hostile(data)
        return _read_workbook(data)
    _refuse_others(data, filename)
    return _read_csv(_decoded(data))


def _refuse_others(data: bytes, filename: str) -> None:
    if data.startswith(_OLD_EXCEL):
        raise UnreadableTable(
            "Die Datei ist in einem alten Excel-Format (.xls) oder mit einem Kennwort geschützt. "
            "Bitte speichern Sie sie ohne Kennwort als Excel-Arbeitsmappe (.xlsx)."
        )
    if _MARKUP.match(data.removeprefix(_UTF_8)):
        name = ", die sich als Excel-Datei ausgibt" if filename.lower().endswith(".xls") else ""
        raise UnreadableTable(
            f"Das ist eine Webseite{name}. Bitte öffnen Sie sie in Ihrem Tabellenprogramm und "
            "speichern Sie sie als .xlsx oder CSV."
        )
    if data.startswith(_PDF):
        raise UnreadableTable("Das ist ein PDF. Bitte laden Sie die Tabelle selbst hoch.")


# XLSX -------------------------------------------------------------------------------------------


def _read_workbook(data: bytes) -> Table:
    limits = (_SECONDS, _MEMORY, MOST_ROWS, MOST_COLUMNS, _MOST_TEXT)
    try:
        done = subprocess.run(  # noqa: S603 - our own file, numbers as arguments
            [sys.executable, "-P", _WORKBOOK, *map(str, limits)],
            input=data,
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
            # It deals with what strangers send: no keys, no address of the database.
            env={name: value for name, value in os.environ.items() if name == "PYTHONPATH"},
        )
    except subprocess.TimeoutExpired as error:
        raise _too_much() from error
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise _too_much()
    if done.returncode:
        raise UnreadableTable(
            "Die Excel-Datei ist beschädigt. Bitte speichern Sie sie in Ihrem Tabellenprogramm "
            "noch einmal, oder speichern Sie die Tabelle als CSV."
        )
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise UnreadableTable(answer["refused"])
    rows = ((place, [_cell(value) for value in cells]) for place, cells in answer["rows"])
    return Table.of(rows, answer["notes"])


def _too_much() -> UnreadableTable:
    return UnreadableTable(
        "Die Excel-Datei ist zu aufwendig, um sie zu lesen. Bitte kopieren Sie nur die Werte in "
        "eine neue Tabelle, oder speichern Sie sie als CSV."
    )


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        return dt.date.fromisoformat(value["date"])
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    cell: Cell = value
    return cell


# CSV --------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    if data.startswith(_UTF_8):
        text = _decode(data.removeprefix(_UTF_8), "utf-8")
    elif data.startswith(_UTF_16):
        text = _decode(data, "utf-16")
    else:
        text = _decode_unmarked(data)
    if "\0" in text:
        raise UnreadableTable(
            "Die Datei enthält Zeichen, die in keiner Texttabelle stehen. "
            "Bitte speichern Sie die Tabelle als .xlsx oder als CSV (UTF-8)."
        )
    return text


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _damaged(data, error.start) from error


def _decode_unmarked(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise _damaged(data, error.start) from error
        if _MISREAD.search(text):
            raise _damaged(data, error.start) from error
        return text


def _damaged(data: bytes, position: int) -> UnreadableTable:
    line = number(data.count(b"\n", 0, position) + 1)
    return UnreadableTable(
        f"In Zeile {line} stehen Zeichen, die sich nicht lesen lassen. Bitte speichern Sie die "
        "Tabelle noch einmal als CSV (UTF-8) oder als .xlsx."
    )


def _read_csv(text: str) -> Table:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    stated = re.match(r'"?sep=(.)"?\n', text)
    skipped = 0
    if stated:
        text, skipped = text[stated.end() :], 1
    separator = stated[1] if stated else _separator(text)
    return Table.of((place + skipped, cells) for place, cells in _csv_rows(text, separator))


def _csv_rows(text: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    # Newlines inside of quotes stay in their cell: the lines come with their ends.
    csv.field_size_limit(max(csv.field_size_limit(), 4 * LONGEST_CELL))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    last = 0
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            raise UnreadableTable(
                f"Ab Zeile {number(last + 1)} ist unklar, wo eine Zelle endet: "
                'Wahrscheinlich fehlt ein Anführungszeichen (").'
            ) from error
        if cells is None:
            return
        # Spreadsheets count records, not the lines of the file.
        last += 1
        yield last, [_text(cell) for cell in cells]


def _separator(text: str) -> str:
    """Return what separates the cells of the first line that says anything."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    bare = re.sub(r'"[^"]*"?', "", first)
    return max(_SEPARATORS, key=bare.count)


def _text(value: str) -> str:
    return without_apostrophe(clean(value.replace("\r\n", "\n").replace("\r", "\n")))
