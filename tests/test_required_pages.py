"""Impressum, Datenschutz, Barrierefreiheit, Leichte Sprache, Lizenzen and Über, and the form.

Not in a folder `tests/pages/`: that is the name of the module with the door for pages.
"""

import datetime as dt
import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.attributions import SOFTWARE
from directory.db import db
from directory.feedback.models import FeedbackMessage
from directory.feedback.operations import MOST_MESSAGES, WITHIN
from directory.pages.required import (
    HONEYPOT,
    PLAIN_LANGUAGE_CHECKED,
    PRIVACY_CHECKED,
    STATEMENT_CHECKED,
)
from directory.web.filters import date
from tests.pages import get, post

ROOT = Path(__file__).parent.parent
FORM = "/barrierefreiheit#rueckmeldung"
STATE = "/barrierefreiheit/eingang"
REQUIRED = {
    "/ueber": "Über das Verzeichnis",
    "/leichte-sprache": "Das Wichtigste in Leichter Sprache",
    "/barrierefreiheit": "Erklärung zur Barrierefreiheit",
    "/datenschutz": "Datenschutzerklärung",
    "/impressum": "Impressum",
    "/lizenzen": "Lizenzen und Quellen",
}
MESSAGE = {"message": "Die Karte spricht nicht.", "page": "/karte", "reply_to": "", HONEYPOT: ""}
# How many days are left to look at a statement again before its test fails.
A_YEAR = dt.timedelta(days=365)


@contextmanager
def installed(app: Flask, **settings: object) -> Iterator[FlaskClient]:
    """The same installation with other settings."""
    before = app.config["DIRECTORY"]
    app.config["DIRECTORY"] = replace(before, **settings)
    yield app.test_client()
    app.config["DIRECTORY"] = before


def known_operator() -> dict[str, object]:
    return {
        "operator": "Beispielstelle für Engagement",
        "operator_address": "Rathausplatz 1, 40000 Beispielstadt",
        "operator_email": "verzeichnis@example.org",
    }


def kept_messages(app: Flask) -> list[FeedbackMessage]:
    with app.app_context():
        return list(db.session.scalars(select(FeedbackMessage)))


# The pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "h1"), REQUIRED.items())
def test_required_page_stands_and_is_linked_from_every_page(
    client: FlaskClient, path: str, h1: str
) -> None:
    assert get(client, path).h1 == h1
    anywhere = get(client, "/impressum")
    assert path in {link["href"] for link in anywhere.all("body footer a")}


@pytest.mark.parametrize("path", ["/impressum", "/datenschutz", "/barrierefreiheit"])
def test_trial_says_so_instead_of_naming_somebody(client: FlaskClient, path: str) -> None:
    page = get(client, path)
    assert page.one(".notice__title").text.startswith("Probebetrieb: ")
    assert "noch nicht eingetragen" in page.text


@pytest.mark.parametrize("path", ["/impressum", "/datenschutz", "/barrierefreiheit"])
def test_operator_is_named_where_one_is_known(app: Flask, path: str) -> None:
    with installed(app, **known_operator()) as client:
        page = get(client, path)
    assert "Probebetrieb" not in page.text
    assert "Beispielstelle für Engagement" in page.text
    assert "Rathausplatz 1" in page.text
    assert "40000 Beispielstadt" in page.text
    assert page.link("verzeichnis@example.org") == "mailto:verzeichnis@example.org"


def test_half_an_operator_is_still_a_trial(app: Flask) -> None:
    with installed(app, **known_operator() | {"operator_email": ""}) as client:
        page = get(client, "/impressum")
    assert "Probebetrieb" in page.text
    assert "Beispielstelle für Engagement" in page.text


@pytest.mark.parametrize("checked", [STATEMENT_CHECKED, PLAIN_LANGUAGE_CHECKED, PRIVACY_CHECKED])
def test_statements_were_looked_at_within_a_year(checked: dt.date) -> None:
    age = dt.datetime.now(dt.UTC).date() - checked
    assert dt.timedelta(days=-1) <= age < A_YEAR, (
        "Compare the statement with the website, then set its date in directory/pages/required.py."
    )


def test_about_tells_the_five_conditions_and_what_the_words_mean(client: FlaskClient) -> None:
    page = get(client, "/ueber")
    assert len(page.all("#bedingungen li")) == 5
    for word in (
        "Gemeinsame Erklärung",
        "Ehrenamtskarte",
        "nicht erfasst",
        "laut Quelle",
        "redaktionell zusammengefasst",
        "in den Quellen keine genannt",
        "Belegt sind hier 40 Mitglieder von über 100",
    ):
        assert word in page.text, word


# Privacy -----------------------------------------------------------------------------------------


