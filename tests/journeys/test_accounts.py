"""Signing in with a passkey, and all account pages for everybody's eyes and hands."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from directory.accounts.links import create_link
from directory.accounts.models import LinkKind, Role
from directory.accounts.queries import find_by_email
from directory.db import begin_write, db
from tests.browser import Browser, assert_accessible
from tests.signing_in import current_code, have_account, sign_in_browser, sign_out_browser

EMAIL = "ehrenamt@hemer.example"


@pytest.fixture
def people(chromium_process: Chromium, named_site: str) -> Iterator[Browser]:
    watched = Browser(chromium_process, named_site)
    yield watched
    watched.close()


def with_authenticator(page: Page) -> None:
    """Give the page a device with a fingerprint reader that always agrees."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_is_made_used_and_removed(app: Flask, people: Browser) -> None:
    page = people.new_page(allowed_errors="422")
    with_authenticator(page)
    sign_in_browser(app, page, email=EMAIL)
    page.goto("/konto")
    page.get_by_label("Name für einen neuen Passkey").fill("Diensthandy")
    page.get_by_role("button", name="Passkey anlegen").click()
    expect(page.locator(".notice")).to_contain_text("Diensthandy")
    sign_out_browser(page)
    page.goto("/anmelden?weiter=/konto")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    page.wait_for_url("/konto")
    expect(page.locator("#passkeys")).to_contain_text("zuletzt benutzt")
    page.get_by_label("Neuer Name").fill("Altes Handy")
    page.get_by_role("button", name="Umbenennen").click()
    expect(page.locator("#passkeys li")).to_contain_text("Altes Handy")
    page.get_by_role("button", name="Passkey entfernen").click()
    expect(page.locator(".notice")).to_contain_text("entfernt")
    expect(page.locator("#passkeys li")).to_have_count(0)
    sign_out_browser(page)
    page.goto("/anmelden")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.locator("#passkey-meldung")).to_contain_text("nicht")


def test_an_invited_reviewer_needs_only_a_passkey(app: Flask, people: Browser) -> None:
    page = people.new_page()
    with_authenticator(page)
    page.goto(_invitation(app, Role.REVIEWER))
    page.get_by_role("button", name="Passkey anlegen").click()
    page.wait_for_url("/konto")
    expect(page.locator("#passkeys li")).to_have_count(1)
    page.goto("/redaktion")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_account_pages_are_for_everybody(app: Flask, people: Browser, scheme: str) -> None:
    page = people.new_page(colour_scheme=scheme, allowed_errors="422")  # type: ignore[arg-type]
    paths = ["/anmelden", "/passwort-vergessen", "/passwort-vergessen/gesendet"]
    paths.append(_invitation(app, Role.EDITOR))
    _check(page, paths)
    sign_in_browser(app, page, role=Role.ADMINISTRATOR)
    own = "/redaktion/konten/1"
    _check(page, ["/konto", "/konto/loeschen", "/redaktion/konten", own])
    page.goto("/redaktion/konten/einladen")
    page.get_by_role("button", name="Einladung schicken").click()
    expect(page.locator("#email-fehler")).to_be_visible()
    _check(page, [])


def test_setting_up_an_app_is_for_everybody(app: Flask, people: Browser) -> None:
    page = people.new_page(allowed_errors="422")
    sign_in_browser(app, page, email=EMAIL)
    page.goto("/konto/app")
    page.get_by_label("Code aus der App").fill("123")
    page.get_by_role("button", name="Einrichten").click()
    expect(page.locator("#code-fehler")).to_be_visible()
    _check(page, [])


def test_everything_but_passkeys_works_without_scripts(app: Flask, people: Browser) -> None:
    page = people.new_page(javascript=False)
    email = sign_in_browser(app, page, role=Role.ADMINISTRATOR)
    page.goto("/konto")
    expect(page.get_by_role("button", name="Passkey anlegen")).to_be_hidden()
    page.get_by_label("So sehen Sie die anderen").fill("Netzwerkbüro")
    page.locator("form[action='/konto/name'] button").click()
    expect(page.locator(".notice")).to_contain_text("gespeichert")
    sign_out_browser(page)
    page.goto("/anmelden")
    expect(page.get_by_role("button", name="Mit Passkey anmelden")).to_be_hidden()
    assert current_code(app, email)


def _check(page: Page, paths: list[str]) -> None:
    for path in paths or [""]:
        if path:
            page.goto(path)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert_accessible(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (page.url, wide)


def _invitation(app: Flask, role: Role) -> str:
    email = have_account(app, role, ("05962016",))
    with app.test_request_context():
        begin_write(db.session)
        account = find_by_email(db.session, email)
        assert account is not None
        account.joined_at = account.password_hash = account.totp_secret = None
        keys = app.config["DIRECTORY"].secret_keys
        token = create_link(db.session, account, LinkKind.INVITATION, keys=keys)
        db.session.commit()
    return f"/einladung/{token}"
