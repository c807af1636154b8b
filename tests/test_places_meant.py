"""Names that may mean several places: every page says which was taken and offers the others."""

import pytest
from flask.testing import FlaskClient

from tests.pages import Page, get


def offered(page: Page) -> dict[str, str]:
    """Links of the notice that names other places: label → address."""
    return {
        link.text: link["href"]
        for notice in page.all(".search-notice")
        if "Oder meinten Sie" in notice.text
        for link in notice.all("a")
    }


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/praxisbeispiele?ort=Düren", "/praxisbeispiele?ort=Kreis+D%C3%BCren"),
        ("/kommunen?mitglied=alle&ort=Düren", "/kommunen?mitglied=alle&ort=Kreis+D%C3%BCren"),
        (
            "/karte?ebene=praxisbeispiele&ort=Düren",
            "/karte?ebene=praxisbeispiele&ort=Kreis+D%C3%BCren",
        ),
        (
            "/praxisbeispiele?q=Integration+Düren",
            "/praxisbeispiele?q=Integration&ort=Kreis+D%C3%BCren",
        ),
        ("/suche?q=Integration+Düren", "/suche?q=Integration+Kreis+D%C3%BCren"),
        ("/suche?q=Düren", "/suche?q=Kreis+D%C3%BCren"),
    ],
)
def test_the_other_place_of_a_name_is_one_click_away(
    client: FlaskClient, path: str, other: str
) -> None:
    page = get(client, path)
    assert offered(page) == {"Kreis Düren": other}
    # Said once: in the sentence that has the link.
    assert page.text.count("Oder meinten Sie") == 1
    assert offered(get(client, other)) == {}


@pytest.mark.parametrize("name", ["Beckum", "Menden", "Wetter"])
def test_a_name_that_is_a_word_as_well_can_be_searched_as_one(
    client: FlaskClient, name: str
) -> None:
    for path in ("/praxisbeispiele", "/karte?ebene=praxisbeispiele", "/suche"):
        page = get(client, f"{path}{'&' if '?' in path else '?'}q={name}")
        (link,) = [one for one in page.all(".search-notice a") if "Wörtlich" in one.text]
        assert f"q={name}&genau=1" in link["href"]
        assert "Verstanden als" not in get(client, link["href"]).text


def test_what_has_no_place_is_searched_everywhere_and_the_page_says_so(
    client: FlaskClient,
) -> None:
    page = get(client, "/suche?q=Kongress+in+Düren")
    assert page.all("#veranstaltungen .entries li")
    sentence = "lassen sich nicht nach Ort eingrenzen; dort wurde überall nach „Kongress“ gesucht."
    assert any(sentence in notice.text for notice in page.all(".search-notice"))
    assert "eingrenzen" not in get(client, "/suche?q=Kongress").text


def test_list_map_and_search_say_the_same_about_a_wider_reading(client: FlaskClient) -> None:
    words = "q=Lesepaten+Xanten"
    listed = get(client, f"/praxisbeispiele?{words}")
    mapped = get(client, f"/karte?ebene=praxisbeispiele&{words}")
    wider = [one.text for one in listed.all(".search-notice") if "Umkreis von 25 km" in one.text]
    assert len(wider) == 1
    for page in (mapped, get(client, f"/suche?{words}")):
        assert wider[0] in [one.text for one in page.all(".search-notice")]


def test_programmes_are_told_the_other_place_in_words(client: FlaskClient) -> None:
    answer = client.get("/map/praxisbeispiele.geojson?ort=Düren").get_json()
    assert answer["problems"] == ["Gesucht wurde in „Düren“. Oder meinten Sie „Kreis Düren“?"]


@pytest.mark.parametrize("path", ["/praxisbeispiele?", "/karte?ebene=praxisbeispiele&"])
def test_where_a_place_has_nothing_its_surroundings_are_offered(
    client: FlaskClient, path: str
) -> None:
    page = get(client, f"{path}ort=Düren")
    (way,) = [one for one in page.all(".empty__options a") if "Umkreis von 10 km" in one.text]
    wider = get(client, way["href"])
    assert way.text.endswith(": 1 Treffer")
    assert "1 Praxisbeispiel" in wider.text
