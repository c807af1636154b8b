"""Files for spreadsheets: what people typed stays what it is."""

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from directory.sheets.writing import SheetColumn, cell, csv_lines, write_xlsx


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n =1",
        "＝1+1",
        "＠x",
        "－x",
    ],
)
def test_what_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-5", "+49 2331 207-3400", "-1.234,5", "02331/207", "a=b", "–", "'Ehrenamt'", ""]
)
def test_numbers_and_other_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_values_are_written_as_german_excel_reads_them() -> None:
    (_, line) = list(csv_lines(["A"], [[None, 3, 1.5, dt.date(2026, 2, 3), True, 'a"b\nc']]))[1:]
    assert line.decode() == ';3;1,5;03.02.2026;ja;"a""b\nc"\r\n'


def test_csv_comes_line_by_line() -> None:
    lines = csv_lines(["A"], ([number] for number in iter(int, 1)))
    assert [next(lines) for _ in range(3)] == ["\ufeff".encode(), b"A\r\n", b"0\r\n"]


def test_a_workbook_has_typed_cells_a_frozen_header_lists_and_notes() -> None:
    file = io.BytesIO()
    columns = [
        SheetColumn(header="Titel", width=40, hint="Höchstens 200 Zeichen"),
        SheetColumn(header="Beginn", kind="integer"),
        SheetColumn(header="Tag", kind="date"),
        SheetColumn(header="Stand", choices=tuple(f"Wert {number}" for number in range(60))),
    ]
    rows = [["=HYPERLINK(A1)", 2015, dt.date(2026, 2, 3), "https://example.org"]]
    write_xlsx(file, sheet="Beispiele", columns=columns, rows=rows, notes=["Quelle: Amt", "=2"])
    book = load_workbook(file)
    assert book.sheetnames == ["Beispiele", "Auswahl", "Hinweise"]
    page = book["Beispiele"]
    assert page.freeze_panes == "A2"
    assert page.column_dimensions["A"].width == pytest.approx(40, abs=1)
    title, year, day, link = page[2]
    assert (title.data_type, title.value) == ("s", "=HYPERLINK(A1)")
    assert (year.value, day.is_date, day.value.date()) == (2015, True, dt.date(2026, 2, 3))
    assert (link.value, link.hyperlink) == ("https://example.org", None)
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["D2:D2001"].formula1 == "Auswahl!$A$1:$A$60"
    assert rules["A2:A2001"].prompt == "Höchstens 200 Zeichen"
    assert book["Auswahl"]["A60"].value == "Wert 59"
    assert [row[0].value for row in book["Hinweise"]] == ["Quelle: Amt", "=2"]
