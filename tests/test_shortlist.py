"""The Merkliste: no account, no cookie before somebody presses „Merken“, shared by its address."""

import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.db import db
from directory.pages.bookmarks import MOST, Bookmarks, Entry
from directory.practices.models import Practice
from directory.sheets.writing import cell
from directory.web.redirects import local_path
from tests.pages import get

HEIMATPREIS = "hemer-heimatpreis-hemer"
HEMER = "05962016"


def mark(client: FlaskClient, back: str = "", **entry: object) -> str:
    """Press „Merken“ and return where that leads."""
    answer = client.post("/merkliste", data={"aktion": "merken", "zurueck": back, **entry})
    assert answer.status_code == 303
    return answer.headers["Location"]


def titles(client: FlaskClient, path: str = "/merkliste") -> list[str]:
    return [one.text for one in get(client, path).all("h3.card__title")]


def test_reading_leaves_no_cookie_behind(client: FlaskClient) -> None:
    for path in ("/", "/praxisbeispiele", "/merkliste", f"/merkliste?p={HEIMATPREIS}"):
        assert "Set-Cookie" not in client.get(path).headers


def test_marked_entries_stand_on_the_list_and_say_so_where_they_are(client: FlaskClient) -> None:
    path = f"/praxisbeispiele/{HEIMATPREIS}"
    assert mark(client, back=f"{path}#merken", p=HEIMATPREIS) == f"{path}#merken"
    mark(client, k=HEMER)
    assert titles(client) == ["Heimatpreis Hemer", "Hemer"]
    assert "Gemerkt" in get(client, path).one(".detail__head .bookmark").text
    assert "Merkliste (2)" in get(client, "/").one("#hauptmenue").text


def test_what_is_marked_leads_to_the_list(client: FlaskClient) -> None:
    def onward(path: str) -> list[str]:
        return [one["href"] for one in get(client, path).all("a.bookmark__onward")]

    assert onward("/kommunen") == []
    mark(client, k=HEMER)
    assert onward("/kommunen") == onward("/kommunen/hemer") == ["/merkliste"]
    assert onward("/merkliste") == []


def test_entries_are_taken_off_and_the_last_one_takes_the_cookie_with_it(
    client: FlaskClient,
) -> None:
    mark(client, p=HEIMATPREIS)
    answer = client.post("/merkliste", data={"aktion": "entfernen", "p": HEIMATPREIS})
    assert "merkliste=;" in answer.headers["Set-Cookie"]
    mark(client, p=HEIMATPREIS)
    client.post("/merkliste", data={"aktion": "leeren"})
    assert titles(client) == []
    assert "Noch ist nichts gemerkt" in get(client, "/merkliste").text


def test_a_shared_list_leaves_ones_own_untouched_until_taken_over(client: FlaskClient) -> None:
    mark(client, k=HEMER)
    shared = f"/merkliste?p={HEIMATPREIS}&k=05766"
    page = get(client, shared)
    assert page.h1 == "Geteilte Merkliste"
    assert titles(client) == ["Hemer"]
    form = {one["name"]: one["value"] for one in page.all("form.next-steps [name]")}
    assert form == {"p": HEIMATPREIS, "k": "05766", "aktion": "uebernehmen"}
    client.post("/merkliste", data=form)
    assert titles(client) == ["Heimatpreis Hemer", "Hemer", "Kreis Lippe"]


def test_the_link_to_pass_on_shows_the_same_list_to_others(client: FlaskClient) -> None:
    mark(client, p=HEIMATPREIS)
    mark(client, k=HEMER)
    link = get(client, "/merkliste").one("input#link")["value"]
    assert link.startswith("http://localhost/merkliste?")
    stranger = client.application.test_client()
    assert titles(stranger, link.removeprefix("http://localhost")) == titles(client)


def test_a_long_list_still_fits_into_an_address(client: FlaskClient) -> None:
    with client.application.app_context():
        slugs = db.session.scalars(select(Practice.slug).limit(MOST)).all()
    assert client.post("/merkliste", data={"aktion": "merken", "p": slugs}).status_code == 303
    link = get(client, "/merkliste").one("input#link")["value"]
    assert len(link) < 1_000
    stranger = client.application.test_client()
    assert len(titles(stranger, link.removeprefix("http://localhost"))) == MOST
    assert len(client.get_cookie("merkliste").value) < 1_000  # type: ignore[union-attr]
    assert mark(client, k=HEMER) == "/merkliste?hinweis=voll"
    assert "ist voll" in get(client, "/merkliste?hinweis=voll").one("[role=status]").text


