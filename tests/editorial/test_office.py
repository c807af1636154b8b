"""What the office and the administration look after at the desk."""

import ast
import datetime as dt

from flask import Flask
from sqlalchemy import select

from directory.accounts.models import Role
from directory.contacts.models import ContactPoint
from directory.db import begin_write, db, utc_now
from directory.editorial import audit
from directory.editorial.views.audit import ACTIONS
from directory.practices.models import Practice
from directory.publication import history
from directory.publication.models import AuditEntry, EntryKind
from directory.publication.saving import Outcome
from directory.resources import resource_dir
from directory.search.models import FailedQuery
from tests.editorial.test_writing import send
from tests.factories import build_account
from tests.pages import get, post
from tests.signing_in import signed_in, token

TERM = "/redaktion/begriffe/vernetzung"


def test_a_synonym_counts_in_the_search_at_once(app: Flask) -> None:
    reader = app.test_client()
    assert "Quatschrunde" not in get(reader, "/themen/vernetzung").text
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    page = get(administrator, TERM)
    typed = page.fields(TERM)
    send(administrator, TERM, {**typed, "synonyms": typed["synonyms"] + "\nQuatschrunde"})
    found = get(reader, "/praxisbeispiele?q=Quatschrunde")
    assert "Vernetzung" in found.text
    assert found.has("ol.entries a, .entries a")


def test_the_second_of_two_who_change_a_term_is_told(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    version = get(administrator, TERM).one("input[name=version]")["value"]
    typed = {"label": "Vernetzung", "kind": "topic", "definition": "Neu", "position": "1"}
    send(administrator, TERM, {**typed, "version": version})
    page = post(
        administrator,
        TERM,
        {
            **typed,
            "definition": "Von der zweiten",
            "version": version,
            "csrf_token": token(administrator, TERM),
        },
        status=409,
    )
    assert page.one("#definition").text == "Von der zweiten"


def test_words_that_found_nothing_become_a_synonym(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        db.session.add(FailedQuery(words="klönschnack", day=utc_now().date(), count=7))
        db.session.commit()
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    path = "/redaktion/erfolglose-suchen"
    assert "klönschnack" in get(administrator, path).text
    unchosen = send(administrator, path, {"words": "klönschnack", "term": ""}, status=422)
    assert "Bitte wählen Sie, was mit „klönschnack“ geschehen soll." in unchosen
    send(administrator, path, {"words": "klönschnack", "term": "vernetzung"})
    assert "klönschnack" not in get(administrator, path).one(".desk__page").text_without(".notice")
    assert "Vernetzung" in get(app.test_client(), "/suche?q=klönschnack").text


def test_the_checklist_says_what_is_not_proven(app: Flask) -> None:
    page = get(signed_in(app, Role.REVIEWER, ()), "/redaktion/netzwerk")
    rows = page.all(".checklist tbody tr")
    open_cells = page.all(".checklist__open")
    assert f"{len(rows)} belegte Mitglieder" in page.text
    assert open_cells


def test_the_trail_is_found_by_who_what_and_when(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    with app.app_context():
        begin_write(db.session)
        history.note(
            db.session, action="archive", by="konto:1", kind=EntryKind.PRACTICE, key="probe-xyz"
        )
        db.session.commit()
    today = utc_now().date().isoformat()
    path = f"/redaktion/protokoll?eintrag=probe-x&vorgang=archive&von={today}&bis={today}"
    assert "1 Vorgang" in get(administrator, path).text
    assert "0 Vorgänge" in get(administrator, path + "&art=event").text
    misread = get(administrator, "/redaktion/protokoll?von=gestern")
    assert "Nicht als Datum verstanden: gestern" in misread.text


def test_all_that_is_noted_has_german_words() -> None:
    noted = {Outcome.CREATED.value, Outcome.CHANGED.value}
    for file in resource_dir("templates").parent.joinpath("directory").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("note"):
                given = [
                    *call.args[:1],
                    *(one.value for one in call.keywords if one.arg == "action"),
                ]
                noted |= {str(one.value) for one in given if isinstance(one, ast.Constant)}
    assert len(noted) > 30
    assert noted == set(ACTIONS)


def test_the_trail_names_entries_and_people_instead_of_keys(app: Flask) -> None:
    administrator = signed_in(app, Role.ADMINISTRATOR, ())
    with app.app_context():
        begin_write(db.session)
        other = build_account(db.session, role=Role.EDITOR, places=(), name="Ehrenamtsbüro")
        practice = db.session.scalars(select(Practice)).first()
        contact = db.session.scalars(select(ContactPoint)).first()
        assert practice
        assert contact
        acts = [
            ("account locked", None, other.actor),
            ("confirm", EntryKind.PRACTICE, practice.slug),
            ("confirm", EntryKind.CONTACT, str(contact.id)),
            ("archive", EntryKind.PRACTICE, "gibt-es-nicht-mehr"),
            ("changed", EntryKind.TERM, "vernetzung"),
        ]
        for action, kind, key in acts:
            history.note(db.session, action=action, by=other.actor, kind=kind, key=key)
        history.note(db.session, action="imported", by=other.actor, details={"batch": 3})
        db.session.commit()
        title, place = practice.title, practice.municipality.name
        slug, unit = practice.slug, f"{contact.unit}, {contact.municipality.name}"
        actor = other.actor
    page = get(administrator, f"/redaktion/protokoll?wer={actor}")
    rows = [[cell.text for cell in row.all("td")][1:] for row in page.all("tbody tr")]
    assert rows == [
        ["Ehrenamtsbüro", "Import freigegeben", "Import 3"],
        ["Ehrenamtsbüro", "geändert", "Begriff Vernetzung"],
        ["Ehrenamtsbüro", "archiviert", "Praxisbeispiel gibt-es-nicht-mehr"],
        ["Ehrenamtsbüro", "bestätigt", f"Ansprechstelle {unit}"],
        ["Ehrenamtsbüro", "bestätigt", f"Praxisbeispiel {title}, {place}"],
        ["Ehrenamtsbüro", "Konto gesperrt", "Ehrenamtsbüro"],
    ]
    assert page.link(f"{title}, {place}") == f"/redaktion/praxisbeispiele/{slug}/verlauf"


def test_people_leave_the_trail_after_their_time(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        history.note(db.session, action="changed", by="konto:1")
        old = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert old is not None
        old.at = utc_now() - dt.timedelta(days=400)
        history.note(db.session, action="changed", by="konto:1")
        db.session.flush()
        gone = audit.forget_people(db.session, before=utc_now() - dt.timedelta(days=365))
        assert gone == 1
        assert old.actor == audit.FORGOTTEN
        db.session.commit()


def test_the_office_sees_who_has_not_taken_up_an_invitation(app: Flask) -> None:
    reviewer = signed_in(app, Role.REVIEWER, ())
    assert "Offene Einladungen" not in get(reviewer, "/redaktion/netzwerk").text
    with app.app_context():
        begin_write(db.session)
        invited = build_account(db.session, role=Role.EDITOR, places=(), name="Ehrenamtsbüro")
        invited.joined_at = None
        db.session.commit()
    page = get(reviewer, "/redaktion/netzwerk")
    assert "Ehrenamtsbüro Redaktion, eingeladen am" in page.text


def test_the_lists_say_how_often_a_term_is_used(app: Flask) -> None:
    page = get(signed_in(app, Role.ADMINISTRATOR, ()), "/redaktion/begriffe")
    assert [heading.text for heading in page.headings if heading.level == 2] == [
        "Themen",
        "Zielgruppen",
        "Instrumente",
    ]
    assert page.link("Vernetzung") == TERM
