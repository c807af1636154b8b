"""What a cell says, as people in Germany write it: 1.234,5 and 03.02.2026.

Each function takes a `Cell` and raises `ValueError` with a German sentence.
"""

import datetime as dt
import re

from directory.sheets.table import Cell

_INTEGER = re.compile(r"-?(?:\d{1,12}|\d{1,3}(?:[. \u00a0\u202f]\d{3})+)(?:,0+)?", re.ASCII)
_DAY_FIRST = re.compile(r"(?:(\d{1,2})\.)?(?:(\d{1,2})\.)?(\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})/(\d{4})", re.ASCII)
_ERROR = re.compile(
    r"#(?:(?:REF|BEZUG|VALUE|WERT|NUM|ZAHL|NULL|DIV/0|SPILL|ÜBERLAUF|CALC|KALK)!|NAME\?|N/A|NV)"
)


def as_text(cell: Cell) -> str | None:
    """Return the cell as text; whole numbers without a decimal point."""
    if cell is None:
        return None
    if isinstance(cell, dt.date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    text = str(cell)
    if _ERROR.fullmatch(text):
        raise ValueError(f"In der Zelle steht ein Fehler der Tabelle ({text}).")
    return text


def as_integer(cell: Cell) -> int | None:
    """Return a whole number: 1234, 1.234 or 1234,0."""
    text = as_text(cell)
    if text is None:
        return None
    if isinstance(cell, dt.date) or not _INTEGER.fullmatch(text):
        raise ValueError("Bitte eine ganze Zahl in Ziffern angeben.")
    return int(re.sub(r"[. \u00a0\u202f]|,0+$", "", text))


def as_date(cell: Cell) -> dt.date | None:
    """Return a full date: 03.02.2026 or 2026-02-03."""
    if isinstance(cell, dt.date):
        return cell
    partial = as_partial_date(cell)
    if partial is None:
        return None
    if len(partial) < 10:
        raise ValueError("Bitte ein Datum mit Tag, Monat und Jahr angeben, etwa 03.02.2026.")
    return dt.date.fromisoformat(partial)


def as_partial_date(cell: Cell) -> str | None:
    """Return `2026-02-03`, `2026-02` or `2026` for a date that may lack its day or month."""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    text = as_text(cell)
    if text is None:
        return None
    parts = _parts(text)
    try:
        if parts is not None:
            year, month, day = parts
            dt.date(year, month or 1, day or 1)
            return "-".join(f"{part:02d}" for part in parts if part)
    except ValueError:
        pass  # well-formed, but not in the calendar
    raise ValueError("Bitte ein Datum angeben, etwa 03.02.2026, 02.2026 oder 2026.")


def _parts(text: str) -> tuple[int, int, int] | None:
    # Year, month and day; what is not said is 0.
    if found := _DAY_FIRST.fullmatch(text):
        first, second, year = found.groups()
        day, month = (first, second) if second else (None, first)
        return int(year), int(month or 0), int(day or 0)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
        return int(year), int(month or 0), int(day or 0)
    if found := _MONTH_AND_YEAR.fullmatch(text):
        return int(found[2]), int(found[1]), 0
    return None
