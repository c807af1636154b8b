"""Tables that town halls send, and those that nobody should open."""

import datetime as dt
import io
import resource
import time
import zipfile

import pytest
from openpyxl import Workbook

from directory.sheets.reading import read_table
from directory.sheets.table import Row, Table, UnreadableTable, column_letter
from directory.sheets.writing import SheetColumn, csv_lines, write_xlsx
from tests.sheets.workbooks import TITLES, archive, text_row, workbook

EXPECTED = Table(
    columns=("Kommune", "Titel"),
    rows=(
        Row(2, ("Übach-Palenberg", "Ehrenamt – „gemeinsam“")),
        Row(3, ("Köln", "Zeile 1\nZeile 2; mit Semikolon")),
    ),
)
SHEET = (
    "Kommune{s}Titel{n}Übach-Palenberg{s}Ehrenamt – „gemeinsam“{n}"
    'Köln{s}"Zeile 1{n}Zeile 2; mit Semikolon"{n}'
)


def sentence_of(data: bytes, filename: str = "tabelle.xlsx") -> str:
    """Return what is said of a file that must not be read, quickly and with few resources."""
    start = time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableTable) as refused:
        read_table(data, filename)
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert refused.value.sentence.endswith(".")
    return refused.value.sentence


# What programmes write -------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_reads_the_same_however_it_was_saved(
    separator: str, newline: str, encoding: str
) -> None:
    data = SHEET.format(s=separator, n=newline).encode(encoding)
    assert read_table(data, "export.csv") == EXPECTED


def test_quotes_and_empty_lines_are_what_excel_makes_of_them() -> None:
    data = b'"A ""1""";B;\r\n\r\n;;;;\r\n"x";" y ";;;\r\n;;\r\n'
    assert read_table(data, "a.csv") == Table(('A "1"', "B"), (Row(4, ("x", "y")),))


def test_the_line_that_names_the_separator_is_no_header() -> None:
    assert read_table(b"sep=|\r\nA|B;C\r\n1|2\r\n", "a.csv") == Table(
        ("A", "B;C"), (Row(3, ("1", "2")),)
    )


def test_a_column_without_heading_is_called_by_its_letter() -> None:
    assert read_table(b"A;;C\n1;2;3;4\n", "a.csv").columns == ("A", "Spalte B", "C", "Spalte D")


def test_columns_have_the_letters_of_spreadsheets() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]


def test_a_workbook_keeps_its_types() -> None:
    # Cells know no time zones.
    day, moment = (dt.datetime.fromisoformat(text) for text in ("2026-02-03", "2026-02-03T14:30"))
    book = Workbook()
    page = book.active
    page.append(["Text", "Zahl", "Komma", "Tag", "Wahr", "Moment"])
    page.append(["a\r\nb", 5.0, 1234.5, day, True, moment])
    page.cell(row=5, column=6, value="")
    assert read_table(saved(book), "a.xlsx") == Table(
        ("Text", "Zahl", "Komma", "Tag", "Wahr", "Moment"),
        (Row(2, ("a\nb", 5, 1234.5, dt.date(2026, 2, 3), "WAHR", "03.02.2026 14:30")),),
    )


def test_a_formula_counts_as_the_value_last_stored() -> None:
    book = workbook(
        TITLES
        + '<row r="2"><c r="A2"><f>WEBSERVICE("http://x")</f><v>7</v></c></row>'
        + '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3" t="inlineStr"><is><t>b</t></is></c></row>'
    )
    table = read_table(book, "a.xlsx")
    assert table.rows == (Row(2, (7,)), Row(3, (None, "b")))
    assert table.notes == (
        "Formeln werden nicht berechnet: Es gilt der Wert, der zuletzt gespeichert wurde.",
    )


def test_only_the_first_visible_sheet_is_read_and_that_is_said() -> None:
    book = Workbook()
    hidden, first, second = book.active, book.create_sheet("Beispiele"), book.create_sheet("Rest")
    hidden.sheet_state = "hidden"
    hidden.append(["nichts"])
    first.append(["Titel"])
    first.append(["eins"])
    second.append(["zwei"])
    table = read_table(saved(book), "a.xlsx")
    assert (table.columns, table.rows) == (("Titel",), (Row(2, ("eins",)),))
    assert table.notes == ("Gelesen wurde nur das erste Blatt, „Beispiele“.",)


