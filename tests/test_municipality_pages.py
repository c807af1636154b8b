"""What the profile of a municipality says about the network, and where it leads."""

from flask import Flask
from flask.testing import FlaskClient

from directory.db import db
from directory.municipalities.models import Municipality
from tests.factories import build_contact
from tests.pages import get


def test_a_profile_without_membership_says_so_and_leads_on(client: FlaskClient) -> None:
    page = get(client, "/kommunen/bad-salzuflen")
    assert page.one(".detail__head .badge").text == "Mitgliedschaft nicht erfasst"
    section = page.one("#noch-kein-mitglied")
    assert "Praxisbeispiele von hier sind noch nicht erfasst" in section.text
    peers, members, practices, joining = [link["href"] for link in section.all("a")]
    assert peers == "/kommunen/bad-salzuflen/vergleichbar?nur=praxis"
    listed = get(client, members)
    assert listed.one("[name=sort] option[selected]").text == "Entfernung"
    assert "Lemgo" in [link.text for link in listed.all(".entries h3 a")]
    assert int(get(client, practices).one("#treffer-titel").text.split()[0]) > 1
    path, anchor = joining.split("#")
    assert "Wer mitmachen will" in get(client, path).text
    assert get(client, path).has(f"#{anchor}")


def test_a_profile_with_examples_shows_them_before_it_speaks_of_membership(
    client: FlaskClient,
) -> None:
    page = get(client, "/kommunen/aachen")
    sections = [one["id"] for one in page.all(".detail__main section") if "id" in one.attributes]
    assert sections.index("praxisbeispiele") < sections.index("noch-kein-mitglied")
    assert "noch nicht erfasst" not in page.one("#noch-kein-mitglied").text


def test_members_and_districts_are_not_asked_to_join(client: FlaskClient) -> None:
    for path in ("/kommunen/hemer", "/kommunen/kreis-lippe", "/kommunen/regierungsbezirk-koeln"):
        assert not get(client, path).has("#noch-kein-mitglied")


def test_a_fact_sheet_of_a_place_without_membership_can_be_fetched(client: FlaskClient) -> None:
    answer = client.get("/kommunen/bad-salzuflen/steckbrief.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_what_is_not_known_of_a_contact_point_is_said_once(app: Flask) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        build_contact(db.session, hemer, unit="Amt ohne alles", phone=None, email=None)
        build_contact(db.session, hemer, unit="Amt mit Telefon", phone="02372 551-0", email=None)
        db.session.commit()
    page = get(app.test_client(), "/kommunen/hemer")
    cards = {one.one("h3").text: one for one in page.all(".contact")}
    assert cards["Amt ohne alles"].text.count("nicht bekannt") == 1
    assert "Telefon und E-Mail nicht bekannt" in cards["Amt ohne alles"].text
    assert "E-Mail nicht bekannt" in cards["Amt mit Telefon"].text
    assert "Telefon 02372 551-0" in cards["Amt mit Telefon"].text


def test_a_profile_says_each_fact_once_and_how_to_reach_somebody_first(client: FlaskClient) -> None:
    page = get(client, "/kommunen/hemer")
    assert page.one(".eyebrow").text == "Mittlere kreisangehörige Stadt · Märkischer Kreis"
    assert page.one(".lead").text == (
        "33.916 Einwohnerinnen und Einwohner, 5 Praxisbeispiele im Verzeichnis."
    )
    sections = [one["id"] for one in page.all(".detail__main section[id]")]
    assert sections[:2] == ["ansprechstellen", "praxisbeispiele"]
    training = get(client, "/kommunen/sendenhorst")
    assert training.one(".eyebrow").text == "Kreisangehörige Stadt · Kreis Warendorf"
    assert training.text.count("Teilnahme an der Entwicklungswerkstatt (Runde 5)") == 1
