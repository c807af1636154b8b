"""An archive opens from a folder with the network off, for everybody."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.archive.test_archive import archived  # noqa: F401 - the fixture
from tests.browser import assert_accessible

PAGES = (
    "index.html",
    "kommunen/index.html",
    "kommunen/hemer.html",
    "praxisbeispiele/index.html",
    "themen/index.html",
    "themen/vernetzung.html",
    "veranstaltungen/index.html",
    "veranstaltungen/kongress-2015.html",
    "materialien.html",
    "quellen.html",
)


@pytest.fixture
def page(chromium_process: Chromium) -> Page:  # type: ignore[misc]
    context = chromium_process.new_context(offline=True, locale="de-DE")
    page = context.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.on("console", lambda said: failed.append(said.text) if said.type == "error" else None)
    page.on(
        "request",
        lambda asked: (
            None if asked.url.startswith(("file:", "data:")) else failed.append(asked.url)
        ),
    )
    yield page
    context.close()
    assert failed == []


def test_a_walk_from_the_start_to_a_practice_and_back(
    page: Page,
    archived: tuple[Path, Path],  # noqa: F811
) -> None:
    page.goto((archived[0] / "index.html").as_uri())
    page.get_by_role("navigation").get_by_role("link", name="Praxisbeispiele").click()
    first = page.locator(".archive-list__title").first
    title = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_have_text(title)
    page.locator(".eyebrow a").click()
    page.get_by_role("link", name="zum Anfang des Archivs").click()
    expect(page.locator("h1")).to_have_text("Kommunen, die Engagement fördern")
    assert page.url.startswith("file:")
    page.locator(".svg-map__point").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/kommunen/*.html")
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Fira Sans'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_kind_of_page_is_accessible_and_fits(
    page: Page,
    archived: tuple[Path, Path],  # noqa: F811
    width: int,
    scheme: str,
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    practice = next((archived[0] / "praxisbeispiele").glob("hemer-*.html")).name
    for name in (*PAGES, f"praxisbeispiele/{practice}"):
        page.goto((archived[0] / name).as_uri())
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