def test_what_we_write_is_what_we_read_again() -> None:
    head = ("Text", "Zahl", "Tag")
    rows = [("=1+1", 7, dt.date(2026, 2, 3)), ("@x\n„ü“", -5, None), ("+49 2331 207", None, None)]
    file = io.BytesIO()
    columns = [SheetColumn(header=name, hint="Bitte ausfüllen") for name in head]
    write_xlsx(file, sheet="Tabelle", columns=columns, rows=rows, notes=["Quelle: Amt"])
    assert read_table(file.getvalue(), "a.xlsx").rows == tuple(
        Row(number, row[: 3 - row.count(None)]) for number, row in enumerate(rows, start=2)
    )
    as_csv = read_table(b"".join(csv_lines(head, rows)), "a.csv")
    assert as_csv.rows == (
        Row(2, ("=1+1", "7", "03.02.2026")),
        Row(3, ("@x\n„ü“", "-5")),
        Row(4, ("+49 2331 207",)),
    )


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# What nobody should open -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "leer"),
        (b"\xef\xbb\xbf\r\n;;\r\n", "nichts"),
        (b"Titel;Kommune\r\n", "keine Zeilen"),
        (b"A;A\n1;2\n", "„A“ steht zweimal, in den Spalten A und B"),
        (b"A;B\n1;\0\n", "Zeichen"),
        ("A;B\n1;2\n".encode("utf-16-le"), "Zeichen"),
        (b"\xff\xfeA\x00;\x00\x00\xd8\n\x00", "Zeile 1"),
        (b"\xef\xbb\xbfA;B\nx;\xed\xa0\x80\n", "Zeile 2"),
        ("A\nÜbergröße\n".encode() + b"\xff\n", "Zeile 3"),
        (b"A\n\x81\x8d\n", "Zeile 2"),
        (b'A;B\n1;"offen\n2;3\n', "Anführungszeichen"),
        (b'A;B\n"1"x;2\n', "Zeile 2"),
        (b"A\n" + b"x" * 32_768 + b"\n", "A2 hat mehr als 32.767 Zeichen"),
        (b"A\n" + b"x" * 20_000_000, "20 MB"),
        (b"A\n" + b"x" * 10_000_000, "Zeile"),
        (b"A\n" + b"x\n" * 20_001, "20.000 Zeilen"),
        (b";".join([b"x"] * 101) + b"\nx\n", "100 Spalten"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04" + b"\0" * 50, "beschädigt"),
        (b"{\\rtf1 \x00}", "Zeichen"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(data: bytes, expected: str) -> None:
    assert expected in sentence_of(data, "tabelle.csv")


def test_a_web_page_that_calls_itself_a_workbook_is_named() -> None:
    page = b"\xef\xbb\xbf\r\n<html><table><tr><td>Titel</td></tr></table></html>"
    assert "Webseite, die sich als Excel-Datei ausgibt" in sentence_of(page, "alt.XLS")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"foto.jpg": b"x"}, "ZIP-Archiv"),
        ({"mimetype": "application/vnd.oasis…", "content.xml": "<x/>"}, "OpenDocument"),
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
        ({"xl/workbook.xml": "<workbook"}, "beschädigt"),
    ],
)
def test_other_archives_are_named(parts: dict[str, str | bytes], expected: str) -> None:
    assert expected in sentence_of(archive(parts))


def test_a_file_that_unpacks_to_far_more_is_refused_before_it_is_read() -> None:
    bomb = workbook(more={"xl/media/a.xml": b" " * 30_000_000})
    assert len(bomb) < 40_000
    assert "entpackt" in sentence_of(bomb)


def test_a_lie_about_the_size_of_a_member_does_not_help() -> None:
    data = bytearray(workbook(more={"xl/media/a.bin": b" " * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    assert data.count(size) == 2
    assert "beschädigt" in sentence_of(bytes(data.replace(size, (10).to_bytes(4, "little"))))


@pytest.mark.parametrize("more", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"])
def test_macros_and_links_to_other_files_are_refused(more: str) -> None:
    assert "speichern" in sentence_of(workbook(TITLES, more={more: b"<x/>"}))


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "head",
    [
        LAUGHS,
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        f"<?xml version='1.0'?>{' ' * 65_530}<!DocType x [<!ENTITY a SYSTEM 'http://127.0.0.1'>]>",
    ],
)
def test_type_definitions_are_refused(head: str) -> None:
    row = '<row r="1"><c r="A1" t="inlineStr"><is><t>&j;&a;</t></is></c></row>'
    assert "DTD" in sentence_of(workbook(row, head=head))


def test_type_definitions_in_another_encoding_are_refused() -> None:
    sheet = f'<?xml version="1.0" encoding="utf-16"?>{LAUGHS}<worksheet/>'
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        hostile = workbook(more={"xl/worksheets/sheet1.xml": sheet.encode(encoding)})
        assert "beschädigt" in sentence_of(hostile)


def test_stated_dimensions_do_not_count() -> None:
    rows = TITLES + text_row(2, ["eins"])
    with zipfile.ZipFile(io.BytesIO(workbook())) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    stated = sheet.replace("<sheetData>", f'<dimension ref="A1:XFD1048576"/><sheetData>{rows}')
    table = read_table(workbook(more={"xl/worksheets/sheet1.xml": stated}), "a.xlsx")
    assert table == Table(("Titel",), (Row(2, ("eins",)),))


def test_a_row_at_the_very_end_of_the_sheet_is_read_with_its_number() -> None:
    table = read_table(workbook(TITLES + text_row(1_048_576, ["eins"])), "a.xlsx")
    assert table.rows == (Row(1_048_576, ("eins",)),)


@pytest.mark.parametrize(
    "rows",
    [
        text_row(99_999_999_999, ["eins"]),
        "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(2, 40_000)),
        '<row r="2">' + "<c/>" * 6_000_000 + "</row>",
    ],
    ids=["far away", "wide", "cells without end"],
)
@pytest.mark.slow
def test_what_costs_too_much_is_given_up(rows: str) -> None:
    assert sentence_of(workbook(TITLES + rows))


def test_more_than_a_hundred_columns_and_far_away_cells_are_refused() -> None:
    far = '<row r="2"><c r="XFD2" t="inlineStr"><is><t>x</t></is></c></row>'
    assert "100 Spalten" in sentence_of(workbook(TITLES + far))
    many = "".join(text_row(number, ["x"]) for number in range(2, 20_003))
    assert "20.000 Zeilen" in sentence_of(workbook(TITLES + many))


def test_a_hostile_workbook_does_not_see_our_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from directory.sheets import reading

    given: dict[str, str] = {}
    run = reading.subprocess.run

    def watched(*arguments: object, **options: object) -> object:
        given.update(options["env"])  # type: ignore[call-overload]
        return run(*arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setenv("DIRECTORY_SECRET_KEY", "k" * 40)
    monkeypatch.setattr(reading.subprocess, "run", watched)
    read_table(workbook(TITLES + text_row(2, ["eins"])), "a.xlsx")
    assert "DIRECTORY_SECRET_KEY" not in given
