"""What the page of a term offers, above all where nothing is filed under it yet."""

from flask.testing import FlaskClient

from tests.pages import get


def test_a_term_without_examples_shows_those_that_speak_of_it(client: FlaskClient) -> None:
    page = get(client, "/themen/recht-versicherung")
    section = page.one("#praxisbeispiele")
    assert section.one("h2").text == "Noch kein Praxisbeispiel"
    shown = [one.text for one in section.all("h3 a")]
    assert "Offene Engagement-Beratung" in shown
    assert "Vermittlung" in [one.text for one in page.all(".detail__side .tags a")]
    onward = section.one("a.more-link")
    assert onward.text == "Überall nach „Recht & Versicherung“ suchen"
    found = [one.text for one in get(client, onward["href"]).all(".card__link")]
    assert set(shown) <= set(found)
    assert "Versicherung" in [one.text for one in section.all("mark")]


def test_a_term_with_examples_shows_only_its_own(client: FlaskClient) -> None:
    page = get(client, "/themen/patenschaften-mentoring")
    assert page.one("#praxisbeispiele h2").text == "1 Praxisbeispiel"
    assert len(page.all("#praxisbeispiele h3")) == 1
