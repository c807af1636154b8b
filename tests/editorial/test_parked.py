"""A session ends while somebody writes: the text is still there after signing in again."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from directory.accounts.models import Role, SignedInSession
from directory.db import begin_write, db, utc_now
from directory.publication.models import ParkedText
from directory.publication.parking import MOST_PARKED
from tests.editorial.test_writing import COMPLETE, HEMER, send, typed
from tests.pages import Page, get, post
from tests.signing_in import PASSWORD, have_account, signed_in

NEW = "/redaktion/praxisbeispiele/neu"
STORY = "Zuerst haben wir gefragt. <b>Dann</b> kam „alles“ anders."


def let_expire(app: Flask) -> None:
    """Nobody did anything for a day, and nobody else signed in."""
    with app.app_context():
        begin_write(db.session)
        long_ago = utc_now() - dt.timedelta(hours=23)
        db.session.execute(update(SignedInSession).values(last_used_at=long_ago))
        db.session.commit()


def end(app: Flask) -> None:
    """Somebody ended all sessions, from another device."""
    with app.app_context():
        begin_write(db.session)
        for one in db.session.scalars(select(SignedInSession)):
            db.session.delete(one)
        db.session.commit()


def token_of(page: Page) -> str:
    return page.all("input[name=csrf_token]")[0]["value"]


def parked(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        return [(one.path, one.account_id) for one in db.session.scalars(select(ParkedText))]


def sign_in_again(client: FlaskClient, href: str, email: str) -> str:
    """Follow the link, type the password; returns where that leads."""
    page = get(client, href)
    data = {**page.fields("/anmelden"), "email": email, "password": PASSWORD}
    answer = client.post("/anmelden", data=data)
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def email(app: Flask) -> str:
    return have_account(app, Role.EDITOR, (HEMER,))


@pytest.fixture
def editor(app: Flask, email: str) -> FlaskClient:
    return signed_in(app, Role.EDITOR, (HEMER,), email=email)


def test_what_was_typed_comes_back_after_signing_in(
    app: Flask, editor: FlaskClient, email: str
) -> None:
    page = get(editor, NEW)
    let_expire(app)
    data = {**COMPLETE, "approach": STORY, "version": 0, "csrf_token": token_of(page)}

    answer = post(editor, NEW, data, status=401)
    assert "Ihr Text ist noch da" in answer.text
    back = sign_in_again(editor, answer.link("Anmelden und weiterschreiben"), email)

    form = get(editor, back)
    assert "Gespeichert ist er noch nicht" in form.text
    fields = form.fields(NEW)
    assert (fields["title"], fields["approach"]) == (COMPLETE["title"], STORY)
    assert fields["aufbewahrt"] == back.rsplit("/", 1)[-1]

    path = send(editor, NEW, {**COMPLETE, "approach": STORY, **fields})
    assert typed(get(editor, path))["approach"] == STORY
    assert parked(app) == []
    get(editor, back, status=404)


def test_it_comes_back_beside_what_others_saved_meanwhile(
    app: Flask, editor: FlaskClient, email: str
) -> None:
    path = send(editor, NEW, {**COMPLETE, "version": 0})
    page = get(editor, path)
    let_expire(app)
    data = {**COMPLETE, "title": "Meiner", "version": 1, "csrf_token": token_of(page)}
    answer = post(editor, path, data, status=401)
    colleague = signed_in(app, Role.EDITOR, (HEMER,))
    send(colleague, path, {**COMPLETE, "title": "Ihrer", "version": 1})

    back = sign_in_again(editor, answer.link("Anmelden und weiterschreiben"), email)
    form = get(editor, back)
    collision = send(editor, path, form.fields(path), 409)
    assert "Meiner" in collision
    assert "Ihrer" in collision


def test_a_stranger_cannot_leave_anything_here(app: Flask) -> None:
    stranger = app.test_client()
    stranger.get("/anmelden")  # has a cookie of ours, but never had a session
    page = post(stranger, NEW, {"title": "Werbung"}, status=401)
    assert parked(app) == []
    assert "Der Text steht noch auf dieser Seite" in page.text


def test_without_a_known_session_the_page_itself_keeps_the_text(
    app: Flask, editor: FlaskClient, email: str
) -> None:
    token_before = token_of(get(editor, NEW))
    end(app)
    data = {"title": "Noch da", "approach": STORY, "version": 0, "csrf_token": token_before}
    page = post(editor, NEW, data, status=401)
    assert parked(app) == []
    kept = page.fields(NEW)
    assert (kept["title"], kept["approach"]) == ("Noch da", STORY)

    # In a new tab, and then back to the page that kept it
    sign_in_again(editor, "/anmelden", email)
    again = post(editor, NEW, dict(kept), status=403)
    assert "Bitte speichern Sie noch einmal" in again.text
    assert again.fields(NEW)["approach"] == STORY
    assert send(editor, NEW, again.fields(NEW)).startswith("/redaktion/fassungen/")


def test_a_form_of_an_earlier_session_saves_nothing_but_loses_nothing(
    editor: FlaskClient,
) -> None:
    path = send(editor, NEW, {**COMPLETE, "version": 0})
    data = {**COMPLETE, "title": "Anders", "version": 1, "csrf_token": "von gestern"}
    page = post(editor, path, data, status=403)
    assert page.fields(path)["title"] == "Anders"
    assert typed(get(editor, path))["title"] == COMPLETE["title"]


def test_nobody_else_can_open_it(app: Flask, editor: FlaskClient) -> None:
    page = get(editor, NEW)
    let_expire(app)
    answer = post(editor, NEW, {"title": "Meins", "csrf_token": token_of(page)}, status=401)
    colleague = signed_in(app, Role.EDITOR, (HEMER,))
    number = answer.link("Anmelden und weiterschreiben").rsplit("%2F", 1)[-1].rsplit("/", 1)[-1]
    get(colleague, f"/redaktion/aufbewahrt/{number}", status=404)


def test_rights_are_asked_again(app: Flask, editor: FlaskClient, email: str) -> None:
    other = signed_in(app, Role.EDITOR, ("05314000",))
    path = send(other, NEW, {"title": "Aus Bonn", "ags": "05314000", "version": 0})
    page = get(editor, NEW)
    let_expire(app)
    answer = post(editor, path, {"title": "Fremd", "csrf_token": token_of(page)}, status=401)
    back = sign_in_again(editor, answer.link("Anmelden und weiterschreiben"), email)
    get(editor, back, status=403)


def test_only_the_last_few_are_kept_and_only_for_a_day(app: Flask, editor: FlaskClient) -> None:
    page = get(editor, NEW)
    let_expire(app)
    for number in range(MOST_PARKED + 2):
        data = {"title": f"Versuch {number}", "csrf_token": token_of(page)}
        post(editor, NEW, data, status=401)
    assert len(parked(app)) == MOST_PARKED
    with app.app_context():
        begin_write(db.session)
        db.session.execute(update(ParkedText).values(at=utc_now() - dt.timedelta(hours=25)))
        db.session.commit()
    send(signed_in(app, Role.EDITOR, (HEMER,)), NEW, {"title": "Neu", "version": 0})
    assert parked(app) == []
