"""A working copy as readers would see it, without a word of it being kept."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from directory.accounts.models import Role
from directory.db import Model, db
from tests.editorial.test_writing import COMPLETE, HEMER, send
from tests.pages import get
from tests.signing_in import signed_in

ENTRIES = ("practice", "contact_point", "event", "resource", "municipality", "practice_source")


def begun(client: FlaskClient, kind: str, values: dict[str, object]) -> str:
    """A new working copy; returns its address."""
    return send(client, f"/redaktion/{kind}/neu", {"version": 0, **values})


def kept(app: Flask) -> dict[str, int]:
    """How many rows the tables have that readers see."""
    tables = Model.metadata.tables
    with app.app_context():
        return {
            name: db.session.scalar(select(func.count()).select_from(tables[name])) or 0
            for name in ENTRIES
        }


def test_a_whole_example_is_shown_on_its_page_and_nothing_is_kept(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = begun(editor, "praxisbeispiele", {**COMPLETE, "approach": "Zuerst **gefragt**."})
    before = kept(app)

    page = get(editor, path + "/vorschau")

    assert "Vorschau – noch nicht veröffentlicht" in page.text
    assert page.h1 == COMPLETE["title"]
    assert [one.text for one in page.all(".prose strong")] == ["gefragt"]
    assert page.has("#stolpersteine")
    assert page.has('meta[name=robots][content="noindex"]')
    assert page.one(".preview-banner a")["href"] == path
    assert kept(app) == before
    assert "Vereinssprechstunde" not in get(app.test_client(), "/praxisbeispiele").text


def test_what_a_municipality_writes_is_its_own_word_in_preview_and_on_the_page(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    reviewer = signed_in(app, Role.REVIEWER, ())
    path = begun(editor, "praxisbeispiele", {**COMPLETE, "sources-0-as_of": "03.2026"})
    preview = get(editor, path + "/vorschau")

    send(editor, path + "/einreichen", {})
    send(reviewer, path.replace("fassungen", "pruefung") + "/veroeffentlichen", {})
    public = get(reviewer, get(reviewer, "/redaktion/pruefung").link("Zur öffentlichen Seite"))

    for part in (".detail__main", ".detail__side .facts"):
        assert preview.one(part).text == public.one(part).text
    assert "nach Angabe der Kommune, Stand" in public.text
    assert "Gelingensbedingungen keine angegeben" in public.text
    listed = get(reviewer, "/praxisbeispiele?q=Vereinssprechstunde+Montag&ort=Hemer").text
    assert "laufend (nach Angabe der Kommune, Stand" in listed
    for words in ("in den Quellen", "laut Quelle", "redaktionell zusammengefasst"):
        assert words not in public.text


def test_what_the_office_writes_for_a_municipality_is_not_its_word(app: Flask) -> None:
    office = signed_in(app, Role.REVIEWER)
    page = get(office, begun(office, "praxisbeispiele", {**COMPLETE}) + "/vorschau")
    assert "laut Quelle, Stand nicht bekannt" in page.text
    assert "redaktionell zusammengefasst" in page.text


def test_what_is_not_written_yet_is_named(app: Flask) -> None:
    reviewer = signed_in(app, Role.REVIEWER)
    path = begun(reviewer, "praxisbeispiele", {"title": "", "summary": ""})
    page = get(reviewer, path + "/vorschau")
    assert page.h1 == "(noch leer)"
    assert "Praxisbeispiel aus (noch leer)" in page.text
    assert "Es fehlen noch" in page.text


def test_an_address_that_nobody_checked_is_no_link(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    hostile = {"sources-0-title": "Quelle", "sources-0-url": "javascript:alert(1)"}
    path = begun(
        editor,
        "praxisbeispiele",
        {**COMPLETE, **hostile, "sources-0-as_of": "32.13.2020", "approach": "[x](javascript:y)"},
    )
    page = get(editor, path + "/vorschau")
    assert not [link for link in page.all("a") if link["href"].startswith("javascript")]


@pytest.mark.parametrize(
    ("kind", "values", "seen"),
    [
        (
            "ansprechstellen",
            {"ags": HEMER, "unit": "Ehrenamtsbüro Mitte", "email": "ehrenamt@hemer.de"},
            "Ehrenamtsbüro Mitte",
        ),
        (
            "veranstaltungen",
            {
                "title": "Werkstatt der Ideen",
                "sessions-0-title": "Erster Teil",
                "sessions-0-kind": "workshop",
                "participations-0-ags": HEMER,
                "participations-0-role": "stand",
                "participations-1-ags": "gibt es nicht",
                "date_start": "31.02.2026",
            },
            "Erster Teil",
        ),
        ("materialien", {"title": "Ein Leitfaden", "publisher": "Land"}, "Ein Leitfaden"),
    ],
)
def test_every_kind_is_shown_where_readers_meet_it(
    app: Flask, kind: str, values: dict[str, object], seen: str
) -> None:
    office = signed_in(app, Role.REVIEWER)
    before = kept(app)
    page = get(office, begun(office, kind, values) + "/vorschau")
    assert seen in page.text
    assert kept(app) == before


def test_a_profile_is_shown_with_its_new_address(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = send(editor, f"/redaktion/kommunen/{HEMER}/bearbeiten", {})
    send(editor, path, {"website": "https://www.hemer.de/engagement", "version": 1})
    page = get(editor, path + "/vorschau")
    assert page.h1 == "Hemer"
    assert page.all('a[href="https://www.hemer.de/engagement"]')
    assert "/engagement" not in get(app.test_client(), "/kommunen/hemer").text


def test_a_membership_has_no_page_and_says_so(app: Flask) -> None:
    office = signed_in(app, Role.REVIEWER)
    path = begun(office, "mitgliedschaften", {"ags": HEMER})
    get(office, path + "/vorschau", status=404)


def test_a_preview_is_for_its_writers_only(app: Flask) -> None:
    editor = signed_in(app, Role.EDITOR, (HEMER,))
    path = begun(editor, "praxisbeispiele", {**COMPLETE})
    other = signed_in(app, Role.EDITOR, ("05314000",))
    get(other, path + "/vorschau", status=403)
    assert app.test_client().get(path + "/vorschau").status_code == 303