def test_entries_that_do_not_exist_are_said(client: FlaskClient) -> None:
    page = get(client, f"/merkliste?p={HEIMATPREIS}&p=gibt-es-nicht&k=00000000")
    assert "2 Einträge sind hier nicht (mehr) verzeichnet" in page.one("[role=status]").text
    assert client.post("/merkliste", data={"p": "gibt-es-nicht"}).status_code == 404


def test_the_table_opens_in_a_spreadsheet(client: FlaskClient) -> None:
    answer = client.get(f"/merkliste.csv?p={HEIMATPREIS}&k={HEMER}")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Art"], row["Titel"], row["Gemeindeschlüssel"]) for row in rows] == [
        ("Praxisbeispiel", "Heimatpreis Hemer", HEMER),
        ("Kommune", "Hemer", HEMER),
    ]


def test_programmes_get_the_same_entries(client: FlaskClient) -> None:
    mark(client, p=HEIMATPREIS)
    answer = client.get("/merkliste.json").get_json()
    assert answer["total"] == 1
    assert answer["items"][0]["slug"] == HEIMATPREIS
    assert answer["url"] == f"http://localhost/merkliste?p={HEIMATPREIS}"


def test_pages_say_that_they_depend_on_the_cookie(client: FlaskClient) -> None:
    assert "Cookie" in client.get("/praxisbeispiele").headers["Vary"]


# Small pieces ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "x1", "p0", "p1.p1", "k05.k059.k0596.k05962.k05962016", "p1;k059", "p" + "9" * 30]
)
def test_a_cookie_can_say_anything_and_breaks_nothing(text: str) -> None:
    assert len(Bookmarks.from_text(text)) <= 3
    kept = Bookmarks.from_text(text)
    assert Bookmarks.from_text(kept.to_text()) == kept


def test_a_list_holds_a_hundred_entries() -> None:
    many = Bookmarks().with_added(Entry("p", str(number)) for number in range(1, 150))
    assert len(many) == MOST


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:[broken",
        "/a\r\nb",
        "\t//x",
        "praxisbeispiele",
        "",
    ],
)
def test_forms_lead_back_to_our_own_pages_only(wanted: str) -> None:
    assert local_path(wanted, "/merkliste") == "/merkliste"
    assert local_path("/praxisbeispiele?q=a#b", "/merkliste") == "/praxisbeispiele?q=a#b"


@pytest.mark.parametrize(
    "formula", ["=1+1", "+SUM(A1)", "-cmd", "@x", "\t=1", "\r=1", "＝1", " =1"]
)
def test_formulas_stay_text(formula: str) -> None:
    assert cell(formula) == f"'{formula}"


@pytest.mark.parametrize("text", ["+49 2372 551-0", "-3,5", "12", "", "a=b", "Köln"])
def test_numbers_and_words_stay_what_they_are(text: str) -> None:
    assert cell(text) == text


def test_one_shared_entry_is_spoken_of_as_one(client: FlaskClient) -> None:
    def lead(query: str) -> str:
        return get(client, f"/merkliste?{query}").one(".lead").text

    assert lead(f"k={HEMER}").startswith("1 Eintrag, den jemand für Sie")
    assert lead(f"k={HEMER}&p={HEIMATPREIS}").startswith("2 Einträge, die jemand für Sie")


def test_the_practices_and_their_municipalities_lead_side_by_side(client: FlaskClient) -> None:
    page = get(
        client, "/merkliste?p=hemer-heimatpreis-hemer&p=hemer-markt-der-moeglichkeiten&k=05314000"
    )
    practices = get(client, page.link("Diese 2 Praxisbeispiele nebeneinander"))
    assert [one.text for one in practices.all(".example h3")] == [
        "Heimatpreis Hemer",
        "Markt der Möglichkeiten",
    ]
    label = "Kommunen dieser Einträge (2) nebeneinander"
    assert page.link(label) == "/vergleich?ags=05314000&ags=05962016"
    alone = get(client, "/merkliste?p=hemer-heimatpreis-hemer")
    assert "nebeneinander" not in alone.text
