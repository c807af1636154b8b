"""A visitor's own municipality: chosen once, kept in the address or, if wished, on the device."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from directory.search.criteria import Criteria
from directory.search.likeness.peer_groups import keys_by_likeness
from directory.search.lists.listings import ALL, ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find
from tests.pages import get

HEMER = "05962016"


def choose(client: FlaskClient, **fields: str) -> str:
    """Send the form and return where it leads."""
    answer = client.post("/meine-kommune", data={"zurueck": "/praxisbeispiele", **fields})
    assert answer.status_code == 303
    return answer.headers["Location"]


@pytest.mark.parametrize("words", ["Hemer", "58675", HEMER, "hemer"])
def test_it_is_chosen_by_name_postcode_or_key(client: FlaskClient, words: str) -> None:
    assert choose(client, meine=words) == f"/praxisbeispiele?meine={HEMER}"
    assert client.get_cookie("meine_kommune") is None


def test_lists_then_say_how_near_and_how_alike_each_place_is(client: FlaskClient) -> None:
    page = get(client, f"/praxisbeispiele?meine={HEMER}&sort=aehnlich")
    near = [one.text for one in page.all(".card__near")]
    assert near[0] == "Ihre Kommune"
    others = [text for text in near if text != "Ihre Kommune"]
    assert len(others) == 15  # five of the twenty are Hemer's own
    assert all(
        re.fullmatch(r"[\d,]+ km von Hemer, (sehr |wenig )?ähnlich \(Index \d,\d\d\)", text)
        for text in others
    )
    indices = [float(text[-5:-1].replace(",", ".")) for text in others]
    assert indices == sorted(indices)


def test_it_stays_in_every_address_of_the_list(client: FlaskClient) -> None:
    page = get(client, f"/praxisbeispiele?meine={HEMER}")
    assert page.one("#liste input[name=meine]")["value"] == HEMER
    assert all(f"meine={HEMER}" in link["href"] for link in page.all(".pagination a"))
    assert "sort=aehnlich" in page.link("Ähnlichste zuerst")


def test_it_is_remembered_only_if_wished_and_can_be_forgotten(client: FlaskClient) -> None:
    choose(client, meine="Hemer", merken="1")
    page = get(client, "/praxisbeispiele")
    assert "Ihre Kommune: Hemer" in page.text
    assert "Auf diesem Gerät vergessen" in page.text
    # What the address says goes first.
    assert "Ihre Kommune: Bonn" in get(client, "/kommunen?meine=05314000").text
    back = choose(client, aktion="vergessen", zurueck=f"/kommunen?meine={HEMER}&sort=aehnlich")
    assert back == "/kommunen"
    assert client.get_cookie("meine_kommune") is None
    assert "Ihre Kommune wählen" in get(client, "/praxisbeispiele").text


def test_from_the_front_page_it_leads_to_the_municipalities_like_it(client: FlaskClient) -> None:
    fields = get(client, "/").fields("/meine-kommune")
    path = choose(client, **{**fields, "meine": "Hemer"})
    answer = client.get(path)
    assert answer.headers["Location"] == "/kommunen/hemer/vergleichbar"


@pytest.mark.parametrize("back", ["/praxisbeispiele?thema=vernetzung", "/kommunen"])
def test_after_a_slip_the_form_keeps_it_and_offers_near_names(
    client: FlaskClient, back: str
) -> None:
    page = get(client, choose(client, meine="Hemmer", zurueck=back).removesuffix("#meine"))
    assert page.one(".own--choose[open] input[name=meine]")["value"] == "Hemmer"
    assert "„Hemmer“ kennen wir in Nordrhein-Westfalen nicht" in page.one(".own__slip").text
    chosen = page.all(".own__slip a")[0]["href"]
    assert chosen.startswith(back)
    assert "Ihre Kommune: Hemer" in get(client, chosen).text


def test_after_a_slip_on_the_front_page_near_names_lead_to_those_like_them(
    client: FlaskClient,
) -> None:
    fields = get(client, "/").fields("/meine-kommune")
    page = get(client, choose(client, **{**fields, "meine": "Hemmer"}).removesuffix("#meine"))
    assert page.one(".own__form input[name=meine]")["value"] == "Hemmer"
    answer = client.get(page.link("Hemer"))
    assert answer.headers["Location"] == "/kommunen/hemer/vergleichbar"


def test_an_unknown_name_is_said(client: FlaskClient) -> None:
    assert "meine=Hemmer" in choose(client, meine="Hemmer")
    page = get(client, "/praxisbeispiele?meine=Hemmer&sort=aehnlich")
    sentences = [one.text for one in page.all("[role=status]")]
    assert "„Hemmer“" in sentences[0]
    assert "wählen Sie bitte zuerst Ihre Kommune" in sentences[1]


@pytest.mark.parametrize("value", ["x", "0", "99999999", "';--"])
def test_a_cookie_can_say_anything(client: FlaskClient, value: str) -> None:
    client.set_cookie("meine_kommune", value)
    assert "Ihre Kommune wählen" in get(client, "/praxisbeispiele").text


def test_the_most_alike_stand_first_whatever_the_engine(catalogue: Session) -> None:
    reference = get_reference(catalogue)
    criteria = Criteria.from_args(
        MultiDict({"meine": HEMER, "sort": "aehnlich", "mitglied": ALL}),
        kind=ListKind.MUNICIPALITIES,
        reference=reference,
    )
    assert criteria.problems == ()
    found = find(catalogue, criteria, reference)
    order = keys_by_likeness(catalogue, HEMER)
    assert [one.ags for one in found.page.items] == list(order[:20])
    assert found.counts.total == 432
    # Other levels come last, they are not ranked.
    last = find(catalogue, criteria.on_page(22), reference).page.items
    assert {len(one.ags) for one in last} <= {3, 5}
