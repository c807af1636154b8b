"""The pages that show who is like whom, what they do and where nothing is known yet."""

import re
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from tests.browser import Browser, assert_accessible
from tests.document import Element
from tests.pages import Page, get

HEMER = "/kommunen/hemer/vergleichbar"


def number(text: str) -> float:
    return float(re.sub(r"[^\d,-]", "", text).replace(",", "."))


def peers(page: Page) -> list[str]:
    return [one.text for one in page.all("li.peer h3")]


def total(client: FlaskClient, href: str) -> int:
    return int(number(get(client, href).one("#treffer-titel").text))


def shares(peer: Element) -> list[float]:
    shown = [one.text for one in peer.all("dd.shares__share")]
    return [number(text) for text in shown[:-1] if re.search(r"\d", text)]


def test_seven_peers_and_how_each_differs(client: FlaskClient) -> None:
    page = get(client, HEMER)
    assert page.h1 == "Kommunen wie Hemer"
    assert len(peers(page)) == 7
    assert "Hemer" not in peers(page)
    for peer in page.all("li.peer"):
        index = number(peer.one(".peer__index").text)
        assert sum(shares(peer)) == pytest.approx(index, abs=0.001)


def test_the_link_opens_exactly_the_practices_it_counts(client: FlaskClient) -> None:
    for path in (HEMER, f"{HEMER}?nur=praxis", "/kommunen/koeln/vergleichbar"):
        page = get(client, path)
        link = next(link for link in page.links if link.text.startswith("Praxis von Kommunen wie"))
        count = int(number(link.text.rpartition("(")[2]))
        assert count > 0
        assert total(client, link.href) == count


def test_weights_stay_in_the_address_and_change_the_order(client: FlaskClient) -> None:
    near = get(
        client,
        f"{HEMER}?gewicht_entfernung=5&gewicht_einwohner=0&gewicht_dichte=0"
        "&gewicht_rechtsstellung=0&gewicht_siedlung=0&gewicht_themen=0",
    )
    assert peers(near) != peers(get(client, HEMER))
    assert peers(near)[0] in {"Menden (Sauerland)", "Iserlohn"}
    assert near.one("input[name=gewicht_entfernung]")["value"] == "5"
    assert near.one("input[name=gewicht_einwohner]")["value"] == "0"
    assert "zählt nicht" in near.all("li.peer")[0].text
    assert "Größter Unterschied: Entfernung. Gleich: Region." in near.all("li.peer")[0].text
    assert "Größte Unterschiede: Region und Einwohnerzahl." in get(client, HEMER).text


def test_all_weights_zero_are_answered_with_a_sentence_and_peers(client: FlaskClient) -> None:
    names = ("einwohner", "dichte", "rechtsstellung", "siedlung", "region", "entfernung", "themen")
    page = get(client, f"{HEMER}?" + "&".join(f"gewicht_{name}=0" for name in names))
    assert "gleichen Gewichten" in page.one("[role=status]").text
    assert len(peers(page)) == 7
    assert get(client, f"{HEMER}?gewicht_dichte=viel").has("[role=status]")


def test_practices_and_comparison_are_of_the_most_similar_that_have_any(
    client: FlaskClient,
) -> None:
    page = get(client, "/kommunen/sendenhorst/vergleichbar")
    assert not page.has("li.peer a[href^='/praxisbeispiele']")
    assert "Aus den unten gezeigten Kommunen ist noch kein Praxisbeispiel erfasst." in page.text
    only = get(client, page.link("Nur diese zeigen"))
    assert peers(only)[:3] == ["Beverungen", "Erwitte", "Hünxe"]
    label = "Sendenhorst und die vier ähnlichsten mit Praxisbeispielen nebeneinander"
    beside = get(client, page.link(label))
    named = [one.all("a")[0].text for one in beside.all("thead th")]
    assert named == ["Sendenhorst", *peers(only)[:4]]
    assert only.link("Sendenhorst und die ersten vier nebeneinander") == page.link(label)


def test_what_none_of_them_has_is_said_once_above_them(client: FlaskClient) -> None:
    page = get(client, "/kommunen/sendenhorst/vergleichbar")
    assert page.text.count("fehlt die Angabe „Gemeinsame Themen“") == 1
    assert "Angabe fehlt: „Gemeinsame Themen“" not in page.text


