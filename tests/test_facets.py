"""The filters beside a list: of very many values the strongest, and all of them when asked."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.pages.components import facets
from tests.browser import Browser
from tests.pages import Page, get

LIST = "/praxisbeispiele"
# How wide a select would be if it had all the room it wants for its longest choice
NATURAL_WIDTH = """one => {
    const free = one.cloneNode(true);
    free.removeAttribute("id");
    one.after(free);
    free.style.cssText = "position: absolute; inline-size: max-content; max-inline-size: none";
    const width = free.offsetWidth;
    free.remove();
    return width;
}"""


@pytest.fixture
def reader_of_many(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """As if all of Germany were listed: more values than anybody reads through."""
    monkeypatch.setattr(facets, "_MOST_FOLDED", 10)
    return app.test_client()


def counties(page: Page) -> list[tuple[str, int]]:
    return list(page.facets["Kreis"].items())


def counties_by_key(page: Page) -> dict[str, int]:
    """Value in addresses → entries, in the order of the page."""
    keys = [box["value"] for box in page.all("#filter-kreis input")]
    return dict(zip(keys, page.facets["Kreis"].values(), strict=True))


def test_of_very_many_values_the_strongest_are_shown(reader_of_many: FlaskClient):
    shown = counties(get(reader_of_many, LIST))
    every = counties(get(reader_of_many, f"{LIST}?alle=kreis"))
    strongest = sorted((count for _, count in every), reverse=True)[:8]
    assert [count for _, count in shown] == strongest
    assert set(shown) < set(every)


def test_a_link_leads_to_all_values_by_name_and_another_back(reader_of_many: FlaskClient):
    asked = f"{LIST}?q=ehrenamt&sort=titel"
    link = get(reader_of_many, asked).one("#filter-kreis .facet__all")
    whole = get(reader_of_many, link["href"].partition("#")[0])
    names = [name for name, _ in counties(whole)]
    assert link.text == f"Alle {len(names)} anzeigen: Kreis"
    assert names == sorted(names)
    assert whole.one("#filter-kreis .facet__all")["href"] == f"{asked}#filter-kreis"


def test_all_values_are_counted_under_the_other_filters(reader_of_many: FlaskClient):
    asked = f"{LIST}?thema=beteiligung&alle=kreis"
    counts = counties_by_key(get(reader_of_many, asked))
    key = min(counts, key=counts.__getitem__)
    page = get(reader_of_many, f"{LIST}?thema=beteiligung&kreis={key}")
    found = "1 Praxisbeispiel" if counts[key] == 1 else f"{counts[key]} Praxisbeispiele"
    assert page.one("#treffer-titel").text == found
    # What was chosen stands first, however weak it is.
    assert next(iter(counties_by_key(page).items())) == (key, counts[key])


def test_whoever_asked_for_all_values_need_not_open_the_filters(reader_of_many: FlaskClient):
    for path in (LIST, "/karte"):
        assert "popover" in get(reader_of_many, path).one("#filter").attributes
        assert "popover" not in get(reader_of_many, f"{path}?alle=kreis").one("#filter").attributes


def test_few_values_fold_away_on_the_page_itself(client: FlaskClient):
    page = get(client, "/kommunen?mitglied=alle")
    assert len(page.all("#filter-kreis .facet__more input")) == len(counties(page)) - 8
    assert not page.has(".facet__all")


def test_all_values_of_a_filter_that_is_not_there_are_refused_with_a_sentence(client: FlaskClient):
    page = get(client, f"{LIST}?alle=kreiss")
    assert "Den Filter „kreiss“ gibt es hier nicht" in page.one("#treffer").text


def test_ways_out_of_an_empty_list_are_said_in_plain_words(client: FlaskClient) -> None:
    def ways(query: str) -> list[str]:
        page = get(client, f"/praxisbeispiele?{query}")
        return [one.text for one in page.all(".empty__options a")]

    assert ways("bbox=6,50,6.01,50.01") == [
        "Auch außerhalb des Kartenausschnitts suchen: 153 Treffer"
    ]
    assert ways("thema=recht-versicherung&ort=Hemer") == [
        "Ohne den Filter „Thema: Recht & Versicherung“: 5 Treffer"
    ]
    assert ways("q=Ehrenamtskarte&ort=Hallenberg&umkreis=5")[-1].startswith(
        "Ohne den Filter „Umkreis: 5 km um Hallenberg“: "
    )


def test_what_is_chosen_can_be_read_whole(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("/praxisbeispiele?meine=05962016&sort=einwohner")
    for width in (320, 414, 600, 700, 768, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for select in page.locator("#sortierung, #liste-umkreis").all():
            assert select.evaluate(NATURAL_WIDTH) <= select.evaluate("one => one.offsetWidth")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/praxisbeispiele", "Praxisbeispiele"),
        ("/praxisbeispiele?seite=2", "Praxisbeispiele, Seite 2 von 8"),
        ("/praxisbeispiele?seite=99", "Praxisbeispiele, Seite 99"),
        ("/praxisbeispiele?q=Karte+nahe+Hemer", "Praxisbeispiele: „Karte“, 25 km um Hemer"),
        (
            "/praxisbeispiele?thema=vernetzung&ort=Hemer",
            "Praxisbeispiele: Vernetzung, Hemer",
        ),
        (
            "/praxisbeispiele?thema=vernetzung&art=gemeinde&groesse=10000-20000&kreis=05962&ort=Hemer",
            "Praxisbeispiele: Vernetzung, 10.000 bis unter 20.000, Gemeinde, 2 weitere Filter",
        ),
        ("/kommunen?mitglied=alle", "Kommunen: Alle in Nordrhein-Westfalen"),
        ("/veranstaltungen?art=kongress", "Veranstaltungen: Kongress"),
        ("/materialien?q=Leitfaden", "Materialien: „Leitfaden“"),
        ("/karte?ebene=praxisbeispiele&ort=Hemer", "Karte der Praxisbeispiele: Hemer"),
    ],
)
def test_titles_tell_lists_apart(client: FlaskClient, path: str, title: str) -> None:
    assert get(client, path).title == title
