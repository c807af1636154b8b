"""Pages of events: the programme of a congress, told once."""

from flask.testing import FlaskClient

from tests.pages import get

TALK = (
    "Impulsvortrag: Wie Engagementförderung und Demokratie einander stärken, "
    "PD Dr. Ansgar Klein (BBE)"
)


def test_a_talk_stands_once_in_the_programme(client: FlaskClient) -> None:
    programme = get(client, "/veranstaltungen/kongress-2017").one("#programm")
    assert [item.text for item in programme.all("li")] == [
        "Eröffnung durch den Oberbürgermeister der Stadt Bonn",
        TALK,
        "Beitrag der Staatssekretärin für Sport und Ehrenamt",
        "Sieben Workshops",
    ]
    assert not programme.all("p")


def test_the_programme_leads_to_what_is_told_further_down(client: FlaskClient) -> None:
    page = get(client, "/veranstaltungen/kongress-2015")
    links = {link.text: link["href"] for link in page.all("#programm a")}
    assert links == {
        "Lernkarussell: neun Netzwerkkommunen zeigen Praxisbeispiele": (
            "#kongress-2015-lernkarussell"
        ),
        "Sechs Workshops": "#workshops",
    }
    for href in links.values():
        assert page.has(href)
