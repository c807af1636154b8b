"""Suggestions while typing: by keyboard, to screen readers, on small screens, without script."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import Browser, assert_accessible

FIELD = "#suche-q"


def typed(browser: Browser, words: str = "hem", **how: object) -> tuple[Page, Locator, Locator]:
    """A page with these words in its field: page, field and the open list.

    They come at once, so that no list for fewer letters comes before the one that is meant.
    """
    page = browser.new_page(**how)  # type: ignore[arg-type]
    page.goto("/suche")
    field = page.locator(FIELD)
    field.fill(words)
    options = page.get_by_role("listbox", name="Vorschläge").get_by_role("option")
    expect(options.first).to_be_visible()
    return page, field, options


def test_the_field_is_a_combobox_and_says_how_many_suggestions_there_are(
    browser: Browser,
) -> None:
    page, field, options = typed(browser)
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(field).to_have_attribute("aria-autocomplete", "list")
    listbox = page.locator(f"#{field.get_attribute('aria-controls')}")
    expect(listbox).to_have_role("listbox")
    count = options.count()
    assert count > 1
    said = page.get_by_role("status").filter(has_text="Vorschläge")
    expect(said).to_have_text(f"{count} Vorschläge, mit Pfeiltasten wählen.")
    expect(options.first).to_contain_text(re.compile("Hemer.*Kommune"))


def test_a_term_says_once_what_kind_it_is(browser: Browser) -> None:
    _, _, options = typed(browser, "ehrenamtskarte")
    expect(options.first.locator(".suggest__detail")).to_have_text("Instrument")
    _, _, options = typed(browser, "anerkennung")
    expect(options.first.locator(".suggest__detail")).to_have_text("Thema")


def test_the_list_follows_every_key(browser: Browser) -> None:
    page, field, options = typed(browser, "he")
    field.press("End")
    field.press_sequentially("iligenh")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("Heiligenhaus")
    expect(page.get_by_role("status").filter(has_text="Vorschlag")).to_have_text("Ein Vorschlag.")


def test_arrows_choose_around_the_list_and_back_into_the_field(browser: Browser) -> None:
    page, field, options = typed(browser)
    count = options.count()
    for place in range(count):
        page.keyboard.press("ArrowDown")
        chosen = options.nth(place)
        expect(chosen).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
        expect(page.locator('[role="option"][aria-selected="true"]')).to_have_count(1)
        expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")


def test_enter_opens_what_is_chosen_and_searches_where_nothing_is(browser: Browser) -> None:
    page, _, _ = typed(browser)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hemer")
    page, _, _ = typed(browser)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/suche\?q=hem$"))


def test_escape_closes_the_list_and_keeps_the_words(browser: Browser) -> None:
    page, field, options = typed(browser)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("hem")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()


def test_tab_leaves_field_and_list(browser: Browser) -> None:
    page, field, options = typed(browser)
    page.keyboard.press("Tab")
    expect(options.first).to_be_hidden()
    expect(field).not_to_be_focused()
    expect(page.locator(":focus")).to_have_text(re.compile("Suchen"))


def test_a_suggestion_is_opened_by_mouse(browser: Browser) -> None:
    page, _, options = typed(browser)
    options.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hemer")


def test_words_that_nothing_begins_with_are_said_to_have_no_suggestions(browser: Browser) -> None:
    page, field, options = typed(browser)
    field.fill("qqqq")
    expect(page.get_by_role("status").filter(has_text="Keine")).to_have_text("Keine Vorschläge.")
    expect(options.first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_open_list_is_accessible_and_fits(browser: Browser, scheme: str, width: int) -> None:
    page, _, options = typed(browser, width=width, colour_scheme=scheme)
    page.keyboard.press("ArrowDown")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for option in options.all():
        box = option.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 24


def test_without_script_the_field_is_a_plain_form(browser: Browser) -> None:
    page = browser.new_page(javascript=False)
    page.goto("/suche")
    field = page.locator(FIELD)
    expect(field).to_have_role("searchbox")
    field.fill("Hemer")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/suche\?q=Hemer$"))
    expect(page.get_by_role("link", name="Hemer", exact=True).first).to_be_visible()
