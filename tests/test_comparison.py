"""Up to five municipalities side by side."""

from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.browser import Browser, assert_accessible
from tests.document import Element
from tests.pages import Page, get

FIVE = ["05962016", "05766", "05314000", "05315000", "05566048"]


def path(*keys: str, **more: str) -> str:
    pairs = [("ags", key) for key in keys] + list(more.items())
    return "/vergleich?" + "&".join(f"{name}={value}" for name, value in pairs)


def columns(page: Page) -> list[str]:
    return [one.all("a")[0].text for one in page.all("thead th")]


def row(page: Page, label: str) -> list[str]:
    for one in page.all("tbody tr"):
        if one.all("th[scope=row]") and one.one("th").text.startswith(label):
            return [cell.text for cell in one.all("td")]
    raise AssertionError(f"no row {label}")


def test_municipalities_stand_side_by_side_in_the_order_of_the_address(
    client: FlaskClient,
) -> None:
    page = get(client, path("05766", "05962016"))
    assert columns(page) == ["Kreis Lippe", "Hemer"]
    assert row(page, "Rechtsstellung") == ["Kreis", "Mittlere kreisangehörige Stadt"]
    assert row(page, "Bevölkerung") == ["349.781", "33.916"]
    assert row(page, "Alle Praxisbeispiele") == ["3", "5"]


def test_counts_lead_to_the_practices_they_count(client: FlaskClient) -> None:
    page = get(client, path("05962016", "05314000"))
    links = [cell for cell in page.all("tbody td a") if "kommune=" in cell["href"]]
    assert len(links) > 5
    for link in links:
        listed = get(client, link["href"]).one("#treffer-titel").text
        assert listed.split()[0] == link.text


def test_a_sixth_is_refused_with_a_sentence(client: FlaskClient) -> None:
    page = get(client, path(*FIVE, "05554012"))
    assert len(columns(page)) == 5
    assert "höchstens 5 Kommunen" in page.one("[role=status]").text
    assert not page.has("input[name=dazu]")


def test_an_unknown_key_is_named_and_the_rest_is_shown(client: FlaskClient) -> None:
    page = get(client, path("05962016", "99999999", "05962016"))
    assert columns(page) == ["Hemer"]
    assert "„99999999“" in page.one("[role=status]").text


def test_each_can_be_taken_away_and_another_added(client: FlaskClient) -> None:
    page = get(client, path("05962016", "05766", dazu="Bonn"))
    assert columns(page) == ["Hemer", "Kreis Lippe", "Bonn"]
    remove = [link["href"] for link in page.all("a.compare__remove")]
    assert columns(get(client, remove[0])) == ["Kreis Lippe", "Bonn"]
    fields = page.all("form[action='/vergleich'] input[type=hidden]")
    assert [one["value"] for one in fields] == ["05962016", "05766", "05314000"]


def test_a_name_that_means_several_places_asks_back(client: FlaskClient) -> None:
    page = get(client, path("05962016", dazu="Düren"))
    assert "Kreis Düren" in page.one("[role=status]").text
    unknown = get(client, path("05962016", dazu="Hemmer"))
    assert "Meinten Sie „Hemer“" in unknown.one("[role=status]").text


def test_nothing_chosen_says_how_to_begin(client: FlaskClient) -> None:
    page = get(client, "/vergleich")
    assert "Noch ist keine Kommune gewählt" in page.text
    assert not page.has("table")


def test_a_single_municipality_begins_a_comparison(client: FlaskClient) -> None:
    page = get(client, path("05570040"))
    assert page.h1 == "Vergleich beginnen: Sendenhorst"
    assert page.one("title").text.startswith("Vergleich beginnen: Sendenhorst")
    assert "nebeneinander" not in page.one("main").text
    ways = {link["href"] for link in page.all("main header p a")}
    assert ways == {"/kommunen/sendenhorst/vergleichbar?nur=praxis"}


def test_what_none_of_them_has_is_said_once(client: FlaskClient) -> None:
    page = get(client, path("05766012", "05766008"))
    assert row(page, "Ansprechstellen") == ["keine erfasst"]
    assert row(page, "Alle Praxisbeispiele") == ["keine erfasst"]
    assert row(page, "Alle Veranstaltungen") == ["keine verzeichnet"]


def test_a_line_that_applies_to_none_of_them_is_left_out(client: FlaskClient) -> None:
    labels = [one.text for one in get(client, path("05314000", "05315000")).all("th[scope=row]")]
    assert "Kreis" not in labels
    assert "Regierungsbezirk" in labels


