"""From a problem in one's own words to a list that can be passed on, with and without script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Browser, assert_accessible


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_from_a_question_to_a_shared_list(browser: Browser, javascript: bool) -> None:
    page = browser.new_page(javascript=javascript)
    page.goto("/")
    page.locator("#startsuche").fill("junge Leute für den Vereinsvorstand gewinnen")
    page.locator("#startsuche").press("Enter")
    page.wait_for_url("**/suche?**")
    first = page.locator(".card--practice a.card__link").first
    title = first.inner_text()
    first.click()
    page.wait_for_url("**/praxisbeispiele/**")
    page.locator(".detail__head").get_by_role("button", name="Merken").click()
    expect(page.locator(".detail__head").get_by_role("button", name="Gemerkt")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)

    # Who is like its municipality?
    page.locator(".detail__side dd a").first.click()
    page.get_by_role("link", name="Vergleichbare Kommunen und ihre Praxis").click()
    expect(page).to_have_url(re.compile("nur=praxis"))
    peers = page.locator("li.peer h3")
    expect(peers).to_have_count(7)
    names = peers.all_inner_texts()

    # Three of them side by side, with their practices
    page.get_by_role("link", name=re.compile("nebeneinander$")).click()
    columns = page.locator("thead th > a:first-child")
    expect(columns).to_have_count(5)
    assert columns.all_inner_texts()[1:] == names[:4]
    page.get_by_role("link", name=re.compile(f"Entfernen ?: {re.escape(names[3])}")).click()
    expect(page.locator("thead th")).to_have_count(4)
    for name in names[:3]:
        practices = page.get_by_label(f"Praxisbeispiele aus {name}").locator("li a")
        expect(practices.first).to_be_visible()
    if javascript:
        assert_accessible(page)

    # One more example on the list, which is passed on and taken over by somebody else
    page.get_by_label(f"Praxisbeispiele aus {names[0]}").locator("li a").first.click()
    page.locator(".detail__head").get_by_role("button", name="Merken").click()
    page.locator("#hauptmenue").get_by_role("link", name="Merkliste (2)").click()
    link = page.get_by_label("Link zu dieser Liste").input_value()
    entries = page.locator(".entries h3")
    expect(entries).to_have_count(2)
    marked = entries.all_inner_texts()
    assert title in marked

    stranger = browser.new_page(javascript=javascript)
    stranger.goto(link)
    assert stranger.locator(".entries h3").all_inner_texts() == marked
    stranger.get_by_role("button", name="In meine Merkliste übernehmen").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Ihre Merkliste")
    if javascript:
        assert_accessible(stranger)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_and_the_form_for_ones_own_place_fit_on_a_phone(
    browser: Browser, scheme: str
) -> None:
    page = browser.new_page(width=320, colour_scheme=scheme)  # type: ignore[arg-type]
    for path in ("/merkliste?p=hemer-heimatpreis-hemer&k=05962016", "/praxisbeispiele?meine=Hemer"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert_accessible(page)
