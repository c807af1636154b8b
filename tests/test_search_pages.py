"""The page that asks all lists at once."""

import pytest
from flask.testing import FlaskClient

from tests.pages import Page, get


def group(page: Page, anchor: str) -> list[str]:
    """Titles of the entries of one group; empty if it is not shown."""
    return [one.text for one in page.all(f"#{anchor} .card__title, #{anchor} h4")]


def notices(page: Page) -> str:
    return " ".join(one.text for one in page.all(".search-notice"))


@pytest.mark.parametrize(
    "q", ["Kosten Ehrenamtskarte", "Spenden", "Hilfe für Geflüchtete", "Repair Café", "Ideen"]
)
def test_words_of_german_are_no_misspelt_towns(client: FlaskClient, q: str) -> None:
    page = get(client, f"/suche?q={q}")
    assert "Ergebnisse für" not in notices(page)
    assert group(page, "kommunen") == []
    assert group(page, "praxisbeispiele")


def test_misspelt_towns_are_still_found(client: FlaskClient) -> None:
    page = get(client, "/suche?q=Bilefeld")
    assert "Bielefeld" in notices(page)
    assert "Bielefeld" in group(page, "kommunen")[0]


@pytest.mark.parametrize(
    ("q", "within", "beyond"),
    [
        ("Ehrenamtskarte nahe Hemer", "Hemer", "Aachen"),
        ("Ehrenamt im Kreis Lippe", "Lemgo", "Bonn"),
        ("Freiwillige im Umkreis von 20 km um Hemer", "Hemer", "Paderborn"),
    ],
)
def test_who_to_ask_is_who_is_there(client: FlaskClient, q: str, within: str, beyond: str) -> None:
    page = get(client, f"/suche?q={q}&alle=ansprechstellen")
    (found,) = page.all("#ansprechstellen")
    assert within in found.text
    assert beyond not in found.text


def test_groups_show_their_first_and_lead_to_all(client: FlaskClient) -> None:
    page = get(client, "/suche?q=Ehrenamt")
    for anchor in ("themen", "ansprechstellen"):
        total = int(page.one(f"#{anchor} .result-group__total").text)
        assert total > len(group(page, anchor)) == 5
        href = page.one(f"#{anchor} .more-link")["href"]
        assert len(group(get(client, href), anchor)) == total


def test_distance_and_size_are_named_as_they_were_understood(client: FlaskClient) -> None:
    said = notices(get(client, "/suche?q=Ehrenamt im Umkreis von 20 km um Hemer"))
    assert "bis 20 km um „Hemer“" in said
    said = notices(get(client, "/suche?q=Ehrenamt Stadt unter 10.000 Einwohner"))
    assert "unter 10.000 Einwohnerinnen und Einwohnern" in said


@pytest.mark.parametrize("slug", ["kongress-2013", "kongress-2015", "kongress-2017"])
def test_what_stands_here_today_is_no_content_of_a_congress(client: FlaskClient, slug: str) -> None:
    page = get(client, f"/veranstaltungen/{slug}")
    assert page.all(".participant a[href^='/praxisbeispiele?kommune=']")
    assert not page.all(".participant a[href^='/praxisbeispiele/']")
