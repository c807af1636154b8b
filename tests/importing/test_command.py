"""`directory import`: from a file to the catalogue, and an exit code to match."""

import io
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook
from sqlalchemy import create_engine, text

from directory.importing.models import ImportKind
from tests import commands

FILE = (
    "Kommune;Stelle;Telefon;Quelle\r\n"
    "Hemer;Ehrenamtsbüro – Test;02372 551-0;https://www.example.org/ehrenamt\r\n"
    "05914000;Ehrenamtsbüro – Test;;https://www.example.org/ehrenamt\r\n"
)


@pytest.fixture
def url(sqlite_databases):  # type: ignore[no-untyped-def]
    with sqlite_databases.seeded() as address:
        yield address


def run(url: str, *words: str | Path, answer: str = "") -> Result:
    return commands.run(("import", *words), url, typed=answer)


def count(url: str, condition: str = "1 = 1") -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            text(f"SELECT count(*) FROM contact_point WHERE {condition}")  # noqa: S608
        ).scalar_one()
    engine.dispose()
    return int(found)


def saved(folder: Path, content: str, encoding: str = "cp1252") -> Path:
    file = folder / "liste.csv"
    file.write_bytes(content.encode(encoding))
    return file


def test_a_file_is_shown_imported_and_taken_back(url: str, tmp_path: Path) -> None:
    file, before = saved(tmp_path, FILE), count(url)
    shown = run(url, "contacts", file, "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "Zeile 2: neu – Hemer: Ehrenamtsbüro – Test" in shown.output
    assert "2 Zeilen: 2 neu, 0 geändert, 0 unverändert, 0 fehlerhaft" in shown.output
    assert count(url) == before

    declined = run(url, "contacts", file, answer="n\n")
    assert (declined.exit_code, count(url)) == (1, before)

    done = run(url, "contacts", file, "--yes")
    assert done.exit_code == 0, done.output
    assert "directory import undo 1" in done.output
    assert count(url) == before + 2
    assert "Ansprechstellen, liste.csv: übernommen (2 neu, 0 geändert)" in run(url, "list").output

    changed = run(url, "contacts", saved(tmp_path, FILE.replace("551-0", "551-9")), "--dry-run")
    assert "    Telefon: „02372 551-0“ → „02372 551-9“" in changed.output
    assert "nichts geschrieben" in run(url, "contacts", saved(tmp_path, FILE), "--yes").output

    undone = run(url, "undo", "1")
    assert undone.exit_code == 0, undone.output
    assert "2 neue Einträge zurückgezogen" in undone.output
    assert count(url, "status = 'archived'") == 2
    assert run(url, "undo", "1").exit_code == 1
    assert "0 Importe gelöscht" in run(url, "erase").output


def test_one_wrong_cell_and_nothing_is_written(url: str, tmp_path: Path) -> None:
    before = count(url)
    wrong = run(url, "contacts", saved(tmp_path, FILE.replace("05914000", "Nirgendwo")), "--yes")
    assert wrong.exit_code == 1
    assert "A3 Kommune („Nirgendwo“): Es gibt keine Kommune „Nirgendwo“." in wrong.output
    assert "1 Zeile ist fehlerhaft; es wurde nichts übernommen." in wrong.output
    assert count(url) == before


def test_columns_may_be_named_on_the_command_line(url: str, tmp_path: Path) -> None:
    file = saved(tmp_path, FILE.replace("Stelle", "Wer hilft"))
    unclear = run(url, "contacts", file, "--dry-run")
    assert (unclear.exit_code, "Es fehlt „Kommune“ und „Stelle“" in unclear.output) == (1, True)
    assert run(url, "contacts", file, "--dry-run", "--map", "Wer hilft=Stelle").exit_code == 0
    assert run(url, "contacts", file, "--dry-run", "--map", "B").exit_code == 2


def test_a_file_that_is_no_table_is_named_in_one_sentence(url: str, tmp_path: Path) -> None:
    refused = run(url, "contacts", saved(tmp_path, "<html></html>"), "--yes")
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
    assert "Das ist eine Webseite" in refused.output


@pytest.mark.parametrize("kind", ImportKind)
@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_template_can_be_filled_in_and_imported(
    url: str, tmp_path: Path, kind: ImportKind, suffix: str
) -> None:
    file = tmp_path / f"vorlage.{suffix}"
    written = run(url, "template", kind.value, f"--{suffix}", "--output", file)
    assert written.exit_code == 0, written.output
    left = run(url, kind.value, file, "--dry-run")
    assert (left.exit_code, "Beispiel der Vorlage" in left.output) == (1, True)
    if suffix == "xlsx":
        book = load_workbook(io.BytesIO(file.read_bytes()))
        page = book.worksheets[0]
        page["A2"] = "hagen-beispiel" if kind is ImportKind.PRACTICES else "Hagen"
        book.save(file)
        filled = run(url, kind.value, file, "--dry-run")
        assert filled.exit_code == 0, filled.output
