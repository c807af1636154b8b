"""Tables as files for spreadsheets: what people typed stays text and never becomes a formula.

CSV comes line by line, XLSX keeps no more than a row in memory: exports may be large.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

# Spreadsheets take a cell for a formula that begins like this, also with full-width signs.
_FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
# … but these are a number or a telephone number, and stay what they are.
_NUMBER = re.compile(r"[+-]?\d[\d .,/()-]*")
_BYTE_ORDER_MARK = "\ufeff"

_VALIDATED_ROWS = 2_000
_LONGEST_CELL = 32_767
_SHEET_OF_CHOICES = "Auswahl"
_NUMBER_FORMATS = {"integer": "0", "decimal": "#,##0.##", "date": "dd.mm.yyyy", "text": "@"}


@dataclass(frozen=True, kw_only=True)
class SheetColumn:
    """How one column looks; `kind` is text, integer, decimal or date, `width` in characters."""

    header: str
    kind: str = "text"
    width: int = 20
    # Values to choose from; others are refused unless `open_list`.
    choices: tuple[str, ...] = ()
    open_list: bool = False
    # What the spreadsheet says when the cell is entered
    hint: str = ""


# CSV --------------------------------------------------------------------------------------------


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a CSV file as German Excel opens it: semicolons, UTF-8 with a byte order mark."""
    yield _BYTE_ORDER_MARK.encode()
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";", lineterminator="\r\n")
    for row in chain([head], rows):
        writer.writerow([cell(value) for value in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def cell(value: object) -> str:
    """Return `value` as the text of a cell; what would be a formula gets an apostrophe."""
    text = _written(value)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def without_apostrophe(text: str) -> str:
    """Take away the apostrophe that `cell` put before what would have been a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    return str(value)


# XLSX -------------------------------------------------------------------------------------------


def write_xlsx(
    file: IO[bytes],
    *,
    sheet: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[object]],
    notes: Sequence[str] = (),
    notes_sheet: str = "Hinweise",
) -> None:
    """Write one table to `file`: typed columns under a frozen header, `notes` on a second sheet.

    `rows` hold texts, numbers, dates and None in the order of `columns`. Nothing becomes a formula
    or a link.
    """
    from xlsxwriter import Workbook

    # Rows leave memory as soon as the next one begins.
    options = {"constant_memory": True, "default_date_format": "dd.mm.yyyy"}
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, {**options, **plain}) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for position, column in enumerate(columns):
            formed = {"num_format": _NUMBER_FORMATS[column.kind], "valign": "top"}
            wrapped = book.add_format({**formed, "text_wrap": column.kind == "text"})
            page.set_column(position, position, column.width, wrapped)
            page.write_string(0, position, column.header, bold)
        page.freeze_panes(1, 0)
        _offer_choices(book, page, columns)
        for place, row in enumerate(rows, start=1):
            for position, value in enumerate(row):
                _write(page, place, position, value)
        if notes:
            _write_notes(book, notes, notes_sheet)


def _write(page: Any, place: int, position: int, value: object) -> None:
    if value is None or value == "":
        return
    if isinstance(value, dt.date):
        page.write_datetime(place, position, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(place, position, value)
    else:
        page.write_string(place, position, _fitting(_written(value)))


def _fitting(text: str) -> str:
    # A longer text would be left out altogether.
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _offer_choices(book: Any, page: Any, columns: Sequence[SheetColumn]) -> None:
    # Lists written into the rule itself end at 255 characters, so they stand on a sheet.
    offered = [(place, column) for place, column in enumerate(columns) if column.choices]
    for place, column in enumerate(columns):
        if column.hint and not column.choices:
            rule = {"validate": "any", **_hint(column)}
            page.data_validation(1, place, _VALIDATED_ROWS, place, rule)
    if not offered:
        return
    listed = book.add_worksheet(_SHEET_OF_CHOICES)
    for row in range(max(len(column.choices) for _, column in offered)):
        for position, (_, column) in enumerate(offered):
            if row < len(column.choices):
                listed.write_string(row, position, column.choices[row])
    for position, (place, column) in enumerate(offered):
        letter = chr(ord("A") + position)
        rule = {
            "validate": "list",
            "source": f"={_SHEET_OF_CHOICES}!${letter}$1:${letter}${len(column.choices)}",
            "error_type": "information" if column.open_list else "stop",
            "error_title": "Nicht in der Liste",
            "error_message": "Bitte eine Angabe aus der Liste wählen.",
            **_hint(column),
        }
        page.data_validation(1, place, _VALIDATED_ROWS, place, rule)


def _hint(column: SheetColumn) -> dict[str, str]:
    # Excel cuts off titles after 32 characters and hints after 255.
    if not column.hint:
        return {}
    return {"input_title": column.header[:32], "input_message": column.hint[:255]}


def _write_notes(book: Any, notes: Sequence[str], name: str) -> None:
    page = book.add_worksheet(name)
    page.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
    for row, note in enumerate(notes):
        page.write_string(row, 0, note)
