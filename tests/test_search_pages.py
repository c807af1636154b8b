"""The page that asks all lists at once."""

import re

import pytest
from flask.testing import FlaskClient

from tests.pages import Page, get


def group(page: Page, anchor: str) -> list[str]:
    """Titles of the entries of one group; empty if it is not shown."""
    return [one.text for one in page.all(f"#{anchor} .card__title, #{anchor} h4")]


def groups(page: Page) -> list[str]:
    """Anchors of the groups in order."""
    return [one["id"] for one in page.all(".result-group")]


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


@pytest.mark.parametrize("q", ["Ehrenamtler", "Flüchtlingshelfer"])
def test_what_other_words_are_known_for_is_no_slip(client: FlaskClient, q: str) -> None:
    page = get(client, f"/suche?q={q}")
    assert "Ergebnisse für" not in notices(page)
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
    assert "„Ehrenamt“ bis 20 km um Hemer." in said
    said = notices(get(client, "/suche?q=Ehrenamt Stadt unter 10.000 Einwohner"))
    assert "(Einwohnerzahl unter 10.000)." in said
    assert "gröber" not in said


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ("unter 40.000", "unter 50.000"),
        ("ab 30.000", "ab 20.000"),
        ("zwischen 12.000 und 40.000", "10.000 bis unter 50.000"),
    ],
)
def test_neighbouring_sizes_are_named_in_one_and_as_coarse_as_they_are(
    client: FlaskClient, size: str, shown: str
) -> None:
    said = notices(get(client, f"/suche?q=Ehrenamt, Stadt {size} Einwohner"))
    assert f"(Einwohnerzahl {shown}). Die Größenklassen sind gröber als gefragt." in said


@pytest.mark.parametrize("slug", ["kongress-2013", "kongress-2015", "kongress-2017"])
def test_what_stands_here_today_is_no_content_of_a_congress(client: FlaskClient, slug: str) -> None:
    page = get(client, f"/veranstaltungen/{slug}")
    assert page.all(".participant a[href^='/praxisbeispiele?kommune=']")
    assert not page.all(".participant a[href^='/praxisbeispiele/']")


def test_words_that_everything_holds_bring_no_groups(client: FlaskClient) -> None:
    """All contact points and most resources are about Ehrenamt, none about Haftpflicht."""
    page = get(client, "/suche?q=Haftpflicht Ehrenamt")
    assert groups(page) == ["praxisbeispiele", "themen"]
    assert "Recht & Versicherung" in group(page, "themen")[0]


@pytest.mark.parametrize("q", ["Kontakt", "Ansprechpartner", "Ansprechperson", "zuständig"])
def test_who_asks_for_a_contact_sees_all_contacts_first(client: FlaskClient, q: str) -> None:
    page = get(client, f"/suche?q={q}&alle=ansprechstellen")
    assert groups(page)[0] == "ansprechstellen"
    assert len(group(page, "ansprechstellen")) == 42


def test_a_contact_for_something_is_first_among_contacts(client: FlaskClient) -> None:
    page = get(client, "/suche?q=Ansprechpartner Ehrenamtskarte")
    assert groups(page)[0] == "ansprechstellen"
    assert "Ehrenamtskarte" in group(page, "ansprechstellen")[0]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("Engagementkongress 2017", "veranstaltungen"),
        ("Versicherung", "themen"),
        ("Ehrenamtskarte", "praxisbeispiele"),
        # No `Datenbank`, no `Gemeindeverwaltung`
        ("Bank", "praxisbeispiele"),
        ("Gemeinde", "praxisbeispiele"),
        ("Ehrenamtskarte Hemer", "praxisbeispiele"),
        ("Hemer", "kommunen"),
    ],
)
def test_what_is_called_like_the_question_is_first(client: FlaskClient, q: str, first: str) -> None:
    assert groups(get(client, f"/suche?q={q}"))[0] == first


def test_each_group_says_how_it_was_searched(client: FlaskClient) -> None:
    page = get(client, "/suche?q=Ehrnamtskarte")
    assert [one.text for one in page.all(".search-notice")] == [
        "Ergebnisse für „Ehrenamtskarte“. Stattdessen suchen nach „Ehrnamtskarte“"
    ]
    assert not page.has(".result-group .search-notice")
    page = get(client, "/suche?q=Feuerwehr Jugend")
    assert "„Feuerwehr“ kommt hier nicht vor" in page.one("#ansprechstellen .search-notice").text
    assert not page.has("#praxisbeispiele .search-notice")