def test_privacy_page_says_what_the_background_map_does(client: FlaskClient) -> None:
    page = get(client, "/datenschutz")
    assert "sgx.geodatenzentrum.de, einem Server des Bundesamts" in page.text
    consent = client.post("/karte/kacheln", data={"zustimmung": "ja"})
    cookie = consent.headers["Set-Cookie"]
    assert cookie.startswith("kartenhintergrund=")
    assert f"Max-Age={180 * 24 * 3600};" in cookie
    assert "kartenhintergrund" in page.text
    assert "höchstens 180 Tage" in page.text


def test_privacy_page_names_every_cookie_there_is(client: FlaskClient) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "directory").rglob("*.py"))
    named = set(re.findall(r"„(\w+)“, höchstens", get(client, "/datenschutz").text))
    assert set(re.findall(r'^\w*COOKIE = "(\w+)"', code, re.MULTILINE)) <= named
    assert "localStorage" not in "".join(
        path.read_text("utf-8") for path in (ROOT / "static/js").rglob("*.js")
    )


def test_privacy_page_is_silent_about_a_map_that_is_not_there(app: Flask) -> None:
    with installed(app, tiles_url="") as client:
        text = get(client, "/datenschutz").text
    assert "kartenhintergrund" not in text
    assert "Eine Hintergrundkarte anderer Anbieter ist hier nicht eingerichtet." in text


@pytest.mark.parametrize("path", [*REQUIRED, "/", "/kommunen", "/suche?q=Bonn", STATE])
def test_reading_sets_no_cookie(client: FlaskClient, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers


def test_writing_sets_no_cookie(app: Flask) -> None:
    assert "Set-Cookie" not in app.test_client().post("/barrierefreiheit", data=MESSAGE).headers


# Licences ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attribution",
    [
        (
            "© Statistisches Bundesamt (Destatis), Gemeindeverzeichnis (GV-ISys), Gebietsstand "
            "31.12.2024, Bevölkerung 31.12.2023; dl-de/by-2-0 "
            "(https://www.govdata.de/dl-de/by-2-0); Daten verändert"
        ),
        (
            "Postleitzahlen: GeoNames (https://www.geonames.org), CC BY 4.0 "
            "(https://creativecommons.org/licenses/by/4.0/), Gemeindezuordnung ergänzt"
        ),
        "Verordnung nach § 4 GO NRW, Fassung 01.01.2025",
        "Verwaltungsgrenzen: © GeoBasis-DE / BKG 2016 (Daten verändert), https://www.bkg.bund.de",
        "© basemap.de / BKG",
    ],
)
def test_attribution_is_shown_letter_by_letter(client: FlaskClient, attribution: str) -> None:
    shown = [one.text for one in get(client, "/lizenzen").all("strong[data-verbatim]")]
    assert attribution in shown


def test_every_dependency_is_named_with_its_licence(client: FlaskClient) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = " ".join(one.name for one in SOFTWARE).casefold()
    for requirement in project["dependencies"]:
        name = re.split(r"[^a-z0-9-]", requirement.casefold())[0]
        assert name in named, f"{name} is missing in directory.attributions.py"
    listing = json.loads((ROOT / "static/vendor/packages.json").read_text(encoding="utf-8"))
    page = get(client, "/lizenzen")
    for package in listing:
        assert f" {package['version']}: " in page.text, package["name"]


def test_licence_texts_are_delivered(client: FlaskClient) -> None:
    links = [link for link in get(client, "/lizenzen").links if link.href.endswith("LICENSE.txt")]
    listing = json.loads((ROOT / "static/vendor/packages.json").read_text(encoding="utf-8"))
    assert len(links) == len(listing)
    for link in links:
        with client.get(link.href) as answer:
            assert answer.status_code == 200


# Leichte Sprache ---------------------------------------------------------------------------------


def test_plain_language_keeps_its_rules(client: FlaskClient) -> None:
    article = get(client, "/leichte-sprache").one("article")
    blocks = article.all("h1, h2, h3, p, li")
    assert len(blocks) > 50
    for block in blocks:
        for sentence in re.split(r"(?<=[.?!:])\s+", block.text_without(".sr-only")):
            assert len(sentence.split()) <= 12, sentence
            assert not set(sentence) & set(",;("), sentence
    # Names of pages and laws, and the word people with Lern-Schwierigkeiten chose themselves.
    names = {"Barrierefreiheit", "Gleichstellungs", "Schwierigkeiten", "Veranstaltungen"}
    parts = set(re.findall(r"\w{14,}", article.text))
    assert parts <= names


def test_plain_language_leads_to_all_pages_of_the_menu(client: FlaskClient) -> None:
    page = get(client, "/leichte-sprache")
    menu = {link["href"] for link in page.all("header nav a")}
    assert len(menu) == 6
    assert menu <= {link.href for link in page.links}


