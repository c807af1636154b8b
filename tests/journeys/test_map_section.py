"""Map and list are one: moving the map offers to search what is on the screen."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser import Browser, assert_accessible

OFFER = "In diesem Ausschnitt suchen"


def test_moving_the_map_offers_to_search_there_and_the_list_follows(browser: Browser) -> None:
    page = browser.new_page(reduced_motion=True)
    page.goto("/karte?mitglied=alle")
    page.locator(".map[data-ready]").wait_for()
    everywhere = page.locator("#treffer-titel").inner_text()
    offer = page.get_by_role("link", name=OFFER)
    expect(offer).to_be_hidden()
    for _ in range(2):
        page.get_by_role("button", name="Vergrößern", exact=True).click()
    expect(offer).to_be_visible()
    offer.click()
    page.wait_for_url(re.compile("bbox="))
    expect(page.locator("#treffer-titel")).not_to_have_text(everywhere)
    west, south, east, north = map(float, parse_qs(urlsplit(page.url).query)["bbox"][0].split(","))
    assert west < east
    assert south < north
    assert "mitglied=alle" in page.url
    page.get_by_role("link", name=re.compile("Filter entfernen: Karte")).click()
    expect(page.locator("#treffer-titel")).to_have_text(everywhere)


def test_the_offer_is_reached_by_keyboard_on_a_phone(browser: Browser) -> None:
    page = browser.new_page(width=320, height=640, reduced_motion=True)
    page.goto("/karte")
    page.locator(".map[data-ready]").wait_for()
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    offer = page.get_by_role("link", name=OFFER)
    expect(offer).to_be_visible()
    assert_accessible(page)
    offer.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("bbox="))