def test_in_a_circle_the_nearest_stand_first(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?ort=Beckum&umkreis=20")
    cards = page.all("#treffer .card")
    assert "Beckum" in cards[0].text
    assert "entfernt" not in cards[0].text
    km = [
        float(found[1].replace(",", "."))
        for card in cards
        if (found := re.search(r"([\d,]+) km entfernt", card.text))
    ]
    assert km == sorted(km)
    assert km
    assert page.one("select[name=sort] option[selected]").text == "Entfernung"


def test_a_county_is_not_far_from_its_towns(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?ort=Menden&umkreis=25")
    (district,) = [
        card for card in page.all("#treffer .card") if "Regierungsbezirk Arnsberg" in card.text
    ]
    assert "entfernt" not in district.text


def test_without_hits_there_are_ways_to_go_on(client: FlaskClient) -> None:
    page = get(client, "/suche?q=Quarkstrudelballon")
    assert "Keine Treffer für „Quarkstrudelballon“" in page.text
    for link in page.all(".empty a"):
        get(client, link["href"])
    get(client, page.link("Alle Themen ansehen"))
    assert groups(get(client, page.link("Alle Ansprechstellen ansehen")))[0] == "ansprechstellen"


@pytest.mark.parametrize("q", ["und der die", "wie", "?"])
def test_stop_words_alone_ask_for_nothing(client: FlaskClient, q: str) -> None:
    page = get(client, f"/suche?q={q}")
    assert "Bitte geben Sie ein Stichwort ein." in page.text
    assert groups(page) == []
    assert not page.has(".empty")


@pytest.mark.parametrize("q", ["Schule", "Sportplatz", "Raum mieten"])
def test_names_that_only_begin_like_a_word_are_left_out(client: FlaskClient, q: str) -> None:
    assert "kommunen" not in groups(get(client, f"/suche?q={q}"))
    assert group(get(client, "/suche?q=Bielef"), "kommunen") == ["Bielefeld"]


@pytest.mark.parametrize("q", ["Elberfeld", "HSK", "58675"])
def test_municipalities_say_what_they_were_found_by(client: FlaskClient, q: str) -> None:
    for path in ("/suche?", "/kommunen?mitglied=alle&"):
        page = get(client, f"{path}q={q}")
        assert page.one(".card--municipality .card__note").text == f"gefunden über: {q}"
    assert not get(client, "/kommunen?mitglied=alle&q=Hemer").has(".card__note")


def test_what_holds_but_a_piece_of_a_word_is_no_hit_beside_the_word(client: FlaskClient) -> None:
    page = get(client, "/suche?q=Lernkarussell")
    assert groups(page) == ["veranstaltungen", "praxisbeispiele"]
    assert page.has("#veranstaltungen a[href='/veranstaltungen/kongress-2015']")
    assert "nur Teile" in page.one("#praxisbeispiele .search-notice").text
    # No congress is about the card; they are about Ehrenamt.
    assert "veranstaltungen" not in groups(get(client, "/suche?q=Ehrenamtskarte"))


def test_a_question_about_a_place_leads_on_around_it(client: FlaskClient) -> None:
    page = get(client, "/suche?q=wer hat eine Ehrenamtskarte nahe Hemer")
    notice = page.one("#praxisbeispiele .search-notice")
    assert notice.text == (
        "1 im Umkreis von 25 km. Alle 12 im Umkreis von 50 km · Alle 38 in ganz NRW"
    )
    for link in notice.all("a"):
        number = link.text.split()[1]
        assert f"{number} Praxisbeispiele" in get(client, link["href"]).text
    assert "ort=Hemer&umkreis=50" in notice.all("a")[0]["href"]
    assert not get(client, "/suche?q=Ehrenamtskarte").has("#praxisbeispiele .search-notice")


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("Ehrenamtskarte Kreis Lippe", ["Kreis Lippe"]),
        ("Ehrenamtskarte im Kreis Lippe", ["Kreis Lippe"]),
        ("Vereine Düren", ["Düren"]),
        ("Münster Ehrenamtskarte", ["Münster"]),
        ("Ehrenamtskarte in Münster", ["Münster"]),
        ("Hemer Beckum", ["Hemer", "Beckum"]),
        ("Ehrenamtskarte im Sauerland", []),
    ],
)
def test_beside_other_words_a_place_stands_for_itself_alone(
    client: FlaskClient, q: str, names: list[str]
) -> None:
    """All towns of a Kreis would look like those that have what is asked for."""
    assert sorted(group(get(client, f"/suche?q={q}"), "kommunen")) == sorted(names)


def test_a_town_in_other_letters_is_that_town(client: FlaskClient) -> None:
    right = get(client, "/suche?q=Gütersloh")
    for q in ("Guetersloh", "Gutersloh", "Gütersloh"):
        page = get(client, f"/suche?q={q}")
        assert [group(page, one) for one in groups(page)] == [
            group(right, one) for one in groups(right)
        ]
        assert "Oder meinten Sie: Kreis Gütersloh" in notices(page)
        assert "Ergebnisse für" not in notices(page)
    misspelt = get(client, "/suche?q=Bilefeld")
    assert groups(misspelt) == groups(get(client, "/suche?q=Bielefeld"))
    assert notices(misspelt).count("Ergebnisse für „Bielefeld“") == 1


def test_what_several_groups_say_is_said_once(client: FlaskClient) -> None:
    said = notices(get(client, "/suche?q=Telefonnummer Ehrenamtsbüro Oberhausen"))
    assert said.count("„Telefonnummer“ kommt hier nicht vor") == 1
    assert "Ansprechstellen: „Telefonnummer“" in said


def test_a_size_of_towns_asks_for_no_contacts(client: FlaskClient) -> None:
    page = get(
        client,
        "/suche?q=Vereinsvorstand gewinnen, Stadt unter 40.000 Einwohner&alle=ansprechstellen",
    )
    assert group(page, "praxisbeispiele")
    assert len(group(page, "ansprechstellen")) < 5


def test_an_overlong_word_finds_nothing_and_is_not_called_none(client: FlaskClient) -> None:
    page = get(client, f"/suche?q={'Donau' * 120}")
    assert "Bitte geben Sie ein Stichwort ein." not in page.text
    assert page.one(".empty__sentence").text == f"Keine Treffer für „{('Donau' * 12)[:59]}…“"
    assert len(page.title) < 120
