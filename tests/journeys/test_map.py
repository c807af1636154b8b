"""The map in a real browser: by mouse, by keyboard, without script, and before and after consent.

`Browser` fails each of these tests at the first request to another host.
"""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from directory.geo.boundaries import Detail, Layer, load
from directory.geo.points import Box, Point
from directory.maps.outlines import Projection
from directory.pages.components import map_data
from tests.browser import Browser, assert_accessible

TILES = "sgx.geodatenzentrum.de"
# Few enough members that none is part of a cluster.
KREIS_WESEL = "/karte?kreis=05170"


def open_map(browser: Browser, address: str = "/karte", **how: object) -> Page:
    page = browser.new_page(**how)  # type: ignore[arg-type]
    page.goto(address)
    page.locator(".map[data-ready]").wait_for()
    return page


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is out of reach of the keyboard")


def look_at(page: Page, zoom: float) -> None:
    """Type another view into the address and wait until the map has followed, without motion."""
    page.evaluate(FOLLOWED, f"#karte={zoom}/51.4500/7.1000")


# The map's own listener is the first to be called.
FOLLOWED = """
view => new Promise((followed) => {
  addEventListener("hashchange", () => followed(), { once: true });
  location.hash = view;
})
"""


def shown(page: Page) -> int:
    """How many entries markers and clusters on the screen stand for."""
    return sum(
        int(text.replace(".", "")) if text else 1
        for text in page.locator(".map-marker, .marker-cluster").all_inner_texts()
    )


@pytest.mark.parametrize(
    ("address", "sentence", "count"),
    [
        ("/karte", "40 Kommunen auf der Karte", 40),
        ("/karte?ebene=kommunen&mitglied=alle", "432 Kommunen auf der Karte", 432),
        ("/karte?ebene=praxisbeispiele", "153 Praxisbeispiele auf der Karte", 153),
        ("/karte?q=Quastenflosser", "0 Kommunen auf der Karte", 0),
    ],
)
def test_all_hits_are_on_the_screen_and_said_aloud(
    browser: Browser, address: str, sentence: str, count: int
) -> None:
    page = open_map(browser, address)
    expect(page.get_by_role("status").filter(has_text="auf der Karte")).to_have_text(sentence)
    assert shown(page) == count
    expect(page.locator(".map__drawing")).to_be_hidden()


