"""Up to five municipalities side by side."""

from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.browser import Browser, assert_accessible
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


def test_a_narrow_screen_shows_the_municipalities_below_each_other(browser: Browser) -> None:
    page = browser.new_page(width=320)
    page.goto(path(*FIVE))
    table = page.locator(".table-scroll")
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
    label = page.get_by_role("rowheader", name="Praxisbeispiele nach Thema")
    expect(label).to_be_visible()
    first = page.locator("tr", has=page.get_by_role("link", name="Strukturen")).locator("td").first
    assert first.evaluate("one => getComputedStyle(one, '::before').content") == '"Hemer"'
    assert_accessible(page)
