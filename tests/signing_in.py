"""Signing in as people do: through the real form, with the second factor where the role needs it.

client = signed_in(app, role=Role.REVIEWER)
client.post("/redaktion/…", data={"csrf_token": token(client)})
"""

import itertools

from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from directory.accounts.models import Role
from directory.accounts.queries import find_by_email
from directory.accounts.second_factor import Codes
from directory.db import begin_write, db
from tests.document import Document
from tests.factories import build_account

PASSWORD = "Vier Wörter ohne Zusammenhang"  # noqa: S105 - opens nothing real
_numbers = itertools.count(1)


def signed_in(
    app: Flask,
    role: Role = Role.EDITOR,
    places: tuple[str, ...] = ("05962016",),
    email: str | None = None,
) -> FlaskClient:
    """A client signed in as a new account; with `email` as that account, made if it is missing."""
    email = have_account(app, role, places, email)
    client = app.test_client()
    answer = client.post(
        "/anmelden",
        data={"email": email, "password": PASSWORD, "csrf_token": token(client, "/anmelden")},
    )
    assert answer.status_code == 303, answer.text
    if answer.location.startswith("/anmelden/code"):
        code = current_code(app, email)
        data = {"code": code, "csrf_token": token(client, "/anmelden/code")}
        answer = client.post("/anmelden/code", data=data)
        assert answer.status_code == 303, answer.text
    return client


def sign_in_browser(
    app: Flask,
    page: BrowserPage,
    role: Role = Role.EDITOR,
    places: tuple[str, ...] = ("05962016",),
    email: str | None = None,
) -> str:
    """The same in a browser; returns the address of the account."""
    email = have_account(app, role, places, email)
    page.goto("/anmelden")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Anmelden", exact=True).click()
    if role.needs_second_factor:
        page.get_by_label("Code").fill(current_code(app, email))
        page.get_by_role("button", name="Weiter").click()
    page.wait_for_url("/redaktion")
    return email


def sign_out_browser(page: BrowserPage) -> None:
    """Sign out with the button that is on every page."""
    page.locator("header").get_by_role("button", name="Abmelden").click()
    expect(page.locator("header").get_by_role("button", name="Abmelden")).to_have_count(0)
    page.wait_for_url("/")


def token(client: FlaskClient, path: str = "/konto") -> str:
    """A valid `csrf_token` for what this client posts."""
    page = Document(client.get(path).get_data(as_text=True)).root
    return page.all("input[name=csrf_token]")[0]["value"]


def have_account(app: Flask, role: Role, places: tuple[str, ...], email: str | None = None) -> str:
    """Make the account if it is missing; returns its address."""
    email = email or f"{role.value}-{next(_numbers)}@example.org"
    with app.app_context():
        begin_write(db.session)
        if find_by_email(db.session, email) is None:
            account = build_account(db.session, role=role, places=places, email=email)
            if role.needs_second_factor:
                account.totp_secret = _codes(app).new_secret()
        db.session.commit()
    return email


def current_code(app: Flask, email: str) -> str:
    """What the app on this person's telephone shows; a new one, whatever was used before."""
    with app.app_context():
        begin_write(db.session)
        account = find_by_email(db.session, email)
        assert account is not None
        assert account.totp_secret is not None
        account.totp_counter = None  # a test does not wait half a minute for the next code
        uri = _codes(app).uri(account.totp_secret, account)
        db.session.commit()
    return str(TOTP.from_uri(uri).generate().token)


def _codes(app: Flask) -> Codes:
    return Codes(app.config["DIRECTORY"].secret_keys)
