"""Invitations and new passwords: links that work once and for a while."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from directory.accounts.links import LIFETIMES
from directory.accounts.models import LinkKind, MailedLink, Role
from directory.db import begin_write, db, utc_now
from tests.accounts.letters import letters_to, link_in
from tests.pages import get, post
from tests.signing_in import PASSWORD, have_account, signed_in, token

EMAIL = "neu@hemer.example"
FORM = {"email": EMAIL, "name": "", "role": "editor", "places": "Hemer\nKreis Lippe"}


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    return signed_in(app, role=Role.ADMINISTRATOR)


def invite(client: FlaskClient, **data: str) -> int:
    fields = FORM | data | {"csrf_token": token(client)}
    return client.post("/redaktion/konten/einladen", data=fields).status_code


def request_password(app: Flask, email: str) -> str:
    client = app.test_client()
    data = {"email": email, "csrf_token": token(client, "/passwort-vergessen")}
    answer = client.post("/passwort-vergessen", data=data)
    assert answer.status_code == 303
    return str(answer.location)


def test_an_invited_editor_chooses_a_password_and_is_in(
    app: Flask, administrator: FlaskClient
) -> None:
    assert invite(administrator) == 303
    link = link_in(letters_to(app, EMAIL)[-1])
    guest = app.test_client()
    for _ in range(3):  # scanners open it, and nothing happens
        page = get(guest, link)
    assert "Redaktion" in page.text
    data = {"password": "zu kurz", "csrf_token": token(guest, link)}
    assert "mindestens 12" in post(guest, link, data, status=422).text
    answer = guest.post(link, data=data | {"password": PASSWORD})
    assert answer.location == "/konto"
    account = get(guest, "/konto").text
    assert "Hemer" in account
    assert "Kreis Lippe" in account
    assert guest.get(link).status_code == 410
    assert app.test_client().get(link).status_code == 410


def test_a_second_invitation_ends_the_first(app: Flask, administrator: FlaskClient) -> None:
    invite(administrator)
    first = link_in(letters_to(app, EMAIL)[-1])
    page = get(administrator, "/redaktion/konten")
    path = page.link(EMAIL)
    administrator.post(f"{path}/einladung", data={"csrf_token": token(administrator)})
    second = link_in(letters_to(app, EMAIL)[-1])
    guest = app.test_client()
    assert (guest.get(first).status_code, guest.get(second).status_code) == (410, 200)
    administrator.post(f"{path}/zurueckziehen", data={"csrf_token": token(administrator)})
    assert guest.get(second).status_code == 410
    assert EMAIL not in get(administrator, "/redaktion/konten").one("ul.account__list").text


@pytest.mark.parametrize("kind", [LinkKind.INVITATION, LinkKind.PASSWORD])
def test_links_grow_old(app: Flask, administrator: FlaskClient, kind: LinkKind) -> None:
    if kind is LinkKind.INVITATION:
        invite(administrator)
    else:
        have_account(app, Role.EDITOR, ("05962016",), EMAIL)
        request_password(app, EMAIL)
    link = link_in(letters_to(app, EMAIL)[-1])
    assert app.test_client().get(link).status_code == 200
    with app.app_context():
        begin_write(db.session)
        past = utc_now() - dt.timedelta(seconds=1)
        db.session.execute(update(MailedLink).values(expires_at=past))
        db.session.commit()
    assert app.test_client().get(link).status_code == 410
    assert LIFETIMES[LinkKind.INVITATION] == dt.timedelta(days=14)
    assert LIFETIMES[LinkKind.PASSWORD] == dt.timedelta(hours=1)


@pytest.mark.parametrize("token_text", ["x", "x" * 60, "x.y", "ä" * 50, "%00" * 20])
def test_a_made_up_link_is_refused(app: Flask, token_text: str) -> None:
    assert app.test_client().get(f"/einladung/{token_text}").status_code == 410


def test_a_signature_of_ours_is_needed_before_we_look(app: Flask) -> None:
    have_account(app, Role.EDITOR, ("05962016",), EMAIL)
    request_password(app, EMAIL)
    link = link_in(letters_to(app, EMAIL)[-1])
    assert app.test_client().get(link[:-3] + "abc").status_code == 410


def test_a_forgotten_password_is_replaced(app: Flask) -> None:
    client = signed_in(app, email=EMAIL)
    request_password(app, EMAIL)
    link = link_in(letters_to(app, EMAIL)[-1])
    guest = app.test_client()
    data = {"password": "Sieben Kutschen tanzen im Regen", "csrf_token": token(guest, link)}
    assert guest.post(link, data=data).location == "/anmelden"
    assert client.get("/konto").status_code == 303, "all sessions end"
    assert guest.post(link, data=data).status_code == 410
    signs = {"email": EMAIL, "password": data["password"]}
    answer = guest.post("/anmelden", data=signs | {"csrf_token": token(guest, "/anmelden")})
    assert answer.location == "/redaktion"


def test_nobody_learns_from_the_reset_who_has_an_account(app: Flask) -> None:
    have_account(app, Role.EDITOR, ("05962016",), EMAIL)
    assert request_password(app, EMAIL) == request_password(app, "niemand@example.org")
    assert letters_to(app, "niemand@example.org") == []


def test_links_begin_with_our_address_whatever_was_asked(app: Flask) -> None:
    have_account(app, Role.EDITOR, ("05962016",), EMAIL)
    client = app.test_client()
    page = client.get("/passwort-vergessen", base_url="http://boese.example")
    csrf = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    client.post(
        "/passwort-vergessen",
        data={"email": EMAIL, "csrf_token": csrf},
        base_url="http://boese.example",
    )
    letter = letters_to(app, EMAIL)[-1]
    assert "boese" not in letter.text
    assert link_in(letter)


def test_what_is_wrong_with_an_invitation_is_said_beside_the_field(
    app: Flask, administrator: FlaskClient
) -> None:
    have_account(app, Role.EDITOR, ("05962016",), "da@hemer.example")
    data = {
        "email": "da@hemer.example",
        "role": "editor",
        "places": "Guterslo\n05962016",
        "csrf_token": token(administrator),
    }
    page = post(administrator, "/redaktion/konten/einladen", data, status=422)
    assert "schon ein Konto" in page.one("#email-fehler").text
    assert "Gütersloh" in page.one("#places-fehler").text
    assert page.one("#email")["value"] == "da@hemer.example"
    assert page.one("#places").text == "Guterslo 05962016"


def test_nobody_is_asked_for_municipalities_before_a_role_is_chosen(
    administrator: FlaskClient,
) -> None:
    path, data = "/redaktion/konten/einladen", {"csrf_token": token(administrator)}
    page = post(administrator, path, data, status=422)
    assert page.has("#email-fehler")
    assert not page.has("#places-fehler")
    label = page.one("label[for=places]").text
    assert label == "Kommunen – nötig, wenn die Rolle Redaktion ist"
    page = post(administrator, path, {**data, "role": "editor"}, status=422)
    assert "mindestens eine Kommune" in page.one("#places-fehler").text


def test_changing_a_role_ends_all_sessions(app: Flask, administrator: FlaskClient) -> None:
    editor = signed_in(app, email=EMAIL)
    path = get(administrator, "/redaktion/konten").link(EMAIL)
    assert get(administrator, path).one("#places").text == "Hemer"
    data = {"role": "reviewer", "places": "", "csrf_token": token(administrator)}
    assert administrator.post(path, data=data).status_code == 303
    assert editor.get("/konto").status_code == 303


def test_nobody_changes_or_locks_themselves(administrator: FlaskClient) -> None:
    page = get(administrator, "/redaktion/konten")
    own = next(link.href for link in page.links if "admin-" in link.text)
    data = {"role": "editor", "places": "Hemer", "csrf_token": token(administrator)}
    assert administrator.post(own, data=data).status_code == 409
    assert administrator.post(f"{own}/sperren", data=data).status_code == 409
    assert get(administrator, own).h1


def test_a_locked_account_is_out_and_can_come_back(app: Flask, administrator: FlaskClient) -> None:
    editor = signed_in(app, email=EMAIL)
    path = get(administrator, "/redaktion/konten").link(EMAIL)
    csrf = {"csrf_token": token(administrator)}
    administrator.post(f"{path}/sperren", data=csrf)
    assert editor.get("/konto").status_code == 303
    before = len(letters_to(app, EMAIL))
    request_password(app, EMAIL)
    assert len(letters_to(app, EMAIL)) == before
    administrator.post(f"{path}/entsperren", data=csrf)
    assert signed_in(app, email=EMAIL).get("/konto").status_code == 200