# The form ----------------------------------------------------------------------------------------


def test_message_is_kept_and_its_receipt_shown(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/barrierefreiheit", data=MESSAGE)
    (kept,) = kept_messages(app)
    assert answer.status_code == 303
    assert answer.location == f"{STATE}?nummer={kept.receipt}"
    assert (kept.message, kept.page, kept.reply_to) == ("Die Karte spricht nicht.", "/karte", None)
    page = get(client, answer.location)
    assert page.h1 == "Vielen Dank, Ihre Nachricht ist eingegangen"
    assert kept.receipt in page.text
    assert "Die Karte spricht nicht." not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_receipt_number_may_be_typed_carelessly(app: Flask) -> None:
    client = app.test_client()
    receipt = client.post("/barrierefreiheit", data=MESSAGE).location.partition("=")[2]
    assert receipt in get(client, f"{STATE}?nummer=+{receipt.lower()}+").text


@pytest.mark.parametrize("number", ["K7-3Q9F", "%00", "%F0%90", "x" * 500, "<b>"])
def test_unknown_receipt_number_is_answered_with_a_sentence(
    client: FlaskClient, number: str
) -> None:
    page = get(client, f"{STATE}?nummer={number}", status=404 if number != "%00" else 200)
    assert page.h1 == "Stand einer Nachricht"


def test_closed_message_says_when(app: Flask) -> None:
    client = app.test_client()
    address = client.post("/barrierefreiheit", data=MESSAGE).location
    with app.app_context():
        db.session.scalars(select(FeedbackMessage)).one().closed_at = dt.datetime(
            2026, 12, 1, tzinfo=dt.UTC
        )
        db.session.commit()
    page = get(client, address)
    assert page.h1 == "Ihre Nachricht ist abgeschlossen"
    assert date("2026-12-01") in page.text


def test_errors_stand_beside_their_fields_and_nothing_is_lost(client: FlaskClient) -> None:
    typed = {"message": " ", "page": "Seite „A“ & <B>", "reply_to": "keine Adresse", HONEYPOT: ""}
    page = post(client, "/barrierefreiheit", typed, status=422)
    assert page.title.startswith("Fehler im Formular: ")
    for field in ("message", "reply_to"):
        control = page.one(f"#{field}")
        assert control["aria-invalid"] == "true"
        assert f"{field}-fehler" in control["aria-describedby"].split()
        assert page.one(f"#{field}-fehler").text == page.one(f'.notice a[href="#{field}"]').text
    assert page.one("#page").get("aria-invalid") is None
    entered = page.fields(FORM)
    assert (entered["page"], entered["reply_to"]) == ("Seite „A“ & <B>", "keine Adresse")


def test_a_long_message_is_not_lost(client: FlaskClient) -> None:
    message = "Zeile eins\nZeile zwei " + "x" * 5_000
    page = post(client, "/barrierefreiheit", MESSAGE | {"message": message}, status=422)
    assert page.fields(FORM)["message"].strip().startswith("Zeile eins")
    assert "5.000 Zeichen" in page.one("#message-fehler").text


def test_machines_that_fill_in_everything_are_asked_again(client: FlaskClient) -> None:
    page = post(client, "/barrierefreiheit", MESSAGE | {HONEYPOT: "http://x"}, status=422)
    assert page.fields(FORM) == MESSAGE
    assert page.one(".notice[role=alert] p.notice__title").text.startswith("Das sah nach einem")


def test_form_knows_the_page_it_was_called_from(client: FlaskClient) -> None:
    page = get(client, "/barrierefreiheit?betrifft=/kommunen/bonn")
    assert page.fields(FORM)["page"] == "/kommunen/bonn"


def test_a_flood_is_answered_with_patience(app: Flask) -> None:
    client = app.test_client()
    for _ in range(MOST_MESSAGES):
        assert client.post("/barrierefreiheit", data=MESSAGE).status_code == 303
    page = post(client, "/barrierefreiheit", MESSAGE, status=429)
    assert page.headers["Retry-After"] == str(int(WITHIN.total_seconds()))
    assert page.fields(FORM) == MESSAGE
    assert len(kept_messages(app)) == MOST_MESSAGES


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_cannot_write(app: Flask, headers: dict[str, str]) -> None:
    answer = app.test_client().post("/barrierefreiheit", data=MESSAGE, headers=headers)
    assert answer.status_code == 403
    assert kept_messages(app) == []


def test_form_works_on_both_databases(any_app: Flask) -> None:
    answer = any_app.test_client().post("/barrierefreiheit", data=MESSAGE)
    assert answer.status_code == 303
    assert len(kept_messages(any_app)) == 1
