"""The examples for programmers do what their page says; the command exports what the site does."""

import csv
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import openpyxl
import orjson
import pytest
from click.testing import Result
from flask.testing import FlaskClient

from tests import commands
from tests.databases import Databases

PAGE = (Path(__file__).parent.parent / "docs/programmers.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found, language
    return found


@pytest.fixture(scope="module")
def seeded(sqlite_databases: Databases):  # type: ignore[no-untyped-def]
    with sqlite_databases.seeded() as url:
        yield url


def export(url: str, arguments: str) -> Result:
    words = ("export", *shlex.split(arguments))
    return commands.run(words, url, DIRECTORY_BASE_URL="http://localhost")


def test_examples_for_curl_fetch_what_they_say(site: str, tmp_path: Path) -> None:
    for block in blocks("sh"):
        done = subprocess.run(
            ["bash", "-euc", block],
            cwd=tmp_path,
            env=os.environ | {"SITE": site, "no_proxy": "*"},
            capture_output=True,
            check=True,
            timeout=60,
        )
        assert len(orjson.loads(done.stdout)["items"]) == 5
    rows = (tmp_path / "kommunen.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 432


def test_the_example_in_python_prints_every_hit(
    site: str, client: FlaskClient, tmp_path: Path
) -> None:
    (block,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=tmp_path,
        env=os.environ | {"SITE": site, "no_proxy": "*"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    total = client.get("/api/v1/practices?thema=vernetzung").get_json()["total"]
    assert len(done.stdout.splitlines()) == total > 0


def test_examples_of_the_command_write_what_they_say(
    seeded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in blocks("text")[0].splitlines():
        command = line.removeprefix("directory export ").split(" > ")[0]
        result = export(seeded, command)
        assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["termine.ics", "vernetzung.csv"]
    assert (tmp_path / "termine.ics").read_text().startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize(
    "arguments",
    ["praxisbeispiele csv thema=vernetzung", "kommunen geojson mitglied=alle&kreis=05962"],
)
def test_files_are_those_of_the_site(seeded: str, client: FlaskClient, arguments: str) -> None:
    entries, form, query = arguments.split()
    result = export(seeded, f"{entries} --format {form} --filter '{query}'")
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == client.get(f"/{entries}.{form}?{query}").data


@pytest.mark.parametrize(
    "entries", ["veranstaltungen", "ansprechstellen", "themen", "materialien", "kommunen"]
)
def test_every_kind_comes_as_json_and_as_tables(seeded: str, tmp_path: Path, entries: str) -> None:
    items = orjson.loads(export(seeded, f"{entries} --format json").stdout_bytes)
    table = export(seeded, f"{entries} --format csv").stdout_bytes.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline=""), delimiter=";"))
    assert len(rows) - 1 == len(items) > 0
    result = export(seeded, f"{entries} --format xlsx --output {tmp_path}/x.xlsx")
    assert result.exit_code == 0, result.output
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    assert sheet.max_row == len(rows)


@pytest.mark.parametrize("entries", ["kommunen", "veranstaltungen", "materialien"])
def test_a_table_without_entries_still_names_its_columns(seeded: str, entries: str) -> None:
    whole = export(seeded, f"{entries} --format csv").stdout_bytes
    empty = export(seeded, f"{entries} --format csv --filter q=zzzzqqq").stdout_bytes
    assert b";" in empty
    assert empty == whole.partition(b"\r\n")[0] + b"\r\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("kommunen --filter thema=quatsch", 1, "„quatsch“ nicht"),
        ("ansprechstellen --filter art=x", 1, "„art“ gibt es hier nicht"),
        ("themen --format ics", 2, "nicht als ics"),
        ("kommunen --output /nonexistent/x.csv", 1, "lässt sich nicht schreiben"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    seeded: str, arguments: str, code: int, words: str
) -> None:
    result = export(seeded, arguments)
    assert result.exit_code == code
    assert words in result.output
    assert result.stdout_bytes == b""
