"""Numbers and dates as people in Germany write them."""

import datetime as dt

import pytest

from directory.sheets.table import Cell
from directory.sheets.values import as_date, as_integer, as_partial_date, as_text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.234", 1234),
        ("12 345", 12345),
        ("2015", 2015),
        ("5,0", 5),
        ("-3", -3),
        (7, 7),
        (None, None),
    ],
)
def test_whole_numbers(cell: Cell, expected: int | None) -> None:
    assert as_integer(cell) == expected


@pytest.mark.parametrize("cell", ["1.23", "1,5", 1.5, "zwei", "1e3", "٣", dt.date(2026, 2, 3)])
def test_what_is_no_whole_number_is_said(cell: Cell) -> None:
    with pytest.raises(ValueError, match="ganze Zahl"):
        as_integer(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("03.02.2026", "2026-02-03"),
        ("3.2.2026", "2026-02-03"),
        ("02.2026", "2026-02"),
        ("2/2026", "2026-02"),
        ("2026-02", "2026-02"),
        ("2026-02-03", "2026-02-03"),
        (2026, "2026"),
        (dt.date(2026, 2, 3), "2026-02-03"),
        (None, None),
    ],
)
def test_dates_are_as_precise_as_they_were_written(cell: Cell, expected: str | None) -> None:
    assert as_partial_date(cell) == expected


@pytest.mark.parametrize("cell", ["31.02.2026", "2026-13", "gestern", "3.2.26", 12.5, "1.2.3.2026"])
def test_what_is_no_date_is_said(cell: Cell) -> None:
    with pytest.raises(ValueError, match="Datum"):
        as_partial_date(cell)


def test_a_full_date_needs_its_day() -> None:
    assert as_date("03.02.2026") == as_date(dt.date(2026, 2, 3)) == dt.date(2026, 2, 3)
    with pytest.raises(ValueError, match="Tag, Monat und Jahr"):
        as_date("02.2026")


@pytest.mark.parametrize("cell", ["#REF!", "#NV", "#DIV/0!", "#WERT!", "#NAME?"])
def test_an_error_of_the_spreadsheet_is_no_text(cell: Cell) -> None:
    with pytest.raises(ValueError, match="Fehler der Tabelle"):
        as_text(cell)


def test_texts_and_numbers_become_text() -> None:
    cells: list[Cell] = ["#Ehrenamt", 5914000, 1.5, dt.date(2026, 2, 3), None]
    assert [as_text(cell) for cell in cells] == ["#Ehrenamt", "5914000", "1,5", "03.02.2026", None]
