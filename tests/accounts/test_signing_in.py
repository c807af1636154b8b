"""Who may come in, and how."""

import datetime as dt
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from directory.accounts.attempts import MOST_TRIES
from directory.accounts.models import Account, Role, SignedInSession
from directory.accounts.queries import find_by_email
from directory.accounts.sessions import IDLE, LIFETIME
from directory.db import begin_write, db, utc_now
from tests.pages import get, post
from tests.signing_in import PASSWORD, current_code, have_account, signed_in, token

EDITOR = ("05962016",)


def try_password(client: FlaskClient, email: str, password: str = PASSWORD, **data: str) -> str:
    """Send the form; returns where it leads, or the sentence it answers with."""
    fields = {
        "email": email,
        "password": password,
        "csrf_token": token(client, "/anmelden?erneut=1"),
    }
    answer = client.post("/anmelden", data=fields | data)
    return answer.location or answer.text


def test_editor_comes_in_with_a_password(app: Flask) -> None:
    page = get(signed_in(app, email="ehrenamt@hemer.example"), "/konto")
    assert "ehrenamt@hemer.example" in page.text
    assert "Hemer" in page.text


def test_reviewer_comes_in_with_password_and_code(any_app: Flask) -> None:
    page = get(signed_in(any_app, role=Role.REVIEWER), "/konto")
    assert "Prüfung (Netzwerkbüro)" in page.text


def test_whoever_comes_in_lands_where_they_wanted_to_go(app: Flask) -> None:
    email = have_account(app, Role.EDITOR, EDITOR)
    client = app.test_client()
    refused = client.get("/konto/daten.json?x=1")
    assert refused.status_code == 303
    assert refused.location == "/anmelden?weiter=/konto/daten.json?x%3D1"
    page = get(client, refused.location)
    wanted = page.fields("/anmelden")["weiter"]
    assert try_password(client, email, weiter=wanted) == "/konto/daten.json?x=1"


@pytest.mark.parametrize("elsewhere", ["https://boese.example", "//boese.example", "/\\boese"])
def test_nobody_is_led_to_another_site(app: Flask, elsewhere: str) -> None:
    email = have_account(app, Role.EDITOR, EDITOR)
    assert try_password(app.test_client(), email, weiter=elsewhere) == "/redaktion"


def test_a_new_key_is_made_at_sign_in_and_the_old_one_is_dead(app: Flask) -> None:
    email = have_account(app, Role.EDITOR, EDITOR)
    client = app.test_client()
    get(client, "/anmelden")
    before = client.get_cookie("sitzung")
    try_password(client, email)
    after = client.get_cookie("sitzung")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    try_password(client, email)  # again: the session before ends
    with app.app_context():
        assert len(db.session.scalars(select(SignedInSession)).all()) == 1


def test_the_cookie_is_for_our_eyes_only(app: Flask) -> None:
    email = have_account(app, Role.EDITOR, EDITOR)
    client = app.test_client()
    answer = client.post(
        "/anmelden",
        data={"email": email, "password": PASSWORD, "csrf_token": token(client, "/anmelden")},
    )
    header = answer.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Secure" not in header, "the address of this test begins with http:"
    assert "Expires" not in header, "it goes when the browser closes"


def test_the_database_knows_no_key(app: Flask) -> None:
    client = signed_in(app)
    with client.session_transaction() as kept:
        key = kept["key"]
    with app.app_context():
        stored = db.session.scalars(select(SignedInSession.key_hash)).one()
    assert stored != key
    assert len(stored) == 64


@pytest.mark.parametrize(
    ("limit", "column"), [(IDLE, "last_used_at"), (LIFETIME, "created_at")], ids=["idle", "old"]
)
def test_a_session_dies_of_idleness_and_of_age(
    app: Flask, limit: dt.timedelta, column: str
) -> None:
    client = signed_in(app)
    assert client.get("/konto").status_code == 200
    with app.app_context():
        begin_write(db.session)
        db.session.execute(update(SignedInSession).values({column: utc_now() - limit}))
        db.session.commit()
    assert client.get("/konto").location == "/anmelden?weiter=/konto"


def test_a_session_that_is_used_stays_alive(app: Flask) -> None:
    client = signed_in(app)
    with app.app_context():
        begin_write(db.session)
        old = utc_now() - IDLE + dt.timedelta(minutes=5)
        db.session.execute(update(SignedInSession).values(last_used_at=old))
        db.session.commit()
    assert client.get("/konto").status_code == 200
    with app.app_context():
        assert utc_now() - db.session.scalars(
            select(SignedInSession.last_used_at)
        ).one() < dt.timedelta(minutes=1)


def test_reading_takes_neither_cookie_nor_question(app: Flask) -> None:
    answer = app.test_client().get("/kommunen")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"


def test_pages_of_people_signed_in_are_kept_nowhere(app: Flask) -> None:
    client = signed_in(app, email="ehrenamt@hemer.example")
    page = get(client, "/kommunen")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Cookie" in page.headers["Vary"]
    assert {"Redaktion", "Konto"} <= {link.text for link in page.all("header nav a")}
    anonymous = get(app.test_client(), "/kommunen")
    assert "Abmelden" not in anonymous.text
    assert anonymous.headers["Cache-Control"] == "no-cache"


