"""Tables and GeoJSON of a filter, opened by the programmes they are for."""

import csv
import datetime as dt
import io
import tracemalloc
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.allowances import Allowance
from directory.db import db
from directory.feeds import exports
from directory.printing import typesetting
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import index
from directory.web.prepared import Shelf
from tests.factories import build_practice
from tests.pages import get

LISTS = ("/kommunen", "/praxisbeispiele")


def read_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith("\ufeff".encode())
    text = io.StringIO(answer.data.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, delimiter=";", strict=True))


def read_xlsx(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def read_geojson(client: FlaskClient, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "application/geo+json"
    found: dict[str, Any] = orjson.loads(answer.data)
    return found


@pytest.mark.parametrize(
    "address",
    [
        "/kommunen?mitglied=alle&sort=einwohner",
        "/kommunen",
        "/praxisbeispiele?thema=vernetzung&seite=2",
        "/praxisbeispiele?ort=Bonn&umkreis=25",
        "/praxisbeispiele?q=Heimatpreis",
    ],
)
def test_every_form_holds_all_hits_of_the_list_in_its_order(
    client: FlaskClient, address: str
) -> None:
    page = get(client, address)
    total = int(page.one("#treffer-titel").text.split()[0].replace(".", ""))
    csv_rows = read_csv(client, page.link("CSV"))
    urls = [row["Adresse des Eintrags"] for row in csv_rows]
    assert len(urls) == len(set(urls)) == total > 0
    sheet = read_xlsx(client, page.link("Excel")).worksheets[0]
    column = [cell.value for cell in sheet[1]].index("Adresse des Eintrags")
    assert [row[column] for row in sheet.iter_rows(min_row=2, values_only=True)] == urls
    features = read_geojson(client, page.link("GeoJSON"))["features"]
    assert [one["properties"]["url"] for one in features] == urls
    if "seite" not in address:
        shown = [f"http://localhost{one['href']}" for one in page.all("h3.card__title a")]
        assert urls[: len(shown)] == shown


@pytest.mark.parametrize("path", LISTS)
def test_columns_are_typed_and_stay_in_sight(client: FlaskClient, path: str) -> None:
    book = read_xlsx(client, f"{path}.xlsx")
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    head = [cell.value for cell in sheet[1]]
    row = dict(zip(head, next(sheet.iter_rows(min_row=2, values_only=True)), strict=True))
    assert isinstance(row["Einwohnerzahl"], int)
    assert isinstance(row["Eintrag geändert am"], dt.datetime)
    assert str(row["Amtlicher Gemeindeschlüssel"]).startswith("05")
    assert all(cell.hyperlink is None for line in sheet.iter_rows() for cell in line)


def test_the_workbook_names_sources_filter_and_day(client: FlaskClient) -> None:
    book = read_xlsx(client, "/praxisbeispiele.xlsx?thema=vernetzung&kreis=unbekannt")
    assert book.sheetnames == ["Praxisbeispiele", "Quellen"]
    notes = "\n".join(str(row[0]) for row in book["Quellen"].iter_rows(values_only=True))
    for expected in (
        "© Statistisches Bundesamt (Destatis)",
        "Auswahl: Thema: ",
        "„Kreis“ kennt den Wert „unbekannt“ nicht",
        "http://localhost/praxisbeispiele?thema=vernetzung",
        f"Abgerufen am {dt.datetime.now(ZoneInfo('Europe/Berlin')):%d.}",
    ):
        assert expected in notes


def test_geojson_keeps_to_its_standard(client: FlaskClient) -> None:
    found = read_geojson(client, "/kommunen.geojson?mitglied=alle")
    assert found["type"] == "FeatureCollection"
    assert "crs" not in found
    for feature in found["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        if feature["geometry"] is not None:
            lon, lat = feature["geometry"]["coordinates"]
            assert 5.8 < lon < 9.5
            assert 50.3 < lat < 52.6
    bonn = next(one for one in found["features"] if one["id"] == "bonn")
    assert bonn["properties"]["ags"] == "05314000"


def test_what_somebody_wrote_never_becomes_a_formula(app: Flask) -> None:
    evil = '=HYPERLINK("http://example.org";"Klick")'
    with app.app_context():
        practice = build_practice(
            db.session, title=evil, success_factors=["+1+1", "@SUMME(A1)"], summary="x" * 40_000
        )
        build_practice(db.session, title="Kanarienvogel 4711", status=Status.DRAFT)
        index.refresh(db.session, "practice", [practice.slug])
        advance(db.session)
        db.session.commit()
        slug = practice.slug
    client = app.test_client()
    rows = read_csv(client, "/praxisbeispiele.csv")
    row = next(one for one in rows if one["Adresse des Eintrags"].endswith(f"/{slug}"))
    assert row["Titel"] == f"'{evil}"
    sheet = read_xlsx(client, "/praxisbeispiele.xlsx").worksheets[0]
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)
    (line,) = [one for one in sheet.iter_rows(values_only=True) if one[0] == evil]
    summary = [cell.value for cell in sheet[1]].index("Kurzfassung")
    assert len(str(line[summary])) == 32_767
    for ending in ("csv", "geojson"):
        assert "Kanarienvogel" not in client.get(f"/praxisbeispiele.{ending}").text


def test_files_are_named_after_their_list(client: FlaskClient) -> None:
    for path in LISTS:
        for ending in ("csv", "xlsx", "geojson"):
            answer = client.get(f"{path}.{ending}?kreis=05962", buffered=True)
            named = f"{path[1:]}.{ending}"
            assert named in answer.headers["Content-Disposition"]
            assert answer.headers["Content-Disposition"].startswith("attachment")


def test_an_unknown_list_is_not_found(client: FlaskClient) -> None:
    assert client.get("/konten.csv").status_code == 404


def test_nothing_is_left_open_while_somebody_downloads_slowly(any_app: Flask) -> None:
    answer = any_app.test_client().get("/praxisbeispiele.csv", buffered=False)
    pieces = answer.iter_encoded()
    next(pieces)
    with any_app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert len(b"".join(pieces)) > 1_000
    answer.close()


@pytest.fixture
def many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], FlaskClient]:
    """The list of practices, as if it were so many times as long."""
    find_ids = exports.find_ids

    def times(factor: int) -> FlaskClient:
        monkeypatch.setattr(exports, "find_ids", lambda *asked: [*find_ids(*asked)] * factor)
        return app.test_client()

    return times


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_a_longer_list_takes_no_more_memory(many: Any, ending: str) -> None:
    peaks = []
    for factor in (4, 24, 72):
        answer = many(factor).get(f"/praxisbeispiele.{ending}", buffered=False)
        tracemalloc.start()
        total = sum(len(piece) for piece in answer.iter_encoded())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        answer.close()
    assert total > 8_000_000
    assert peaks[2] < peaks[1] * 1.3


