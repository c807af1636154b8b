"""Every page in a real browser: accessible, at home on any screen, and silent towards others."""

from typing import Literal

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from tests.browser import Browser, assert_accessible

# One address of each kind, full and empty lists, filters in force, bad input, an error page.
ADDRESSES = (
    "/",
    "/kommunen",
    "/kommunen?mitglied=alle&kreis=05962&groesse=unter-10000&q=Balve",
    "/kommunen/hemer",
    "/kommunen/bad-salzuflen",
    "/kommunen/kreis-lippe",
    "/kommunen/regierungsbezirk-arnsberg",
    "/praxisbeispiele?q=Ehrenamtskarte&thema=anerkennungskultur",
    "/praxisbeispiele?q=Quastenflosser&thema=vernetzung&farbe=blau",
    "/praxisbeispiele/aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien",
    "/karte",
    "/karte?ebene=praxisbeispiele&thema=vernetzung",
    "/themen",
    "/themen/vernetzung",
    "/themen/recht-versicherung",
    "/veranstaltungen",
    "/veranstaltungen/kongress-2015",
    "/veranstaltungen/kongress-2017",
    "/materialien",
    "/suche?q=Hemer",
    "/suche?q=Quastenflosser",
    "/ueber",
    "/impressum",
    "/datenschutz",
    "/barrierefreiheit",
    "/leichte-sprache",
    "/lizenzen",
    "/gibt-es-nicht",
)
NO_SCROLLING = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def open_page(browser: Browser, address: str, **how: object) -> BrowserPage:
    allowed = "404" if address == "/gibt-es-nicht" else None
    page = browser.new_page(allowed_errors=allowed, **how)  # type: ignore[arg-type]
    page.goto(address)
    if address.startswith("/karte"):
        page.locator(".map[data-ready]").wait_for()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_accessible_and_fits(
    browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    too_wide = []
    for address in ADDRESSES:
        page = open_page(browser, address, width=width, colour_scheme=scheme)
        assert_accessible(page)
        if not page.evaluate(NO_SCROLLING):
            too_wide.append(address)
        page.context.close()
    assert too_wide == []


def test_no_page_leaves_anything_in_the_browser(browser: Browser) -> None:
    left = {}
    for address in ADDRESSES:
        page = open_page(browser, address)
        stored = page.evaluate("localStorage.length + sessionStorage.length")
        if stored or page.context.cookies():
            left[address] = (stored, page.context.cookies())
        page.context.close()
    assert left == {}


def test_all_can_be_read_without_script(browser: Browser) -> None:
    for address in ADDRESSES:
        page = browser.new_page(
            javascript=False, allowed_errors="404" if address == "/gibt-es-nicht" else None
        )
        page.goto(address)
        expect(page.locator("h1"), address).to_be_visible()
        assert len(page.locator("main").inner_text()) > 100, address
        page.context.close()