def test_a_code_works_once(app: Flask) -> None:
    email = have_account(app, Role.REVIEWER, ())
    client, second = app.test_client(), app.test_client()
    assert try_password(client, email) == "/anmelden/code?weiter=/redaktion"
    code = current_code(app, email)
    data = {"code": code, "csrf_token": token(client, "/anmelden/code")}
    assert client.post("/anmelden/code", data=data).status_code == 303
    try_password(second, email)
    data = {"code": code, "csrf_token": token(second, "/anmelden/code")}
    page = post(second, "/anmelden/code", data, status=422)
    assert "Dieser Code stimmt nicht" in page.text


def test_the_step_of_the_code_cannot_be_reached_without_the_password(app: Flask) -> None:
    client = app.test_client()
    csrf = token(client, "/anmelden")
    assert client.get("/anmelden/code").location.startswith("/anmelden?")
    answer = client.post("/anmelden/code", data={"code": "123456", "csrf_token": csrf})
    assert answer.location.startswith("/anmelden?")


def test_a_new_administrator_sets_up_the_app_before_anything_else(app: Flask) -> None:
    email = have_account(app, Role.EDITOR, EDITOR)
    with app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, email)
        assert account is not None
        account.role = Role.ADMINISTRATOR
        db.session.commit()
    client = app.test_client()
    try_password(client, email)
    for path in ("/konto", "/redaktion/konten"):
        assert client.get(path).location == "/konto/app"
    page = get(client, "/konto/app")
    assert page.one("img.account__qr")["src"].startswith("data:image/svg+xml")
    wrong = {"code": "000000", "csrf_token": token(client, "/konto/app")}
    assert "stimmt nicht" in post(client, "/konto/app", wrong, status=422).text
    from passlib.totp import TOTP

    secret = page.one("code.account__secret").text.replace(" ", "")
    code = TOTP(key=secret).generate().token
    done = post(client, "/konto/app", wrong | {"code": code}, status=200)
    codes = [one.text for one in done.all(".account__codes code")]
    assert len(codes) == 10
    assert get(client, "/redaktion/konten").h1 == "Konten"
    # A code from the list replaces the app, once.
    for expected in (303, 422):
        other = app.test_client()
        try_password(other, email)
        data = {"code": codes[0].lower(), "csrf_token": token(other, "/anmelden/code")}
        assert other.post("/anmelden/code", data=data).status_code == expected


def test_secrets_of_apps_are_not_readable_in_the_database(app: Flask) -> None:
    email = have_account(app, Role.REVIEWER, ())
    with app.app_context():
        account = find_by_email(db.session, email)
        assert account is not None
        assert "enckey" in (account.totp_secret or "")


@pytest.mark.parametrize("there", [True, False], ids=["account", "no account"])
def test_the_eleventh_try_has_to_wait(any_app: Flask, there: bool) -> None:
    email = have_account(any_app, Role.EDITOR, EDITOR) if there else "niemand@example.org"
    for number in range(MOST_TRIES):
        client = any_app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        assert "passen nicht zueinander" in try_password(client, email, "falsch falsch falsch")
    client = any_app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    data = {"email": email, "password": PASSWORD, "csrf_token": token(client, "/anmelden")}
    page = post(client, "/anmelden", data, status=429)
    assert "zu viele Versuche" in page.text
    assert 0 < int(page.headers["Retry-After"]) <= 301


def test_one_address_may_not_try_many_accounts(app: Flask) -> None:
    client = app.test_client()
    for number in range(MOST_TRIES):
        try_password(client, f"niemand{number}@example.org", "falsch falsch falsch")
    assert "zu viele Versuche" in try_password(client, "anderer@example.org")


def test_nobody_can_tell_whether_an_account_exists(app: Flask) -> None:
    known = have_account(app, Role.EDITOR, EDITOR)
    answers = []
    for email in (known, "niemand@example.org"):
        client = app.test_client()
        text = try_password(client, email, "falsch falsch falsch")
        answers.append(text.replace(email, "").split('name="csrf_token"')[0])
    assert answers[0] == answers[1]


@pytest.mark.slow
def test_wrong_passwords_take_as_long_without_an_account(app: Flask) -> None:
    known = have_account(app, Role.EDITOR, EDITOR)

    def seconds(email: str) -> float:
        taken = []
        for number in range(9):
            client = app.test_client()
            client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
            csrf = token(client, "/anmelden")
            data = {"email": email, "password": "falsch falsch", "csrf_token": csrf}
            start = time.process_time()
            client.post("/anmelden", data=data)
            taken.append(time.process_time() - start)
        return sorted(taken)[4]

    there, missing = seconds(known), seconds("niemand@example.org")
    assert 0.6 < there / missing < 1.6


def test_a_deactivated_account_is_out_at_once(app: Flask) -> None:
    client = signed_in(app, email="weg@example.org")
    with app.app_context():
        begin_write(db.session)
        db.session.execute(update(Account).values(active=False))
        db.session.commit()
    assert client.get("/konto").status_code == 303
    assert "passen nicht zueinander" in try_password(app.test_client(), "weg@example.org")


def test_signing_out_leaves_nothing_behind(app: Flask) -> None:
    client = signed_in(app)
    answer = client.post("/abmelden", data={"csrf_token": token(client)})
    assert answer.location == "/"
    assert client.get_cookie("sitzung") is None
    with app.app_context():
        assert db.session.scalars(select(SignedInSession)).all() == []


def test_programmes_get_a_problem_instead_of_a_form(app: Flask) -> None:
    from directory.accounts.guards import requires
    from directory.accounts.rights import Right

    app.add_url_rule("/api/v1/probe", "probe", requires(Right.WRITE)(lambda: "da"))
    answer = app.test_client().get("/api/v1/probe")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
