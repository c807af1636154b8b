"""Place, distance and size in a visitor's words."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.db import db
from directory.geo.places import Gazetteer
from directory.search import failures
from directory.search.lists.reference import get_reference
from directory.search.words.understanding import understand
from tests.pages import get

FACETS = {"groesse", "art"}


@pytest.fixture
def gazetteer(site_app: Flask) -> Iterator[Gazetteer]:
    with site_app.app_context():
        yield get_reference(db.session).gazetteer


@pytest.mark.parametrize(
    ("q", "words", "place", "km"),
    [
        ("Ehrenamtskarte nahe Hemer", "Ehrenamtskarte", "Hemer", 25),
        ("Integration im Kreis Lippe", "Integration", "Kreis Lippe", None),
        ("Ehrenamt in Bonn", "Ehrenamt", "Bonn", None),
        ("rund um Münster 30 km", "", "Münster", 30),
        ("im Umkreis von 20 km um Hemer Patenschaften", "Patenschaften", "Hemer", 20),
        ("Karte im Märkischen Kreis", "Karte", "Märkischer Kreis", None),
        ("Integration 53111", "Integration", "53111", None),
        ("Umwelt Wetter (Ruhr)", "Umwelt", "Wetter (Ruhr)", None),
        ("Essen", "", "Essen", None),
        ("Ehrenamtsmesse in Essen", "Ehrenamtsmesse", "Essen", None),
    ],
)
def test_places_are_recognised(
    q: str, words: str, place: str, km: float | None, gazetteer: Gazetteer
) -> None:
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert (found.words, found.place, found.radius_km) == (words, place, km)


@pytest.mark.parametrize(
    "q", ["gemeinsames Essen", "gute Lage", "Hilfe bei Hochwasser", "Dorf", "25 Jahre Ehrenamt"]
)
def test_words_that_are_also_names_stay_words(q: str, gazetteer: Gazetteer) -> None:
    assert understand(q, gazetteer, facets=FACETS, of_places=False) is None


@pytest.mark.parametrize(
    ("q", "words", "sizes"),
    [
        ("Vereine Dorf unter 10.000 Einwohner", "Vereine Dorf", ["unter-10000"]),
        ("App, Stadt über 500.000 Einwohner", "App", ["ab-500000"]),
        ("zwischen 20.000 und 50.000 Einwohnern App", "App", ["20000-50000"]),
        ("App 30 tausend Einwohner", "App", ["20000-50000"]),
    ],
)
def test_sizes_are_recognised(q: str, words: str, sizes: list[str], gazetteer: Gazetteer) -> None:
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert (found.words, found.choices) == (words, {"groesse": tuple(sizes)})


@pytest.mark.parametrize(
    ("q", "words"),
    [
        (
            "Praxisbeispiele aus kleinen Gemeinden zur Anerkennung",
            "Praxisbeispiele zur Anerkennung",
        ),
        ("Hemer und Menden", "Menden"),
        ("Dank ohne Geld in Hemer", "Dank ohne Geld"),
    ],
)
def test_what_is_left_is_no_torn_phrase(q: str, words: str, gazetteer: Gazetteer) -> None:
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    ("q", "words", "kinds"),
    [
        ("Koordination des Ehrenamts auf Kreisebene", "Koordination des Ehrenamts", ["kreis"]),
        ("Ehrenamtskarte bei anderen Kreisen", "Ehrenamtskarte", ["kreis"]),
        ("Was machen die Landkreise für Vereine?", "Was machen für Vereine", ["kreis"]),
        ("Leitbild kreisfreie Städte", "Leitbild", ["kreisfreie-stadt"]),
        (
            "Büro in kreisangehörigen Kommunen und für unseren Kreis",
            "Büro",
            ["kreisangehoerige-stadt", "gemeinde", "kreis"],
        ),
    ],
)
def test_kinds_of_towns_are_recognised(
    q: str, words: str, kinds: list[str], gazetteer: Gazetteer
) -> None:
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert (found.words, found.choices) == (words, {"art": tuple(kinds)})


@pytest.mark.parametrize(
    ("q", "place"),
    [("Ehrenamt im Kreis Lippe", "Kreis Lippe"), ("Ehrenamt Landkreis Coesfeld", "Kreis Coesfeld")],
)
def test_a_county_by_its_name_is_a_place_and_no_kind(
    q: str, place: str, gazetteer: Gazetteer
) -> None:
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    place_found = gazetteer.find_area(found.place)
    assert place_found is not None
    assert (place_found.label, found.choices) == (place, {})


@pytest.mark.parametrize(
    "q", ["Freundeskreise für Geflüchtete", "im Kreise der Familie", "für Kreise und Gemeinden"]
)
def test_other_circles_are_no_counties(q: str, gazetteer: Gazetteer) -> None:
    assert understand(q, gazetteer, facets=FACETS, of_places=False) is None


def test_kind_and_size_are_recognised_together(gazetteer: Gazetteer) -> None:
    q = "App in kreisfreien Städten mit mehr als 500.000 Einwohnern"
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert found.words == "App"
    assert found.choices == {"art": ("kreisfreie-stadt",), "groesse": ("ab-500000",)}


def test_a_kind_that_leaves_nothing_is_given_up_and_said(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?q=Neub%C3%BCrger+in+anderen+Kreisen")
    notices = " ".join(one.text for one in page.all(".search-notice"))
    assert "„Neubürger“ in Kreisen und der Städteregion" in notices
    assert "In dieser Art ist dazu nichts erfasst" in notices
    assert page.all(".card")


def test_what_a_list_cannot_be_narrowed_by_stays_a_word(gazetteer: Gazetteer) -> None:
    q = "Treffen der Kreise, Städte unter 10.000 Einwohner"
    assert understand(q, gazetteer, facets=(), of_places=False) is None


def test_a_name_alone_is_looked_for_in_the_list_of_municipalities(gazetteer: Gazetteer) -> None:
    assert understand("Münster", gazetteer, facets=FACETS, of_places=True) is None
    found = understand("Städte im Kreis Lippe", gazetteer, facets=FACETS, of_places=True)
    assert found is not None
    assert (found.words, found.place) == ("", "Kreis Lippe")


def test_the_page_says_what_it_understood_and_leads_back(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?q=Ehrenamtskarte+nahe+Hemer")
    assert "Verstanden als" in page.one(".search-notice").text
    literal = page.one(".search-notice a")["href"]
    assert "genau=1" in literal
    assert "Verstanden als" not in get(client, literal).text


def test_a_correction_is_said_and_can_be_undone(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?q=Ehrnamtskarte")
    assert "Ergebnisse für „Ehrenamtskarte“" in page.one(".search-notice").text
    assert page.one(".search-notice a")["href"].endswith("q=Ehrnamtskarte&genau=1")


def test_an_ambiguous_name_asks_back(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?ort=D%C3%BCren")
    assert "ort=Kreis+D%C3%BCren" in page.one(".search-notice a")["href"]


def test_filters_that_hide_everything_say_what_there_is_elsewhere(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?q=Bierdeckel&kreis=05766")
    assert "0 hier" in page.one(".empty__sentence").text
    assert "in ganz NRW" in page.one(".empty__sentence").text


@pytest.mark.parametrize(
    ("q", "said"),
    [
        (
            "Versicherung+f%C3%BCr+Ehrenamtliche",
            "Gut passen 8 Treffer; 12 weitere kommen dem nahe.",
        ),
        ("Quatschwort", "Genau dazu ist nichts erfasst; gezeigt wird, was dem am nächsten kommt."),
    ],
)
def test_hits_that_only_come_near_are_no_more_than_that(
    q: str, said: str, client: FlaskClient
) -> None:
    assert said in get(client, f"/praxisbeispiele?q={q}").one(".search-notice").text
    assert not get(client, "/praxisbeispiele?q=Versicherung").all(".search-notice")


def test_what_only_comes_near_was_looked_for_in_vain(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(failures, "count", counted.append)
    for q in ("Quatschwort", "Quatschwort&kreis=05766", "Versicherung"):
        get(client, f"/praxisbeispiele?q={q}")
    assert counted == ["Quatschwort"]
    for q in ("Quatschwort", "Versicherung"):
        get(client, f"/suche?q={q}")
    assert counted == ["Quatschwort"] * 2


def test_a_term_that_led_to_an_entry_is_called_what_it_is(client: FlaskClient) -> None:
    cards = get(client, "/praxisbeispiele?q=Wettbewerb").all(".card__note")
    reasons = " ".join(card.text for card in cards)
    assert "Instrument Wettbewerb und Mikroförderung" in reasons
    assert "Thema Wettbewerb" not in reasons


def test_hits_are_marked_and_say_why_they_are_there(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?q=Asylbewerber")
    assert page.all(".card__text mark")
    assert any(note.text.startswith("gefunden über: ") for note in page.all(".card__note"))
    assert not get(client, "/praxisbeispiele").all(".card__text mark")


@pytest.mark.parametrize(
    ("q", "words", "place"),
    [
        ("Dank im Münsterland", "Dank", "Münsterland"),
        ("Vereine Rheinland", "Vereine", "Rheinland"),
        ("nahe Sauerland Fest", "Fest", "Sauerland"),
        ("im Bergischen Land Fest", "Fest", "Bergisches Land"),
        ("Barmen Engagement", "Engagement", "Barmen"),
        ("Fest im Bezirk Arnsberg", "Fest", "Bezirk Arnsberg"),
    ],
)
def test_regions_and_other_names_are_places(
    q: str, words: str, place: str, gazetteer: Gazetteer
) -> None:
    found = understand(q, gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert (found.words, found.place, found.radius_km) == (words, place, None)


def test_a_region_is_all_that_belongs_to_it(gazetteer: Gazetteer) -> None:
    found = gazetteer.find_area("OWL")
    assert found is not None
    assert [place.name for place in found.places] == ["Regierungsbezirk Detmold"]
    assert gazetteer.find("OWL") is None


def test_a_key_without_its_zero_is_one(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("5314000")
    assert found is not None
    assert found.label == "Bonn"


def test_a_town_has_no_article(gazetteer: Gazetteer) -> None:
    assert understand("Markt in der Halle", gazetteer, facets=FACETS, of_places=False) is None


def test_small_towns_are_a_size(gazetteer: Gazetteer) -> None:
    found = understand("Fest in kleinen Gemeinden", gazetteer, facets=FACETS, of_places=False)
    assert found is not None
    assert found.words == "Fest"
    assert found.choices == {"groesse": ("unter-10000", "10000-20000")}