def test_a_table_that_cannot_say_it_is_refused_for_what_is_not_understood(
    client: FlaskClient,
) -> None:
    address = "/praxisbeispiele.csv?thema=vernetzung&kreis=unbekannt"
    page = get(client, address, status=422)
    assert "„Kreis“ kennt den Wert „unbekannt“ nicht" in page.text
    assert page.has('a[href="/praxisbeispiele?thema=vernetzung"]')
    told = client.get(address, headers={"Accept": "application/json"})
    assert told.mimetype == "application/problem+json"
    assert told.get_json()["detail"] == "„Kreis“ kennt den Wert „unbekannt“ nicht."


def test_a_crawler_waits_for_the_next_minute(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    # What other tests had printed is in memory and would not count.
    monkeypatch.setattr(typesetting, "_done", Shelf(10_000_000))
    client = app.test_client()
    assert client.get("/vorschau.png").status_code == 200
    app.extensions["file allowance"] = Allowance(3, of="Dateien", clock=lambda: 60.0)
    for address in ("/kommunen.csv", "/praxisbeispiele.csv", "/praxisbeispiele.geojson"):
        assert client.get(address, buffered=True).status_code == 200
    page = get(client, "/kommunen.xlsx", status=429)
    assert "mehr als 3 Dateien in einer Minute" in page.text
    assert page.headers["Retry-After"] == "60"
    get(client, "/kommunen/hemer/steckbrief.pdf", status=429)
    get(client, "/kommunen")
    assert client.get("/vorschau.png").status_code == 200, "it is in memory and costs nothing"
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/kommunen.csv", environ_overrides=other, buffered=True).status_code == 200