def test_details_are_laid_out_where_there_is_something_to_lay_beside_them(
    client: FlaskClient,
) -> None:
    def labels(*keys: str) -> list[str]:
        page = get(client, path(*keys))
        shown = [one.text for one in page.all("th[scope=row]")]
        return shown[shown.index("Alle Praxisbeispiele") :]

    assert labels("05314000", "05766012") == ["Alle Praxisbeispiele", "Alle Veranstaltungen"]
    assert "Anerkennungskultur" in labels("05314000", "05962016")
    assert "Fachkongress 2015" in labels("05314000", "05962016", "05766012")
    assert "Anerkennungskultur" in labels("05314000")


def facts(example: Element) -> dict[str, str]:
    return {one.one("dt").text: one.one("dd").text for one in example.all("dl div")}


def test_practices_say_what_helped_and_what_hindered(client: FlaskClient) -> None:
    page = get(client, path("05962016", "05170016", "05766012"))
    headings = [one.text for one in page.all(".beside h3")]
    assert headings == ["Hemer", "Hünxe"]
    assert "Aus Barntrup ist noch kein Praxisbeispiel erfasst." in page.text
    examples = {one.one("h4").text: one for one in page.all(".example")}
    assert len(examples) == 6
    assert "Markttag" in examples["Markt der Möglichkeiten"].text
    assert facts(examples["Markt der Möglichkeiten"]) == {
        "Themen": "Vermittlung, Öffentlichkeitsarbeit & Sichtbarkeit, Vernetzung",
        "Stand": "wiederkehrend (laut Quelle, Stand 2022)",
        "Gelingensbedingungen": "Zusammenarbeit von Kulturbüro und Engagementbüro"
        " Einbindung in ein Stadtfest bringt Laufpublikum",
        "Stolpersteine": "Die Ausgabe 2020 fiel aus",
    }
    assert facts(examples["Ehrennadel der Stadt"])["Stolpersteine"] == "nicht bekannt"


def test_practices_themselves_stand_side_by_side_in_the_order_of_the_address(
    client: FlaskClient,
) -> None:
    slugs = ["hemer-heimatpreis-hemer", "hemer-markt-der-moeglichkeiten"]
    page = get(client, f"/vergleich?p={slugs[0]}&p={slugs[1]}&p=gibt-es-nicht")
    assert page.h1 == "Praxisbeispiele nebeneinander"
    titles = [one.text for one in page.all(".example h3")]
    assert titles == ["Heimatpreis Hemer", "Markt der Möglichkeiten"]
    assert "1 Praxisbeispiel ist hier nicht (mehr) verzeichnet." in page.one("[role=status]").text
    rest = get(client, page.all("a.compare__remove")[0]["href"])
    assert [one.text for one in rest.all(".example h3")] == ["Markt der Möglichkeiten"]
    assert "Merkliste" in get(client, "/vergleich?p=gibt-es-nicht").text


def test_a_sixth_practice_is_refused_with_a_sentence(client: FlaskClient) -> None:
    listed = get(client, "/praxisbeispiele").all("article.card--practice h3 a")
    names = [one["href"].rpartition("/")[2] for one in listed[:6]]
    page = get(client, "/vergleich?" + "&".join(f"p={name}" for name in names))
    assert len(page.all(".example")) == 5
    assert "höchstens 5 Praxisbeispiele" in page.one("[role=status]").text


def test_five_columns_stand_side_by_side_at_1280(browser: Browser) -> None:
    page = browser.new_page(width=1280)
    page.goto(path("05570040", "05762008", "05974016", "05170016", "05962016"))
    columns = page.locator(".beside > li")
    expect(columns).to_have_count(5)
    boxes = [columns.nth(i).bounding_box() for i in range(5)]
    assert len({box["y"] for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert_accessible(page)


def test_a_narrow_screen_shows_the_municipalities_below_each_other(browser: Browser) -> None:
    page = browser.new_page(width=320)
    page.goto(path(*FIVE))
    table = page.locator(".table-scroll")
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
    label = page.get_by_role("rowheader", name="Praxisbeispiele nach Thema")
    expect(label).to_be_visible()
    first = page.locator("tr", has=page.get_by_role("link", name="Strukturen")).locator("td").first
    assert first.evaluate("one => getComputedStyle(one, '::before').content") == '"Hemer"'
    # Those that have none are not listed one by one.
    line = page.locator("tr", has=page.get_by_role("rowheader", name="Ansprechstellen"))
    assert (
        line.evaluate("one => getComputedStyle(one, '::after').content") == '"sonst keine erfasst"'
    )
    expect(line.locator("td.compare__none")).not_to_have_count(0)
    expect(line.locator("td.compare__none:visible")).to_have_count(0)
    assert_accessible(page)
