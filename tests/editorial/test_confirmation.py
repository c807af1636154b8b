"""The link of a letter: what a contact point sees and answers, and what readers see of it."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.accounts.models import Role
from directory.contacts.models import ContactPoint
from directory.db import begin_write, db
from directory.editorial.chores import run_chores
from directory.mail.models import OutboxMail
from directory.publication.models import Stage, WorkingCopy
from tests.editorial.test_writing import send
from tests.pages import get, post
from tests.signing_in import signed_in

HEMER = "05962016"
CONFIRMED = dt.datetime(2026, 2, 3, 9, tzinfo=dt.UTC)
ASKED = CONFIRMED + dt.timedelta(days=365)


@pytest.fixture
def contact_id(app: Flask) -> int:
    """A contact point in Hemer that was asked a year after its confirmation."""
    at(app, CONFIRMED)
    with app.app_context():
        begin_write(db.session)
        contact = ContactPoint(
            ags=HEMER,
            unit="Stabsstelle Engagement",
            source_url="https://www.hemer.de/ehrenamt",
            email="ehrenamt@hemer.de",
            fallback_email="rathaus@hemer.de",
            phone="02372 551-0",
            status="published",
            published_at=CONFIRMED,
            verified_at=CONFIRMED,
            changed_at=CONFIRMED,
        )
        db.session.add(contact)
        db.session.commit()
        number = contact.id
    remind(app, ASKED)
    return number


def at(app: Flask, moment: dt.datetime) -> None:
    """Move the clock of the website."""
    app.config["CLOCK"] = lambda: moment


def remind(app: Flask, moment: dt.datetime) -> None:
    at(app, moment)
    with app.app_context():
        done = run_chores(db.engine, app.config["DIRECTORY"], now=moment)
        assert [one.trouble for one in done] == [""] * len(done)


def letters(app: Flask) -> list[OutboxMail]:
    with app.app_context():
        return list(
            db.session.scalars(
                select(OutboxMail)
                .where(OutboxMail.kind.startswith("contact"))
                .order_by(OutboxMail.id)
            )
        )


def link(app: Flask) -> str:
    """The path in the newest letter to Hemer."""
    text = [one for one in letters(app) if one.recipient.endswith("@hemer.de")][-1].text
    found = re.search(r"^http://localhost(/bestaetigung/\S+)$", text, re.MULTILINE)
    assert found, text
    return found[1]


def contact(app: Flask, number: int) -> ContactPoint:
    with app.app_context():
        return db.session.get_one(ContactPoint, number)


def card(client: FlaskClient) -> str:
    page = get(client, "/kommunen/hemer")
    return next(
        one.text for one in page.all("#ansprechstellen li") if "Stabsstelle Eng" in one.text
    )


def test_opening_the_link_changes_nothing(app: Flask, contact_id: int) -> None:
    client = app.test_client()
    path = link(app)
    for _ in range(3):
        page = get(client, path)
    client.head(path)
    assert "Stabsstelle Engagement" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    assert contact(app, contact_id).verified_at == CONFIRMED
    assert path not in page.one("footer").text
    assert all(path.rsplit("/", 1)[1] not in one["href"] for one in page.all("a[href]"))


def test_the_button_confirms_and_a_second_time_is_harmless(app: Flask, contact_id: int) -> None:
    client = app.test_client()
    path = link(app)
    assert "Zuletzt bestätigt am 03.02.2026" in card(client)
    answer = client.post(path, data={"antwort": "stimmt"})
    assert (answer.status_code, answer.location) == (303, "/bestaetigung/danke?zu=bestaetigt")
    assert get(client, answer.location).h1 == "Die Angaben sind bestätigt"
    kept = contact(app, contact_id)
    assert (kept.verified_at, kept.changed_at) == (ASKED, CONFIRMED)
    assert "Zuletzt bestätigt am 03.02.2027" in card(client)

    at(app, ASKED + dt.timedelta(days=3))
    again = get(client, path, status=410, framed=True)
    assert "nichts weiter tun" in again.text
    post(client, path, {"antwort": "stimmt"}, status=410)
    assert contact(app, contact_id).verified_at == ASKED


def test_a_correction_counts_and_goes_to_review(app: Flask, contact_id: int) -> None:
    client = app.test_client()
    path = link(app)
    typed = {
        "antwort": "berichtigung",
        "unit": "Stabsstelle Engagement",
        "email": "ehrenamt@hemer.de",
        "phone": "02372 551-999",
        "fallback_email": "rathaus@hemer.de",
    }
    assert client.post(path, data=typed).location == "/bestaetigung/danke?zu=berichtigt"
    kept = contact(app, contact_id)
    assert (kept.verified_at, kept.phone) == (ASKED, "02372 551-0")
    with app.app_context():
        copy = db.session.scalars(select(WorkingCopy)).one()
        assert (copy.stage, copy.fields["phone"]) == (Stage.SUBMITTED, "02372 551-999")
        number = copy.id
    reviewer = signed_in(app, Role.REVIEWER, ())
    assert "Ansprechstelle" in get(reviewer, f"/redaktion/pruefung/{number}").text
    send(reviewer, f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    assert contact(app, contact_id).phone == "02372 551-999"
    assert contact(app, contact_id).verified_at == ASKED


def test_a_correction_that_cannot_be_kept_stays_in_the_form(app: Flask, contact_id: int) -> None:
    client = app.test_client()
    path = link(app)
    page = post(
        client,
        path,
        {"antwort": "berichtigung", "unit": "Stelle", "email": "kein @ Zeichen"},
        status=422,
    )
    assert page.one("#email")["value"] == "kein @ Zeichen"
    assert page.one("#email")["aria-invalid"] == "true"
    assert contact(app, contact_id).verified_at == CONFIRMED
    post(client, path, {"antwort": "irgendwas"}, status=422)
    post(client, path, {"antwort": "nachfolge"}, status=422)
    post(client, path, {"antwort": "berichtigung", "unit": ""}, status=422)


def test_a_correction_beside_somebody_elses_draft_is_not_lost(app: Flask, contact_id: int) -> None:
    editor = signed_in(app)
    send(editor, f"/redaktion/ansprechstellen/{contact_id}/bearbeiten", {})
    path = link(app)
    app.test_client().post(
        path, data={"antwort": "berichtigung", "unit": "Ehrenamtsbüro", "phone": "02372 1"}
    )
    page = get(editor, "/redaktion/hinweise")
    detail = get(editor, page.link("Stabsstelle Engagement"))
    assert "Ehrenamtsbüro" in detail.text


def test_naming_a_successor_answers_without_confirming(app: Flask, contact_id: int) -> None:
    path = link(app)
    answer = app.test_client().post(
        path,
        data={
            "antwort": "nachfolge",
            "successor_unit": "Ehrenamtsbüro",
            "successor_email": "ehrenamtsbuero@hemer.de",
        },
    )
    assert answer.location == "/bestaetigung/danke?zu=nachfolge"
    assert contact(app, contact_id).verified_at == CONFIRMED
    before = len(letters(app))
    remind(app, ASKED + dt.timedelta(days=1))
    assert len(letters(app)) == before, "nobody is asked while the change is in review"
    with app.app_context():
        number = db.session.scalars(select(WorkingCopy.id)).one()
    send(signed_in(app, Role.REVIEWER, ()), f"/redaktion/pruefung/{number}/veroeffentlichen", {})
    remind(app, ASKED + dt.timedelta(days=2))
    assert letters(app)[-1].recipient == "ehrenamtsbuero@hemer.de"


def test_an_expired_link_offers_a_new_one_to_the_address_on_file(
    app: Flask, contact_id: int
) -> None:
    client = app.test_client()
    path = link(app)
    remind(app, ASKED + dt.timedelta(days=61))
    page = get(client, path, status=410, framed=True)
    assert "Neuen Link schicken" in page.text
    assert "@hemer.de" not in page.text
    before = len(letters(app))
    answer = client.post(path + "/neu")
    assert answer.location == "/bestaetigung/danke?zu=angefordert"
    client.post(path + "/neu")
    assert len(letters(app)) == before + 1
    assert letters(app)[-1].recipient == "ehrenamt@hemer.de"
    assert get(client, link(app)).h1 == "Stimmen die Angaben noch?"
    assert contact(app, contact_id).verified_at == CONFIRMED


@pytest.mark.usefixtures("contact_id")
def test_after_eighteen_months_only_the_function_mailbox_is_left(app: Flask) -> None:
    at(app, dt.datetime(2027, 8, 4, 12, tzinfo=dt.UTC))
    shown = card(app.test_client())
    assert "seit mehr als 18 Monaten nicht bestätigt" in shown
    assert "rathaus@hemer.de" in shown
    assert "ehrenamt@hemer.de" not in shown
    assert "02372" not in shown


def test_what_nobody_confirmed_says_so(client: FlaskClient) -> None:
    page = get(client, "/kommunen/hemer")
    assert "noch nicht bestätigt" in page.one("#ansprechstellen").text


def test_a_letter_that_comes_back_is_seen_at_once_and_closes_where_it_opens(
    app: Flask, contact_id: int
) -> None:
    from directory.contacts.vouching import note_undeliverable

    with app.app_context():
        begin_write(db.session)
        mail = db.session.scalars(
            select(OutboxMail).where(OutboxMail.reference == f"contact:{contact_id}")
        ).one()
        mail.sent_at = mail.bounced_at = ASKED
        mail.bounce_status = "5.1.1"
        note_undeliverable(db.session, mail)
        db.session.commit()
    shown = card(app.test_client())
    assert "ehrenamt@hemer.de" not in shown
    assert "rathaus@hemer.de" in shown
    editor = signed_in(app)
    task = get(editor, "/redaktion").one(".task__link")
    assert "Stabsstelle Engagement" in task.text
    page = get(editor, task["href"])
    assert "Unzustellbar seit dem 03.02.2027" in page.text
    send(editor, task["href"], {})
    assert not get(editor, "/redaktion").has(".task__link")
    assert "ehrenamt@hemer.de" in card(app.test_client())


def test_saving_is_not_vouching_but_the_button_is(app: Flask, contact_id: int) -> None:
    later = ASKED + dt.timedelta(days=61)
    remind(app, later)
    editor, reviewer = signed_in(app), signed_in(app, Role.REVIEWER, ())
    path = f"/redaktion/ansprechstellen/{contact_id}/bestaetigung"
    assert get(reviewer, "/redaktion").link("„Stabsstelle Engagement“ in Hemer: bestätigen") == path
    send(editor, path, {})
    assert contact(app, contact_id).verified_at == later
    history = get(editor, f"/redaktion/ansprechstellen/{contact_id}/verlauf")
    assert "Angaben bestätigt" in history.text


def test_nobody_vouches_for_another_municipality(app: Flask, contact_id: int) -> None:
    elsewhere = signed_in(app, places=("05314000",))
    path = f"/redaktion/ansprechstellen/{contact_id}/bestaetigung"
    get(elsewhere, path, status=403)
    send(elsewhere, path, {}, status=403)
    assert contact(app, contact_id).verified_at == CONFIRMED


def test_a_name_is_shown_only_with_its_basis(app: Flask, contact_id: int) -> None:
    editor, reviewer = signed_in(app), signed_in(app, Role.REVIEWER, ())
    path = send(editor, f"/redaktion/ansprechstellen/{contact_id}/bearbeiten", {})
    form = get(editor, path).fields(path)
    send(editor, path, {**form, "person_name": "Erika Musterfrau"})
    missing = get(editor, path + "?fehlt=1")
    assert "Warum darf die Person genannt werden?" in missing.text
    form = missing.fields(path)
    send(editor, path, {**form, "person_basis": "Einwilligung vom 03.02.2026"})
    send(editor, path + "/einreichen", {})
    send(reviewer, path.replace("fassungen", "pruefung") + "/veroeffentlichen", {})
    assert "Erika Musterfrau" in card(app.test_client())