def test_the_colours_of_the_bars_have_a_key(client: FlaskClient) -> None:
    page = get(client, "/kommunen/sendenhorst/vergleichbar")
    named = {one.one("span")["class"].split()[1]: one.text for one in page.all(".share-key li")}
    drawn = {one["class"].split()[1] for one in page.all(".share-bar__part")}
    assert set(named) == drawn
    assert named["share--region"] == "Region"


def test_a_missing_value_is_named(client: FlaskClient) -> None:
    page = get(client, HEMER)
    assert "Angabe fehlt: noch kein Praxisbeispiel aus" in page.text
    county = get(client, "/kommunen/kreis-lippe/vergleichbar")
    assert "Zu Kreis Lippe fehlt die Angabe „Siedlungsdichte“" in county.text
    # Where the only factor that counts is unknown, equal weights hold.
    only = get(
        client,
        "/kommunen/kreis-lippe/vergleichbar?"
        + "&".join(
            f"gewicht_{name}=0"
            for name in ("einwohner", "dichte", "rechtsstellung", "region", "entfernung", "themen")
        ),
    )
    assert "die allein zählen sollten" in only.text
    assert len(peers(only)) == 7


def test_counties_stand_beside_counties_unless_asked(client: FlaskClient) -> None:
    path = "/kommunen/kreis-lippe/vergleichbar"
    assert all("Kreis" in name or "kreis" in name for name in peers(get(client, path)))
    assert get(client, f"{path}?ebenen=alle").one("input[name=ebenen]").get("checked") is not None


def test_an_unknown_municipality_is_not_found(client: FlaskClient) -> None:
    assert "Hemer" in get(client, "/kommunen/hemmer/vergleichbar", status=404).text


def test_profiles_lead_to_their_peers_and_into_the_comparison(client: FlaskClient) -> None:
    page = get(client, "/kommunen/hemer")
    assert page.link("Vergleichbare Kommunen und ihre Praxis") == f"{HEMER}?nur=praxis"
    assert page.link("Mit anderen Kommunen vergleichen") == "/vergleich?ags=05962016"


def test_similar_examples_say_why(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele/hemer-heimatpreis-hemer")
    notes = [one.text for one in page.all(".card__note")]
    assert 1 <= len(notes) <= 3
    assert all(note.startswith("gemeinsam: ") for note in notes)


# White spots -----------------------------------------------------------------------------------


def counts(row: Element) -> list[tuple[int, str]]:
    return [(int(number(link.text)), unquote(link["href"])) for link in row.all("td a")]


@pytest.mark.parametrize("slug", ["anerkennungskultur", "langjaehrig-engagierte", "vernetzung"])
def test_the_cells_of_a_topic_add_up(client: FlaskClient, slug: str) -> None:
    page = get(client, f"/themen/{slug}")
    rows = [counts(row) for row in page.all("table.matrix tbody tr")]
    foot = counts(page.one("table.matrix tfoot tr"))
    assert len(rows) == 5
    for row in rows:
        assert sum(count for count, _ in row[:-1]) == row[-1][0]
    for column, (count, _) in enumerate(foot):
        assert sum(row[column][0] for row in rows) == count
    assert int(number(page.one("#praxisbeispiele h2").text)) == foot[-1][0]


def test_every_cell_leads_to_the_list_it_counts(client: FlaskClient) -> None:
    page = get(client, "/themen/anerkennungskultur")
    checked = 0
    for row in page.all("table.matrix tr"):
        for count, href in counts(row):
            assert total(client, href) == count, href
            checked += 1
    assert checked == 6 * 8


def test_the_table_of_all_topics_adds_up_to_each_topic(client: FlaskClient) -> None:
    page = get(client, "/themen")
    rows = page.all("#luecken tbody tr")
    assert len(rows) > 20
    for row in rows[::5]:
        cells = counts(row)
        assert sum(count for count, _ in cells[:-1]) == cells[-1][0]
        assert total(client, cells[-1][1]) == cells[-1][0]
    assert any(count == 0 for row in rows for count, _ in counts(row))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [HEMER, "/vergleich?ags=05962016&ags=05766", "/themen/vernetzung"])
def test_they_are_accessible_and_fit_on_a_phone(browser: Browser, path: str, scheme: str) -> None:
    page = browser.new_page(width=320, colour_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert_accessible(page)
