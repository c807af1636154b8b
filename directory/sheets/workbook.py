"""Reads one XLSX workbook from standard input: a programme of its own.

:mod:`directory.sheets.reading` starts it by its path, so that whatever a hostile file makes
openpyxl do is done under limits and can be ended. It imports nothing of the house and answers with
one JSON object: `rows` and `notes`, or `refused` with a sentence for people.
"""

import datetime as dt
import io
import json
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

# openpyxl would load numpy only to know its numbers.
sys.modules["numpy"] = None  # type: ignore[assignment]

_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_LAST_ROW, _MOST_PLACES = 1_048_576, 10_000_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Refused(Exception):
    """The workbook is beyond a limit."""


def main(seconds: int, memory: int, most_rows: int, most_columns: int, most_text: int) -> None:
    """Answer with the first sheet of the workbook; limits in CPU seconds, bytes and characters."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    try:
        answer = _read(data, most_rows, most_columns, most_text)
    except Refused as refused:
        answer = {"refused": str(refused)}
    sys.stdout.write(json.dumps(answer))


def _read(data: bytes, most_rows: int, most_columns: int, most_text: int) -> dict[str, Any]:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Refused("In der Arbeitsmappe ist kein Blatt sichtbar.")
    sheet = sheets[0]
    # Files state dimensions of their own liking; only what is there counts.
    sheet.reset_dimensions()
    rows: list[tuple[int, list[Any]]] = []
    text = 0
    for number, cells in enumerate(_rows(sheet), start=1):
        if not cells:
            continue
        if len(cells) > most_columns:
            raise Refused(f"Die Tabelle hat mehr als {most_columns} Spalten.")
        rows.append((number, cells))
        # One more than the limit tells the caller that there are too many; the header is another.
        if len(rows) > most_rows + 1:
            break
        text += sum(len(cell) for cell in cells if isinstance(cell, str))
        if text > most_text:
            raise Refused("Die Tabelle enthält zu viel Text. Bitte teilen Sie sie auf.")
    notes = []
    if len(sheets) > 1:
        notes.append(f"Gelesen wurde nur das erste Blatt, „{sheet.title}“.")
    if _has_formulas(data):
        notes.append(
            "Formeln werden nicht berechnet: Es gilt der Wert, der zuletzt gespeichert wurde."
        )
    return {"rows": rows, "notes": notes}


def _rows(sheet: Any) -> Iterator[list[Any]]:
    places = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        end = len(values)
        # Missing cells and rows are made up by the library, however far away the next one is.
        places += end
        if number > _LAST_ROW or places > _MOST_PLACES:
            raise Refused("Die Tabelle reicht zu weit nach rechts oder nach unten.")
        while end and values[end - 1] in (None, ""):
            end -= 1
        yield [_plain(value) for value in values[:end]]


def _plain(value: Any) -> Any:
    """Return `value` as JSON has it; a date is `{"date": "2026-02-03"}`."""
    if value is None or isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if value else None
    if isinstance(value, bool):
        return "WAHR" if value else "FALSCH"
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return {"date": value.date().isoformat()}
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value if isinstance(value, int | float) else str(value)


def _has_formulas(data: bytes) -> bool:
    with ZipFile(io.BytesIO(data)) as archive:
        return any(
            _FORMULA.search(archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
