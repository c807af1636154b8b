"""Map and list are one: moving the map offers to search what is on the screen."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import FloatRect, Page, expect

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
    expect(page.get_by_text("gewählter Ausschnitt", exact=True).last).to_be_visible()
    page.get_by_role("link", name=re.compile("Filter entfernen: Karte")).click()
    expect(page.locator("#treffer-titel")).to_have_text(everywhere)


def test_the_section_searched_is_what_the_map_shows(browser: Browser) -> None:
    page = browser.new_page(reduced_motion=True)
    page.goto("/karte#karte=10/51.6900/7.7500")
    page.locator(".map[data-ready]").wait_for()
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    view = urlsplit(page.url).fragment
    page.get_by_role("link", name=OFFER).click()
    page.wait_for_url(re.compile("bbox="))
    page.locator(".map[data-ready]").wait_for()
    assert urlsplit(page.url).fragment == view
    assert_shows_all_of_its_section(page)
    # So it stays when the address is passed on, or another filter is set.
    page.goto(page.url.partition("#")[0] + "&ebene=praxisbeispiele")
    page.locator(".map[data-ready]").wait_for()
    assert_shows_all_of_its_section(page)
    page.get_by_role("button", name="Verkleinern", exact=True).click()
    before, now = page.locator(".map__canvas").bounding_box(), outline_of(page)
    assert before
    assert now["width"] < 0.75 * before["width"]


def assert_shows_all_of_its_section(page: Page) -> None:
    """The outline of the section fills the map in one direction and lies within it in both."""
    outline, frame = outline_of(page), page.locator(".map__canvas").bounding_box()
    assert frame
    assert all(outline[side] <= frame[side] + 4 for side in ("width", "height"))
    assert any(outline[side] > 0.8 * frame[side] for side in ("width", "height"))
    for axis, side in (("x", "width"), ("y", "height")):
        middle, of_frame = (one[axis] + one[side] / 2 for one in (outline, frame))
        assert abs(middle - of_frame) < 8


def outline_of(page: Page) -> FloatRect:
    box = page.locator(".map-section").bounding_box()
    assert box
    return box


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