def test_the_map_is_named_in_german(browser: Browser) -> None:
    page = open_map(browser)
    region = page.get_by_role("region", name="Karte: 40 Kommunen")
    for name in ("Vergrößern", "Verkleinern", "Alle Treffer zeigen"):
        expect(region.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(region.get_by_role("button", name="Beckum", exact=True)).to_be_visible()
    expect(region.get_by_role("button", name=re.compile(r"^\d+ Kommunen, vergrößern$")).first)
    unnamed = region.locator(".leaflet-marker-icon:not([aria-label])")
    expect(unnamed).to_have_count(0)


def test_enter_opens_a_popup_and_escape_leads_back(browser: Browser) -> None:
    page = open_map(browser, KREIS_WESEL)
    marker = page.get_by_role("button", name="Xanten", exact=True)
    page.locator(".map__skip").focus()
    tab_to(page, marker)
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog", name="Xanten")
    expect(popup).to_be_focused()
    expect(popup).to_contain_text("Kreis Wesel")
    page.keyboard.press("Tab")
    expect(popup.get_by_role("link", name="Xanten")).to_be_focused()
    page.keyboard.press("Tab")
    expect(popup.get_by_role("button", name="Schließen")).to_be_focused()
    page.keyboard.press("Escape")
    expect(popup).to_be_hidden()
    expect(marker).to_be_focused()


def test_space_opens_and_the_button_closes(browser: Browser) -> None:
    page = open_map(browser, KREIS_WESEL)
    marker = page.get_by_role("button", name="Xanten", exact=True)
    marker.focus()
    page.keyboard.press("Space")
    popup = page.get_by_role("dialog", name="Xanten")
    popup.get_by_role("button", name="Schließen").press("Enter")
    expect(popup).to_be_hidden()
    expect(marker).to_be_focused()


def test_a_popup_leads_to_the_entry(browser: Browser) -> None:
    page = open_map(browser, KREIS_WESEL)
    page.get_by_role("button", name="Xanten", exact=True).click()
    page.get_by_role("dialog").get_by_role("link", name="Xanten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xanten")


@pytest.mark.parametrize("reduced_motion", [False, True])
def test_a_cluster_opens_and_the_keyboard_goes_on_inside(
    browser: Browser, reduced_motion: bool
) -> None:
    page = open_map(browser, reduced_motion=reduced_motion)
    cluster = page.locator(".marker-cluster").first
    expect(cluster).to_have_accessible_name(re.compile(r"^\d+ Kommunen, vergrößern$"))
    cluster.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#karte=\d"))
    expect(page.locator(".leaflet-marker-icon:focus")).to_have_count(1)
    expect(page.locator(".leaflet-marker-icon:focus")).to_be_in_viewport()


def test_examples_of_one_town_share_a_marker_that_lists_them(browser: Browser) -> None:
    page = open_map(browser, "/karte?ebene=praxisbeispiele&ort=Hemer&mitglied=ja")
    page.get_by_role("button", name="Hemer: 5 Praxisbeispiele", exact=True).click()
    popup = page.get_by_role("dialog", name="Hemer: 5 Praxisbeispiele")
    expect(popup.get_by_role("listitem")).to_have_count(5)
    popup.get_by_role("link", name="Markt der Möglichkeiten").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Markt der Möglichkeiten")


def test_a_view_has_an_address_and_comes_back_with_it(browser: Browser) -> None:
    page = open_map(browser)
    assert "#" not in page.url
    page.get_by_role("button", name="Vergrößern", exact=True).click()
    expect(page).to_have_url(re.compile(r"/karte#karte=[\d.]+/[\d.]+/[\d.]+$"))
    expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
    names = page.locator(".map-marker").evaluate_all(NAMES)
    again = open_map(browser, page.url, reduced_motion=True)
    assert again.locator(".map-marker").evaluate_all(NAMES) == names
    again.get_by_role("button", name="Alle Treffer zeigen").click()
    assert shown(again) == 40  # without motion a step is done when its click is


NAMES = "all => all.map((one) => one.getAttribute('aria-label')).sort()"


def test_close_by_the_map_is_drawn_in_detail_with_names(browser: Browser) -> None:
    page = browser.new_page()
    with page.expect_response(re.compile(r"/map/grenzen/detail\.topojson")):
        page.goto("/karte#karte=11/51.45/7.1")
    expect(page.locator(".map-name").get_by_text("Essen", exact=True)).to_be_visible()


def test_ground_and_detail_take_turns_and_land_lies_below_all(browser: Browser) -> None:
    page = open_map(browser, reduced_motion=True)
    lowest = page.locator(".leaflet-overlay-pane .map-land:first-child")
    for zoom, of_ground in ((10, False), (8, True), (10, False)):
        look_at(page, zoom)
        expect(page.locator(".map-name")).to_have_count(0 if of_ground else 396)
        expect(page.locator(".leaflet-image-layer")).to_have_count(1 if of_ground else 0)
        expect(page.locator(".map-land")).to_have_count(1)
        expect(lowest).to_have_count(1)


def test_at_first_the_ground_is_the_drawing_and_no_outlines_are_loaded(browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/karte")
    page.locator(".map[data-ready]").wait_for()
    ground = page.locator(".leaflet-overlay-pane svg")
    expect(ground.locator(".map-land, .map-line")).to_have_count(4)
    expect(ground.locator(".svg-map__area")).to_have_count(
        page.locator(".map__drawing .svg-map__area").count()
    )
    assert not any("topojson" in url for url in asked)


@pytest.mark.parametrize("query", ["", "?mitglied=alle&bbox=7,51,7.6,51.4"])
def test_the_ground_lies_where_the_state_lies(browser: Browser, query: str) -> None:
    page = open_map(browser, f"/karte{query}#karte=9/51.4500/7.5000", reduced_motion=True)
    box = load(Detail.OVERVIEW).area(Layer.STATE, "05").box
    pixels = Projection(Box(7.5, 51.45, 8.5, 52), 2**9 * 256 / 360)
    (left, top), (right, bottom) = (
        pixels.xy(corner) for corner in (Point(box.north, box.west), Point(box.south, box.east))
    )
    # The frame of these units begins at 52° north, the middle of the map lies further south.
    middle = pixels.height
    found = page.locator(".leaflet-overlay-pane .map-land").evaluate(EDGES)
    expected = [left, right, top - middle, bottom - middle]
    assert found == pytest.approx(expected, abs=2)


# From the middle of the map to each edge of the state, in pixels
EDGES = """
(land) => {
  const box = land.getBoundingClientRect();
  const frame = document.querySelector(".folium-map").getBoundingClientRect();
  const [x, y] = [frame.x + frame.width / 2, frame.y + frame.height / 2];
  return [box.left - x, box.right - x, box.top - y, box.bottom - y];
}
"""


# Ten thousand places ----------------------------------------------------------------------------


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the map take a hundred entries for so many that their points come first."""
    monkeypatch.setattr(map_data, "_MOST_WHOLE", 100)


@pytest.mark.usefixtures("crowded")
def test_of_many_only_the_points_come_at_first_and_names_for_what_is_seen(
    browser: Browser,
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto("/karte?mitglied=alle&n=1#karte=11/51.6650/6.4500")
    page.locator(".map[data-ready]").wait_for()
    marker = page.get_by_role("button", name="Xanten", exact=True)
    expect(marker).to_be_visible()
    assert "/map/kommunen.json" in asked
    assert 0 < asked.count("/map/kommunen.geojson") < 12
    marker.focus()
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog", name="Xanten")
    expect(popup).to_contain_text("Kreis Wesel")
    page.keyboard.press("Escape")
    expect(marker).to_be_focused()
    page.get_by_role("button", name="Alle Treffer zeigen").click()
    expect(page.locator(".marker-cluster").first).to_be_visible()
    assert shown(page) == 432


@pytest.mark.usefixtures("crowded")
def test_of_many_a_marker_says_how_many_it_is_while_its_name_is_out_of_reach(
    browser: Browser,
) -> None:
    page = browser.new_page(allowed_errors="Failed to load")
    page.route("**/map/kommunen.geojson*", lambda route: route.abort())
    page.goto("/karte?mitglied=alle&n=2#karte=11/51.6650/6.4500")
    page.locator(".map[data-ready]").wait_for()
    marker = page.get_by_role("button", name="1 Kommune", exact=True).first
    marker.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("dialog").get_by_role("link", name="Alle 1 in der Liste")
    expect(link).to_be_visible()


APART = """
() => {
  const markers = [...document.querySelectorAll(".map__canvas :is(.map-marker, .marker-cluster)")];
  const boxes = markers.map((one) => one.getBoundingClientRect());
  let least = Infinity;
  boxes.forEach((one, place) => boxes.slice(0, place).forEach((other) => {
    least = Math.min(least, Math.hypot(one.x + one.width / 2 - other.x - other.width / 2,
                                       one.y + one.height / 2 - other.y - other.height / 2));
  }));
  return [markers.length, least, Math.min(...boxes.map((box) => Math.min(box.width, box.height)))];
}
"""


@pytest.mark.parametrize("layer", ["kommunen", "praxisbeispiele"])
def test_at_no_zoom_two_markers_are_nearer_than_a_target_is_wide(
    browser: Browser, layer: str
) -> None:
    page = open_map(browser, f"/karte?ebene={layer}&mitglied=alle", reduced_motion=True)
    for zoom in (6, 7, 7.25, 8, 9, 9.75, 10, 11, 11.75, 12, 13, 14):
        look_at(page, zoom)
        count, least, smallest = page.evaluate(APART)
        assert smallest >= 24, zoom
        assert count < 2 or least >= 28 > 24, (zoom, count, least)


# When something is missing ----------------------------------------------------------------------


def test_without_script_the_drawing_leads_to_every_entry(browser: Browser) -> None:
    page = browser.new_page(javascript=False)
    page.goto("/karte")
    expect(page.locator(".map__drawing")).to_be_visible()
    page.locator(".svg-map").get_by_role("link", name="Xanten").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xanten")


@pytest.mark.parametrize(
    "missing", ["**/map/kommunen.geojson*", "**/leaflet.js", "**/map/grundkarte.svg*"]
)
def test_when_loading_fails_the_drawing_stays_and_says_so(browser: Browser, missing: str) -> None:
    page = browser.new_page(allowed_errors="Failed|L is not defined|fetch")
    page.route(missing, lambda route: route.abort())
    page.goto("/karte")
    expect(page.locator(".map__status")).to_contain_text("ließ sich nicht laden")
    expect(page.locator(".map__drawing")).to_be_visible()
    expect(page.locator(".svg-map a").first).to_be_visible()


# Nobody else on the line ------------------------------------------------------------------------


def test_tiles_are_asked_for_after_consent_and_never_again_once_it_is_taken_back(
    browser: Browser,
) -> None:
    page = browser.new_page(allowed_hosts=(TILES,))
    page.goto("/karte?ebene=praxisbeispiele&ort=Hemer")
    page.locator(".map[data-ready]").wait_for()
    page.get_by_role("button", name="Vergrößern", exact=True).click()
    assert browser.requests_elsewhere == []

    page.get_by_text("Straßen und Orte im Hintergrund zeigen").click()
    expect(page.locator(".map__tiles")).to_contain_text("IP-Adresse")
    page.get_by_role("button", name="Zustimmen und Hintergrundkarte laden").click()
    expect(page.locator(".map__attribution")).to_contain_text("basemap.de")
    expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
    expect(page).to_have_url(re.compile(r"ort=Hemer#karte="))
    assert browser.requests_elsewhere

    page.get_by_role("button", name="Ausschalten und Zustimmung widerrufen").click()
    expect(page.locator(".map__attribution")).not_to_contain_text("basemap.de")
    page.locator(".map[data-ready]").wait_for()
    browser.requests_elsewhere.clear()
    before = page.url
    page.get_by_role("button", name="Verkleinern", exact=True).click()
    expect(page).not_to_have_url(before)
    expect(page.locator(".leaflet-tile")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert browser.requests_elsewhere == []
    assert page.context.cookies() == []


def test_nothing_is_stored_about_visitors(browser: Browser) -> None:
    page = open_map(browser, KREIS_WESEL)
    page.get_by_role("button", name="Xanten", exact=True).click()
    expect(page.get_by_role("dialog", name="Xanten")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_map_and_popup_are_accessible(browser: Browser, scheme: str) -> None:
    page = open_map(browser, "/karte?ebene=praxisbeispiele&ort=Hemer", colour_scheme=scheme)
    page.get_by_role("button", name="Hemer: 5 Praxisbeispiele", exact=True).click()
    page.get_by_text("Straßen und Orte im Hintergrund zeigen").click()
    expect(page.get_by_role("dialog")).to_have_css("opacity", "1")  # it fades in
    assert_accessible(page)
