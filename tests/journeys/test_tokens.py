"""A token in the browser: made, copied, used by a programme, withdrawn."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from directory.accounts.models import Role
from tests.browser import Browser, assert_accessible
from tests.signing_in import sign_in_browser
from tests.tokens import COMPLETE, Bearer


def test_a_token_is_made_copied_used_and_withdrawn(
    app: Flask, own_site: str, browser: Browser
) -> None:
    page = browser.new_page(site=own_site, allowed_errors="422")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    email = sign_in_browser(app, page)
    page.goto("/konto")
    page.get_by_role("link", name="Zugriffsschlüssel anlegen").click()
    page.get_by_role("button", name="Schlüssel anlegen").click()
    expect(page.locator("#name-fehler")).to_contain_text("wofür")
    page.get_by_label("Wofür ist er?").fill("Website der Stadt")
    page.get_by_label("90 Tage").check()
    page.get_by_role("button", name="Schlüssel anlegen").click()
    secret = page.get_by_label("Zugriffsschlüssel", exact=True).input_value()
    assert_accessible(page)
    page.get_by_role("button", name="Kopieren").click()
    expect(page.get_by_role("status").last).to_have_text("Kopiert.")
    assert page.evaluate("navigator.clipboard.readText()") == secret

    city = Bearer(app, secret, email)
    made = city.post("/practices", COMPLETE)
    assert made.status_code == 201
    page.goto(f"/redaktion/fassungen/{made.get_json()['id']}")
    expect(page.get_by_label("Titel", exact=True)).to_have_value(COMPLETE["title"])

    page.goto("/konto#schluessel")
    expect(page.locator("#schluessel li")).to_contain_text("zuletzt benutzt am")
    assert secret not in page.content()
    page.get_by_role("button", name="Zurückziehen").click()
    expect(page.locator(".notice")).to_contain_text("gilt nicht mehr")
    expect(page.locator("#schluessel li")).to_have_count(0)
    assert city.get("/drafts").status_code == 401


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/konto", "/konto/schluessel"])
def test_the_pages_of_tokens_are_for_everybody(
    app: Flask, own_site: str, browser: Browser, path: str, scheme: str
) -> None:
    page = browser.new_page(width=320, colour_scheme=scheme, site=own_site)
    sign_in_browser(app, page, role=Role.EDITOR)
    page.goto(path)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_without_a_script_the_token_is_copied_by_hand(
    app: Flask, own_site: str, browser: Browser
) -> None:
    page = browser.new_page(site=own_site, javascript=False)
    sign_in_browser(app, page)
    page.goto("/konto/schluessel")
    page.get_by_label("Wofür ist er?").fill("Website der Stadt")
    page.get_by_role("button", name="Schlüssel anlegen").click()
    secret = page.get_by_label("Zugriffsschlüssel", exact=True).input_value()
    assert Bearer(app, secret, "").get("/drafts").status_code == 200
    expect(page.get_by_role("button", name="Kopieren")).to_be_hidden()
