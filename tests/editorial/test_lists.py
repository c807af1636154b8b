"""What the lists of the desk find, and what entries are called there."""

import pytest
from flask import Flask

from directory.accounts.models import Role
from directory.db import begin_write, db
from directory.municipalities.models import Evidence
from tests.editorial.test_writing import send
from tests.factories import build_event, build_membership, build_municipality
from tests.pages import get
from tests.signing_in import signed_in

LIST = "/redaktion/mitgliedschaften"


def test_a_membership_says_whose_it_is_and_whether_it_is_proven(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        town = build_municipality(db.session, name="Übungsdorf")
        build_membership(db.session, town, evidence=Evidence.TRAINING_ONLY, rounds=(2,))
        ags = town.ags
        db.session.commit()
    office = signed_in(app, Role.REVIEWER, ())
    title = "Mitgliedschaft von Übungsdorf"

    page = get(office, f"{LIST}?q=Übungsdorf")
    assert [one.text for one in page.all(".desk-list__title")] == [title]
    assert "nicht belegt, nur Teilnahme" in page.one(".desk-list__note").text
    assert get(office, f"{LIST}?q=Hemer").one(".desk-list__note").text == "belegt"

    history = get(office, f"{LIST}/{ags}/verlauf")
    assert history.h1 == f"Verlauf: {title}"
    assert [one.text for one in history.all(".desk__page form")] == ["Ändern"]
    draft = get(office, send(office, f"{LIST}/{ags}/bearbeiten", {}))
    assert draft.h1 == title


@pytest.mark.parametrize(
    ("kind", "words", "title"),
    [
        ("kommunen", "düren", "Düren"),
        ("veranstaltungen", "tag der probe", "Tag der Probe"),
    ],
)
def test_entries_are_found_by_what_they_are_called(
    app: Flask, kind: str, words: str, title: str
) -> None:
    with app.app_context():
        begin_write(db.session)
        build_event(db.session, title="Tag der Probe")
        db.session.commit()
    page = get(signed_in(app, Role.REVIEWER, ()), f"/redaktion/{kind}?q={words}")
    assert title in [one.text for one in page.all(".desk-list__title")]
