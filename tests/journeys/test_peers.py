"""From a problem in one's own words to a list that can be passed on, with and without script."""

import re

import pytest

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
    assert page.get_by_role("heading", level=1).inner_text() == title

    # Who is like its municipality?
    page.locator(".detail__side dd a").first.click()
    page.get_by_role("link", name="Vergleichbare Kommunen und ihre Praxis").click()
    assert page.locator("li.peer").count() == 7
    page.get_by_label("Nur Kommunen mit Praxisbeispielen").check()
    page.get_by_role("button", name="Neu berechnen").click()
    names = page.locator("li.peer h3").all_inner_texts()
    assert len(names) == 7

    # Three of them side by side, with their practices
    page.get_by_role("link", name=re.compile("nebeneinander$")).click()
    shown = page.locator("thead th > a:first-child").all_inner_texts()
    assert shown[1:] == names[:4]
    page.get_by_role("link", name=re.compile(f"Entfernen ?: {re.escape(names[3])}")).click()
    assert page.locator("thead th").count() == 4
    for name in names[:3]:
        assert page.get_by_label(f"Praxisbeispiele aus {name}").locator("li a").count() > 0
    if javascript:
        assert_accessible(page)

    # One more example on the list, which is passed on and taken over by somebody else
    page.get_by_label(f"Praxisbeispiele aus {names[0]}").locator("li a").first.click()
    page.locator(".detail__head").get_by_role("button", name="Merken").click()
    page.locator("#hauptmenue").get_by_role("link", name="Merkliste (2)").click()
    link = page.get_by_label("Link zu dieser Liste").input_value()
    marked = page.locator(".entries h3").all_inner_texts()
    assert title in marked

    stranger = browser.new_page(javascript=javascript)
    stranger.goto(link)
    assert stranger.locator(".entries h3").all_inner_texts() == marked
    stranger.get_by_role("button", name="In meine Merkliste übernehmen").click()
    assert stranger.get_by_role("heading", level=1).inner_text() == "Ihre Merkliste"
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
