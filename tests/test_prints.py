"""Fact sheets and posters of real entries."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.db import db, utc_now
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.publication.models import Status
from tests.browser import Browser
from tests.factories import build_contact, build_practice
from tests.pages import get
from tests.printing.papers import A3_MM, A4_MM, Paper

EXAMPLE = "/praxisbeispiele/rheine-fachstelle-buergerengagement-als-traegerunabhaengiges-kontakt"
DOORS = ("steckbrief.pdf", "poster.pdf")
# What the links promise
MOST_BYTES = 200_000


def paper(client: FlaskClient, path: str) -> Paper:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert len(response.data) < MOST_BYTES
    return Paper(response.data)


@pytest.mark.parametrize(
    ("path", "size", "words"),
    [
        (f"{EXAMPLE}/steckbrief.pdf", A4_MM, "Vorlage 063/18"),
        (f"{EXAMPLE}/poster.pdf", A3_MM, "Fachstelle Bürgerengagement"),
        ("/kommunen/hemer/steckbrief.pdf", A4_MM, "Mitglied seit 2012"),
        ("/kommunen/kreis-lippe/steckbrief.pdf", A4_MM, "Kreis Lippe"),
        ("/kommunen/regierungsbezirk-arnsberg/steckbrief.pdf", A4_MM, "Arnsberg"),
    ],
)
def test_it_is_made_for_everybody(
    client: FlaskClient, path: str, size: tuple[int, int], words: str
) -> None:
    found = paper(client, path)
    assert set(found.sizes_mm) == {size}
    assert words in found.text
    assert found.root["/Lang"] == "de-DE"
    assert found.root["/MarkInfo"]["/Marked"] is not False
    assert found.root["/ViewerPreferences"]["/DisplayDocTitle"] is not False
    assert found.claims_pdf_ua
    assert all(found.fonts_embedded.values())
    roles = found.structure()
    assert roles.count("/H1") == 1
    assert "/P" in roles
    assert all(found.alternatives())


def test_a_fact_sheet_says_what_the_page_says(client: FlaskClient) -> None:
    page = get(client, EXAMPLE)
    found = paper(client, f"{EXAMPLE}/steckbrief.pdf")
    assert found.title == page.h1
    on_paper = joined(found.text)
    for heading in ("Ausgangslage", "Vorgehen", "Ergebnis", "Gelingensbedingungen", "Quellen"):
        assert heading in found.text
    for text in [one.text for one in page.all("section.prose p, .factors li, .lead")]:
        assert joined(text) in on_paper
    for source in page.all(".sources a"):
        assert source["href"] in found.links
        assert joined(source["href"]) in on_paper


def test_what_nobody_knows_is_said_to_be_unknown(client: FlaskClient) -> None:
    path = "/praxisbeispiele/aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"
    text = paper(client, f"{path}/steckbrief.pdf").text
    assert "Beginn nicht bekannt" in text
    assert "Ergebnis in den Quellen nicht genannt" in text
    assert "Stolpersteine in den Quellen keine genannt" in text
    assert joined("Telefon und E-Mail: nicht bekannt") in joined(text)
    assert "Stand nicht bekannt" in text


def test_what_a_municipality_says_itself_is_not_put_down_to_sources(app: Flask) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        one = build_practice(
            db.session, hemer, success_factors=["Zeit"], result=None, confirmed_at=utc_now()
        )
        db.session.commit()
        path = f"/praxisbeispiele/{one.slug}"
    for door in DOORS:
        text = paper(app.test_client(), f"{path}/{door}").text
        assert "Stolpersteine keine angegeben" in text
        assert "nach Angabe der Kommune, Stand" in text
        for words in (
            "Quellen nicht",
            "Quellen keine genannt",
            "nach den genannten",
            "redaktionell",
        ):
            assert words not in text


def test_page_and_fact_sheet_name_the_same_facts(client: FlaskClient) -> None:
    page = get(client, EXAMPLE)
    on_paper = joined(paper(client, f"{EXAMPLE}/steckbrief.pdf").text)
    on_page = {one.text for one in page.all(".facts dt")}
    for label in ("Kosten der Kommune im Jahr", "Arbeitszeit der Kommune", "Beteiligte"):
        assert (joined(label) in on_paper) == (label in on_page)


def test_somebody_who_knows_of_no_stumbling_block_is_quoted(app: Flask) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        one = build_practice(db.session, hemer, stumbling_blocks=[], no_stumbling_blocks_known=True)
        db.session.commit()
        path = f"/praxisbeispiele/{one.slug}"
    for door in DOORS:
        assert "Stolpersteine keine bekannt" in paper(app.test_client(), f"{path}/{door}").text


def test_its_code_and_its_link_lead_to_the_entry(site_app: Flask) -> None:
    base = site_app.config["DIRECTORY"].base_url
    found = paper(site_app.test_client(), f"{EXAMPLE}/poster.pdf")
    assert base + EXAMPLE in found.links
    assert found.alternatives() == [f"QR-Code zu {base}{EXAMPLE}"]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED])
def test_what_is_not_published_has_no_paper(app: Flask, status: Status) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        slug = build_practice(db.session, hemer, status=status).slug
        db.session.commit()
    for door in DOORS:
        assert app.test_client().get(f"/praxisbeispiele/{slug}/{door}").status_code == 404
    assert app.test_client().get("/kommunen/nirgends/steckbrief.pdf").status_code == 404


def test_names_of_persons_stay_off_paper(app: Flask) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        one = build_practice(db.session, hemer)
        build_contact(
            db.session,
            hemer,
            unit="Stabsstelle Ehrenamt",
            person_name="Erika Kanarienvogel-Muster",
            person_basis="Einwilligung",
        )
        db.session.commit()
        paths = [f"/praxisbeispiele/{one.slug}/{door}" for door in DOORS]
    for path in [*paths, "/kommunen/hemer/steckbrief.pdf"]:
        text = paper(app.test_client(), path).text
        assert "Erika" not in text
        assert ("Stabsstelle Ehrenamt" in text) == ("poster" not in path)


def test_the_same_revision_is_the_same_file(client: FlaskClient) -> None:
    first = client.get(f"{EXAMPLE}/steckbrief.pdf")
    again = client.get(
        f"{EXAMPLE}/steckbrief.pdf", headers={"If-None-Match": first.headers["ETag"]}
    )
    client.set_cookie("fremd", "1")  # nothing kept for who brings a cookie
    third = client.get(f"{EXAMPLE}/steckbrief.pdf")
    assert again.status_code == 304
    assert third.data == first.data
    assert "Content-Encoding" not in first.headers
    assert re.match(
        r'inline; filename="steckbrief-[a-z-]+\.pdf"', first.headers["Content-Disposition"]
    )


@pytest.mark.slow
def test_every_example_has_a_sheet_and_a_poster(site_app: Flask) -> None:
    with site_app.app_context():
        slugs = list(db.session.scalars(select(Practice.slug)))
    for slug in slugs:
        sheet = paper(site_app.test_client(), f"/praxisbeispiele/{slug}/steckbrief.pdf")
        assert len(sheet.sizes_mm) <= 2, slug
        assert sheet.claims_pdf_ua, slug
        poster = paper(site_app.test_client(), f"/praxisbeispiele/{slug}/poster.pdf")
        assert poster.sizes_mm == [A3_MM], slug
        assert "Gelingensbedingungen" in poster.text, slug


@pytest.mark.slow
@pytest.mark.parametrize("path", [EXAMPLE, "/kommunen/hemer"])
def test_the_page_itself_prints_on_two_sheets(browser: Browser, path: str) -> None:
    page = browser.new_page()
    page.goto(path)
    found = Paper(page.pdf(format="A4", prefer_css_page_size=True))
    assert len(found.sizes_mm) <= 2
    assert "Auf einen Blick" in found.text
    for left_out in ("Ähnliche Beispiele", "Zum Mitnehmen", "Angabe veraltet?", "Merken", "Menü"):
        assert left_out not in found.text


def test_pages_link_their_papers_and_say_what_they_are(client: FlaskClient) -> None:
    page = get(client, EXAMPLE)
    assert page.link("Steckbrief als PDF (DIN A4, unter 200 kB)") == f"{EXAMPLE}/steckbrief.pdf"
    assert page.link("Poster als PDF (DIN A3, unter 200 kB)") == f"{EXAMPLE}/poster.pdf"
    page = get(client, "/kommunen/hemer")
    sheet = page.link("Steckbrief als PDF (DIN A4, unter 200 kB)")
    assert sheet == "/kommunen/hemer/steckbrief.pdf"


def joined(text: str) -> str:
    """Letters only: lines break and hyphenate where they like."""
    return re.sub(r"[\s\u00ad-]", "", text)
