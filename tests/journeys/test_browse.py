"""How visitors and municipal staff go through the directory."""

import re
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser import Browser, assert_accessible

CAROUSEL = [
    "Bonn",
    "Essen",
    "Hagen",
    "Hemer",
    "Kamp-Lintfort",
    "Lünen",
    "Rheine",
    "Velbert",
    "Witten",
]


def test_from_the_congress_to_a_practice_and_whom_to_ask(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("/")
    page.get_by_role("link", name="Veranstaltungen", exact=True).first.click()
    page.get_by_role("link", name=re.compile("Fachkongress 2015")).click()
    carousel = page.locator("#kongress-2015-lernkarussell")
    expect(carousel.get_by_role("heading", name="Lernkarussell")).to_be_visible()
    expect(carousel.locator(".participant__name")).to_have_text(CAROUSEL)
    # What it showed then is not known; what it does today is.
    hemer = carousel.get_by_role("listitem").filter(has_text="Hemer")
    hemer.get_by_role("link", name="Praxisbeispiel").click()
    page.get_by_role("link", name="Markt der Möglichkeiten").first.click()
    expect(page.get_by_role("heading", name="Gelingensbedingungen")).to_be_visible()
    expect(page.get_by_role("heading", name="Stolpersteine")).to_be_visible()
    expect(
        page.get_by_role("heading", name="Büro für Bürgerschaftliches Engagement")
    ).to_be_visible()
    page.get_by_role("link", name="Hemer", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hemer")
    expect(page.get_by_role("link", name="Fachkongress 2015")).to_be_visible()


def _narrow_and_widen(browser: Browser, *, javascript: bool) -> None:
    page = browser.new_page(javascript=javascript)
    page.goto("/praxisbeispiele")
    everything = page.locator("#treffer-titel").inner_text()
    page.get_by_label(re.compile(r"Anerkennungskultur")).check()
    page.get_by_role("button", name="Filter anwenden").click()
    expect(page).to_have_url(re.compile(r"thema=anerkennungskultur"))
    expect(page.locator("#treffer-titel")).not_to_have_text(everything)
    chip = page.get_by_role("link", name=re.compile("Filter entfernen: Thema: Anerkennungskultur"))
    expect(chip).to_be_visible()
    chip.click()
    expect(page.locator("#treffer-titel")).to_have_text(everything)


def test_a_filter_narrows_and_is_taken_away_again(browser: Browser) -> None:
    _narrow_and_widen(browser, javascript=True)


def test_filters_work_without_script(browser: Browser) -> None:
    _narrow_and_widen(browser, javascript=False)


def test_an_empty_list_says_which_filter_to_drop(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("/praxisbeispiele?thema=vernetzung&ort=Hellenthal&umkreis=10&q=Ehrenamtskarte")
    expect(page.get_by_text(re.compile(r"^0 hier, \d+ in ganz NRW"))).to_be_visible()
    way_out = page.locator(".empty__options a").last
    promised = re.search(r"(\d+) Treffer", way_out.inner_text())
    assert promised is not None
    way_out.click()
    expect(page.locator("#treffer-titel")).to_have_text(
        re.compile(rf"^{promised[1]} Praxisbeispiele?$")
    )


def test_the_skip_link_leads_past_the_navigation(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("/kommunen")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text("Zum Inhalt springen")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, .breadcrumb') !== null")


def test_on_a_phone_menu_and_filters_open_by_keyboard(browser: Browser) -> None:
    page = browser.new_page(width=320, height=640)
    page.goto("/praxisbeispiele")
    menu = page.get_by_role("button", name="Menü", exact=True)
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Kommunen", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Kommunen", exact=True)).to_be_hidden()
    filters = page.get_by_role("button", name=re.compile("^Filter"))
    filters.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Filter anwenden")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", [320, 390, 600])
def test_on_a_phone_the_menu_holds_the_search(
    browser: Browser, width: int, javascript: bool
) -> None:
    page = browser.new_page(width=width, height=640, javascript=javascript)
    page.goto("/kommunen/hemer")
    field = page.get_by_role("searchbox", name="Alles durchsuchen").or_(
        page.get_by_role("combobox", name="Alles durchsuchen")
    )
    expect(field).to_be_hidden()
    menu = page.get_by_role("button", name="Menü", exact=True)
    menu.focus()
    menu.press("Enter")
    expect(field).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    field.press_sequentially("Ehrenamtskarte")
    field.press("Enter")
    page.wait_for_url("**/suche?q=Ehrenamtskarte")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_suggestions_in_the_menu_close_before_the_menu_does(
    browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(width=320, height=640, colour_scheme=scheme)
    page.goto("/kommunen/hemer")
    page.get_by_role("button", name="Menü", exact=True).click()
    field = page.get_by_role("combobox", name="Alles durchsuchen")
    field.fill("hem")
    suggestions = page.get_by_role("listbox", name="Vorschläge")
    expect(suggestions).to_be_visible()
    assert_accessible(page)
    field.press("Escape")
    expect(suggestions).to_be_hidden()
    expect(field).to_be_focused()
    field.press("Escape")  # empties the field, as in every search field
    expect(field).to_have_value("")
    field.press("Escape")
    expect(field).to_be_hidden()


def test_where_there_is_room_the_search_stands_in_the_bar(browser: Browser) -> None:
    page = browser.new_page(width=768)
    page.goto("/kommunen/hemer")
    field = page.get_by_role("combobox", name="Alles durchsuchen")
    first_link = page.locator("#hauptmenue a").first
    search, links = field.bounding_box(), first_link.bounding_box()
    name = page.locator(".site-header .wordmark__text").bounding_box()
    assert search
    assert links
    assert name
    assert search["y"] + search["height"] < links["y"]
    assert search["x"] > name["x"] + name["width"]
    page.locator(".wordmark").focus()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_shows_that_more_lies_beside(
    browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    page = browser.new_page(width=320, height=640, colour_scheme=scheme, reduced_motion=True)
    page.goto("/themen/vernetzung")
    table = page.locator(".table-scroll")
    assert table.evaluate(SHADOW) == "1"
    assert_accessible(page)
    table.focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
    expect(table.get_by_role("columnheader", name="Zusammen")).to_be_in_viewport(ratio=0.9)
    table.evaluate("region => region.scrollTo(region.scrollWidth, 0)")
    assert table.evaluate(SHADOW) == "0"
    page.set_viewport_size({"width": 1280, "height": 800})
    assert table.evaluate(SHADOW) == "0"


# How dark it is as soon as what was scrolled has been drawn
SHADOW = """
async (region) => {
  for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
  return getComputedStyle(region, "::after").opacity;
}
"""
