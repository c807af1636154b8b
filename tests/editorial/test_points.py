"""From an address to a point: chosen, corrected, looked up politely, and never guessed."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.accounts.models import Role
from directory.contacts.models import ContactPoint
from directory.db import db
from directory.editorial.geocoding import waiting
from directory.publication.models import Stage, WorkingCopy
from tests.commands import run
from tests.editorial.test_writing import HEMER, send, typed
from tests.geocoding import PLACE, Service, geocoding_service, says
from tests.pages import Page, get
from tests.signing_in import signed_in

NEW = "/redaktion/ansprechstellen/neu"
OFFICE = {
    "ags": HEMER,
    "unit": "Stabsstelle Ehrenamt",
    "street": "Hademareplatz 44",
    "postcode": "58675",
    "town": "Hemer",
    "source_url": "https://www.hemer.de/ehrenamt",
}
HOUSE = "51.388000,7.770000"


@pytest.fixture
def service() -> Iterator[Service]:
    with geocoding_service() as found:
        yield found


@pytest.fixture
def asking_app(app: Flask, service: Service) -> Flask:
    app.config["DIRECTORY"] = replace(app.config["DIRECTORY"], geocoder_url=service.url)
    return app


def offered(page: Page) -> dict[str, str]:
    """Label → value of the points to choose from."""
    return {
        label.text: page.one(f"#{label['for']}")["value"]
        for label in page.all(".desk-point__offers label")
    }


def search(client: FlaskClient, **written: object) -> tuple[str, Page]:
    path = send(client, NEW, {**OFFICE, "version": 0})
    onward = send(client, path + "/punkt", {**OFFICE, **written, "version": 1, "weiter": "punkt"})
    assert onward == f"{path}?punkt=1#punkt"
    return path, get(client, onward.split("#")[0])


def kept(app: Flask) -> dict[str, object]:
    with app.app_context():
        return db.session.scalars(select(WorkingCopy)).one().fields


def test_our_own_gazetteer_offers_the_middle_of_the_town(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path, page = search(editor, phone="+49 2372 551-0")
    assert typed(page)["phone"] == "+49 2372 551-0"
    centre, keep = offered(page).items()
    assert centre[0] == "58675 Hemer – Ortsmitte, nicht das Haus"
    assert keep == ("So lassen, wie es unten steht", "")
    send(editor, path, {**typed(page), "punkt": centre[1]})
    lat, lon = (float(part) for part in centre[1].split(","))
    assert (kept(app)["lat"], kept(app)["lon"]) == (lat, lon)
    assert (round(lat), round(lon)) == (51, 8)


@pytest.mark.parametrize(
    ("typed_as", "means"),
    [("51,388", 51.388), ("51.388", 51.388), (" 51, 3880001 ", 51.388), ("Norden", "Norden")],
)
def test_numbers_are_taken_as_people_write_them(app: Flask, typed_as: str, means: object) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(editor, NEW, {**OFFICE, "lat": typed_as, "lon": "7,77", "version": 0})
    assert (kept(app)["lat"], kept(app)["lon"]) == (means, 7.77)
    assert typed(get(editor, path))["lat"] == str(means).replace(".", ",")


@pytest.mark.parametrize(
    ("lat", "lon", "sentence"),
    [
        ("51,4", "", "Breite und Länge gehören zusammen."),
        ("7,77", "51,4", "sind Breite und Länge vertauscht?"),
        ("Norden", "7,77", "Bitte eine Zahl in Ziffern angeben."),
    ],
)
def test_half_a_point_or_one_elsewhere_is_a_sentence(
    app: Flask, lat: str, lon: str, sentence: str
) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(editor, NEW, {**OFFICE, "lat": lat, "lon": lon, "version": 0})
    assert sentence in send(editor, path + "/einreichen", {}, 422)


def test_the_office_asks_the_service_and_readers_see_the_point_nowhere_else(
    asking_app: Flask, service: Service
) -> None:
    office = signed_in(asking_app, Role.REVIEWER, ())
    path, page = search(office)
    assert len(service.asked) == 1
    assert "Hademareplatz+44%2C+58675+Hemer" in service.asked[0]["path"]
    assert next(iter(offered(page).items())) == ("Hademareplatz 44, Hemer", HOUSE)
    send(office, path, {**typed(page), "punkt": HOUSE})
    send(office, path + "/einreichen", {})
    reviewer = signed_in(asking_app, Role.REVIEWER, ())
    send(reviewer, path.replace("fassungen", "pruefung") + "/veroeffentlichen", {})
    with asking_app.app_context():
        contact = db.session.scalars(
            select(ContactPoint).where(ContactPoint.unit == OFFICE["unit"])
        ).one()
        assert (contact.lat, contact.lon) == (51.388, 7.77)


def test_editors_ask_nobody_outside(asking_app: Flask, service: Service) -> None:
    _, page = search(signed_in(asking_app, Role.EDITOR, (HEMER,)))
    assert len(offered(page)) == 2
    assert service.asked == []


def test_a_service_that_lies_or_is_away_loses_nothing(asking_app: Flask, service: Service) -> None:
    service.answer = says([], 500)
    office = signed_in(asking_app, Role.REVIEWER, ())
    _, page = search(office, phone="+49 2372 551-0")
    assert "Sie können ohne Punkt speichern oder ihn selbst setzen" in page.text
    assert typed(page)["phone"] == "+49 2372 551-0"
    assert len(offered(page)) == 2


def test_the_privacy_page_names_the_service(asking_app: Flask) -> None:
    assert "127.0.0.1" in get(asking_app.test_client(), "/datenschutz").text


def geocode(app: Flask, options: str = "") -> Result:
    settings = app.config["DIRECTORY"]
    return run(
        f"geocode {options}",
        settings.database_url,
        settings.instance_dir,
        DIRECTORY_GEOCODER_URL=settings.geocoder_url,
    )


def test_the_command_hands_points_in_for_review(asking_app: Flask, service: Service) -> None:
    with asking_app.app_context():
        first, second, *_ = waiting(db.session)
    dry = geocode(asking_app, "--dry-run --limit 1")
    assert (dry.exit_code, service.asked) == (0, [])
    assert f"{first.unit}: {first.address}" in dry.output

    service.answer = says(
        [{**PLACE, "display_name": "Anderswo, 99999"}, {**PLACE, "display_name": first.address}]
    )
    result = geocode(asking_app, "--limit 2")
    assert result.exit_code == 0, result.output
    assert "2 Anschriften nachgeschlagen, 1 Punkt wartet auf die Prüfung." in result.output
    with asking_app.app_context():
        copy = db.session.scalars(select(WorkingCopy)).one()
        assert (copy.key, copy.stage, copy.author) == (first.key, Stage.SUBMITTED, "befehl")
        assert (copy.fields["lat"], copy.fields["lon"]) == (51.388, 7.77)
        contact = db.session.get_one(ContactPoint, int(first.key))
        assert contact.lat is None
        assert next(waiting(db.session)) == second
    page = get(signed_in(asking_app, Role.REVIEWER, ()), f"/redaktion/pruefung/{1}")
    assert first.unit in page.text


def test_the_command_says_that_the_service_is_off_or_away(app: Flask, service: Service) -> None:
    off = geocode(app)
    assert off.exit_code == 1
    assert "DIRECTORY_GEOCODER_URL" in off.output
    app.config["DIRECTORY"] = replace(app.config["DIRECTORY"], geocoder_url=service.url)
    service.answer = says("Unsinn")
    away = geocode(app)
    assert away.exit_code == 1
    assert "antwortet gerade nicht brauchbar" in away.output
    assert len(service.asked) == 1
