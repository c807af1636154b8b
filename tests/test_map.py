"""The map page and its data: the same entries for everybody, and nobody else on the line."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory import create_app
from directory.db import db
from directory.municipalities.models import Municipality
from directory.publication.catalogue import advance
from directory.search.lists.listings import ALL, LISTINGS, ListKind
from directory.search.lists.reference import get_reference
from tests.pages import Page, get

TILES = "https://sgx.geodatenzentrum.de"
DETAIL = re.compile(r"/(?:kommunen|praxisbeispiele)/([a-z0-9-]+)")
WORDS = ("Ehrenamt", "Karte", "Integration", "Senioren", "Kreis", "Stadt", "digital")

Question = tuple[ListKind, list[tuple[str, str]]]


def questions(app: Flask, count: int) -> list[Question]:
    """Random filters of both layers, the same in every run; some find nothing, some everything."""
    chance = random.Random(2026)  # noqa: S311 - chance that can be repeated is wanted here
    with app.test_request_context():
        reference = get_reference(db.session)
    found: list[Question] = []
    while len(found) < count:
        kind = chance.choice((ListKind.MUNICIPALITIES, ListKind.PRACTICES))
        pairs: list[tuple[str, str]] = []
        if kind is ListKind.MUNICIPALITIES and chance.random() < 0.6:
            pairs.append(("mitglied", ALL))
        facets = [facet for facet in LISTINGS[kind].facets if facet.name != "mitglied"]
        for facet in chance.sample(facets, chance.choice((0, 1, 1, 2))):
            values = list(facet.labels(reference))
            pairs += [(facet.name, value) for value in chance.sample(values, min(len(values), 2))]
        if chance.random() < 0.3:
            pairs.append(("q", chance.choice(WORDS)))
        if chance.random() < 0.3:
            place = chance.choice(("Dortmund", "Münster", "Kreis Wesel", "53111"))
            pairs += [("ort", place), ("umkreis", chance.choice(("10", "25", "50")))]
        if chance.random() < 0.2:
            pairs.append(("bbox", "6.5,51,7.9,52"))
        found.append((kind, pairs))
    return found


def listed(client: FlaskClient, path: str, selector: str) -> list[str]:
    """Slugs of all entries of a list, page by page."""
    slugs: list[str] = []
    while path:
        page = get(client, path)
        slugs += [slug_of(link["href"]) for link in page.all(selector)]
        path = next((link["href"] for link in page.all('a[rel="next"]')), "")
    return slugs


def drawn(client: FlaskClient, page: Page) -> list[str]:
    """Slugs of all entries in the drawing, with those behind points that stand for several."""
    slugs: list[str] = []
    for point in page.all(".svg-map a"):
        if DETAIL.fullmatch(point["href"]):
            slugs.append(slug_of(point["href"]))
        else:
            behind = listed(client, point["href"], "ol.entries a.card__link")
            assert len(behind) == int(point.one("text").text), point
            slugs += behind
    return slugs


def slug_of(href: str) -> str:
    found = DETAIL.fullmatch(href)
    assert found is not None, href
    return found[1]


def test_list_drawing_and_geojson_show_the_same_entries(
    client: FlaskClient, site_app: Flask
) -> None:
    sizes = []
    for kind, pairs in questions(site_app, 20):
        query = urlencode([("ebene", kind.value), *pairs])
        page = get(client, f"/karte?{query}")
        collection = client.get(f"/map/{kind.value}.geojson?{urlencode(pairs)}").get_json()
        keys = [feature["id"] for feature in collection["features"]]
        assert len(set(keys)) == len(keys)
        assert sorted(keys) == sorted(listed(client, f"/karte?{query}", "ol.near a")), query
        assert sorted(keys) == sorted(drawn(client, page)), query
        # The script asks for exactly what the page shows.
        assert client.get(page.one("[data-map]")["data-geojson"]).get_json() == collection
        sizes.append(len(keys))
    assert min(sizes) < 5 < 50 < max(sizes), sizes


@pytest.mark.parametrize("layer", ["kommunen", "praxisbeispiele"])
@pytest.mark.parametrize(
    "words",
    [
        "Ehrenamtskarte nahe Hemer",
        "Lesepaten in Dortmund",
        "Ehrenamt in kleinen Gemeinden",
        "Quastenflosser bei Bonn",
        "Ehrenamtskrate",
        "Jugend Senioren Integration Digitalisierung",
    ],
)
def test_words_are_read_the_same_in_list_drawing_and_geojson(
    client: FlaskClient, layer: str, words: str
) -> None:
    query = urlencode({"ebene": layer, "q": words, "mitglied": "alle"})
    page = get(client, f"/karte?{query}")
    collection = client.get(page.one("[data-map]")["data-geojson"]).get_json()
    keys = sorted(feature["id"] for feature in collection["features"])
    assert keys == sorted(listed(client, f"/karte?{query}", "ol.near a"))
    assert keys == sorted(drawn(client, page))


def test_the_map_shows_documented_members_unless_asked_for_all(client: FlaskClient) -> None:
    members = client.get("/map/kommunen.geojson").get_json()["features"]
    everybody = client.get("/map/kommunen.geojson?mitglied=alle").get_json()["features"]
    assert (len(members), len(everybody)) == (40, 432)
    assert {feature["properties"]["kind"] for feature in members} == {"member"}
    emphasised = [one for one in everybody if one["properties"]["kind"] == "member"]
    assert sorted(one["id"] for one in emphasised) == sorted(one["id"] for one in members)


def test_an_entry_says_what_it_is_and_nothing_about_missing_memberships(
    client: FlaskClient,
) -> None:
    collection = client.get("/map/kommunen.geojson?mitglied=alle").get_json()
    notes = {one["id"]: one["properties"]["notes"] for one in collection["features"]}
    assert notes["kamp-lintfort"] == [
        "Kreisangehörige Stadt, Kreis Wesel",
        "Mitglied seit 2012",
        "5 Praxisbeispiele",
    ]
    assert notes["ahaus"] == ["Kreisangehörige Stadt, Kreis Borken"]
    assert notes["kreis-lippe"][0] == "Kreis oder Städteregion"
    assert "kein Mitglied" not in client.get("/karte?mitglied=alle").text


def test_practices_lie_at_their_municipality(client: FlaskClient) -> None:
    practices = client.get("/map/praxisbeispiele.geojson").get_json()["features"]
    towns = client.get("/map/kommunen.geojson?mitglied=alle").get_json()["features"]
    places = {one["properties"]["ags"]: one["geometry"] for one in towns}
    assert len(practices) == 153
    assert all(one["geometry"] == places[one["properties"]["ags"]] for one in practices)
    coordinates = [number for one in practices for number in one["geometry"]["coordinates"]]
    assert all(number == round(number, 5) for number in coordinates)


def test_the_layers_keep_what_filters_both_know(client: FlaskClient) -> None:
    page = get(client, "/karte?ebene=kommunen&mitglied=alle&kreis=05566&art=gemeinde&q=Stadt")
    shared = {"kreis=05566", "art=gemeinde", "q=Stadt"}
    assert set(urlsplit(page.link("Praxisbeispiele")).query.split("&")) == shared | {
        "ebene=praxisbeispiele"
    }
    assert set(urlsplit(page.link("Belegte Mitglieder")).query.split("&")) == shared | {
        "ebene=kommunen"
    }
    assert page.one('input[name="ebene"][form="liste"]')["value"] == "kommunen"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ebene=inseln", "Diese Ansicht der Karte gibt es nicht"),
        ("bbox=9,9,1,1", "Der Kartenausschnitt war nicht lesbar"),
        ("kreis=99999", "kennt den Wert „99999“ nicht"),
        ("farbe=blau", "Den Filter „farbe“ gibt es hier nicht"),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_rest_still_shown(
    client: FlaskClient, query: str, sentence: str
) -> None:
    assert sentence in get(client, f"/karte?{query}").text
    if not query.startswith("ebene"):
        collection = client.get(f"/map/kommunen.geojson?{query}").get_json()
        assert [sentence in problem for problem in collection["problems"]] == [True]
        assert len(collection["features"]) == 40


def test_without_anything_wrong_there_are_no_problems(client: FlaskClient) -> None:
    assert "problems" not in client.get("/map/kommunen.geojson").get_json()


# Answers and their headers ----------------------------------------------------------------------


def test_data_is_sent_once_and_then_only_confirmed(client: FlaskClient) -> None:
    first = client.get("/map/praxisbeispiele.geojson", headers={"Accept-Encoding": "br"})
    assert first.content_type == "application/geo+json"
    assert first.headers["Content-Encoding"] == "br"
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["Vary"] == "Accept-Encoding"
    again = client.get(
        "/map/praxisbeispiele.geojson?sort=titel&seite=3",
        headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]},
    )
    assert (again.status_code, again.data, again.headers["ETag"]) == (
        304,
        b"",
        first.headers["ETag"],
    )


def test_a_change_shows_at_once(app: Flask) -> None:
    client = app.test_client()
    before = client.get("/map/kommunen.geojson")
    with app.app_context():
        town = db.session.scalars(select(Municipality).where(Municipality.slug == "hemer")).one()
        town.name = "Hemer an der Oese"
        advance(db.session)
        db.session.commit()
    after = client.get("/map/kommunen.geojson", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    titles = {one["id"]: one["properties"]["title"] for one in after.get_json()["features"]}
    assert titles["hemer"] == "Hemer an der Oese"
    assert "Hemer an der Oese" in client.get("/karte?q=Hemer").text


@pytest.mark.parametrize("path", ["/map/inseln.geojson", "/map/grenzen/genau.topojson"])
def test_an_unknown_layer_is_a_problem_for_programmes(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    problem = orjson.loads(answer.data)
    assert problem["status"] == 404
    assert "kommunen" in problem["detail"] or "uebersicht" in problem["detail"]


def unchanging(client: FlaskClient) -> Iterator[str]:
    page = get(client, "/karte")
    yield page.one(".svg-map image")["href"]
    yield from re.findall(r'"(/map/grenzen/[^"]+)"', script_of(client))
    yield script_address(client)


def test_boundaries_and_base_map_are_kept_under_their_digest(client: FlaskClient) -> None:
    addresses = list(unchanging(client))
    assert len(addresses) >= 3
    for address in addresses:
        kept = client.get(address, headers={"Accept-Encoding": "br, gzip"})
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        # What fits into one packet, as folium's script does, is sent as it is.
        is_short = len(client.get(address).data) < 1_000
        assert kept.headers.get("Content-Encoding") == (None if is_short else "br")
        path = urlsplit(address).path
        for other in (path, f"{path}?v=0"):
            answer = client.get(other)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
            assert answer.headers["ETag"] == kept.headers["ETag"]


def test_outlines_reach_the_browser_as_they_are_kept(client: FlaskClient) -> None:
    overview = client.get("/map/grenzen/uebersicht.topojson")
    assert overview.mimetype == "application/json"
    assert set(overview.get_json()["objects"]) == {
        "municipalities",
        "counties",
        "districts",
        "state",
    }


# Nobody else on the line ------------------------------------------------------------------------


def allow(client: FlaskClient, **form: str) -> Any:
    return client.post("/karte/kacheln", data={"zustimmung": "ja", **form})


def test_without_consent_no_other_host_is_named(client: FlaskClient) -> None:
    answer = client.get("/karte")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data:;" in policy
    assert "http" not in policy
    assert "{z}" not in answer.text + script_of(client)
    assert "Cookie" in answer.vary
    assert "Set-Cookie" not in answer.headers
    # The form says who would be asked, in words.
    page = get(client, "/karte")
    assert "sgx.geodatenzentrum.de" in page.one(".map__tiles").text
    assert "IP-Adresse" in page.one(".map__tiles").text


def test_consent_lets_in_tiles_and_their_host_together_and_only_on_the_map(
    client: FlaskClient,
) -> None:
    given = allow(client, next="/karte?ebene=praxisbeispiele")
    assert (given.status_code, given.location) == (303, "/karte?ebene=praxisbeispiele")
    cookie = given.headers["Set-Cookie"]
    attributes = {part.strip().split("=")[0] for part in cookie.split(";")[1:]}
    assert cookie.startswith("kartenhintergrund=1;")
    assert attributes == {"Expires", "Max-Age", "HttpOnly", "Path", "SameSite"}
    assert "Max-Age=15552000" in cookie
    assert "Path=/karte" in cookie
    answer = client.get("/karte")
    assert f"img-src 'self' data: {TILES};" in answer.headers["Content-Security-Policy"]
    assert f'"{TILES}/' in script_of(client)
    page = get(client, "/karte")
    assert "© basemap.de / BKG" in page.one(".map__attribution").text
    for other in ("/", "/kommunen", "/map/kommunen.geojson"):
        assert TILES not in client.get(other).headers["Content-Security-Policy"]


def test_consent_can_be_taken_back(client: FlaskClient) -> None:
    allow(client)
    page = get(client, "/karte")
    assert page.one('.map__tiles button[value="nein"]')
    taken = client.post("/karte/kacheln", data={"zustimmung": "nein"})
    assert taken.status_code == 303
    assert client.get_cookie("kartenhintergrund", path="/karte") is None
    answer = client.get("/karte")
    assert TILES not in answer.headers["Content-Security-Policy"]
    assert "{z}" not in answer.text + script_of(client)


@pytest.mark.parametrize(
    ("value", "counts"), [("1", True), ("", False), ("2", False), ("ja", False)]
)
def test_only_our_own_cookie_is_a_consent(client: FlaskClient, value: str, counts: bool) -> None:
    client.set_cookie("kartenhintergrund", value, path="/karte")
    answer = client.get("/karte")
    assert (TILES in answer.headers["Content-Security-Policy"]) == counts


@pytest.mark.parametrize("word", ["", "nein", "JA", "1"])
def test_anything_but_yes_is_no_consent(client: FlaskClient, word: str) -> None:
    answer = client.post("/karte/kacheln", data={"zustimmung": word})
    assert answer.status_code == 303
    assert client.get_cookie("kartenhintergrund", path="/karte") is None


@pytest.mark.parametrize(
    "target",
    [
        "https://anderswo.example/karte",
        "//anderswo.example/karte",
        "/\\anderswo.example/karte",
        "/karte\\..",
        "\t//anderswo.example",
        "/karte\r\nSet-Cookie: x=1",
        "/karte\x00",
        "https:[kaputt",
        "javascript:alert(1)",
        "karte",
        "/redaktion",
        "/karte/../redaktion",
        "",
    ],
)
def test_consent_leads_back_to_the_map_and_nowhere_else(client: FlaskClient, target: str) -> None:
    answer = allow(client, next=target)
    assert (answer.status_code, answer.location) == (303, "/karte")


def test_consent_leads_back_to_the_same_view(client: FlaskClient) -> None:
    target = "/karte?ebene=kommunen&q=B%C3%BCrger&kreis=05566#karte=9.5/51.4/7.2"
    assert allow(client, next=target).location == target


def test_behind_tls_the_cookie_never_leaves_it(site_app: Flask) -> None:
    app = create_app(replace(site_app.config["DIRECTORY"], base_url="https://verzeichnis.example"))
    assert "Secure" in allow(app.test_client()).headers["Set-Cookie"]


def test_an_installation_without_tiles_never_asks(site_app: Flask) -> None:
    app = create_app(replace(site_app.config["DIRECTORY"], tiles_url=""))
    client = app.test_client()
    assert not get(client, "/karte").has(".map__tiles")
    allow(client)
    assert client.get_cookie("kartenhintergrund", path="/karte") is None


# Hostile words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["${alert(1)}", "`", "</script><script>alert(1)</script>", "\\"])
def test_words_of_visitors_never_reach_a_script(client: FlaskClient, words: str) -> None:
    address = f"/karte?{urlencode({'q': words, 'ort': words})}"
    page = unchecked(client, address)
    assert inline(page, running=True) == ""
    assert words not in inline(page, running=False)
    assert script_of(client, address) == script_of(client) != ""
    assert page.one("#liste-q")["value"] == words


def test_names_never_reach_a_script(app: Flask) -> None:
    hostile = "${alert(1)}`</script>\\"
    client = app.test_client()
    with app.app_context():
        town = db.session.scalars(select(Municipality).where(Municipality.slug == "hemer")).one()
        town.name = hostile
        advance(db.session)
        db.session.commit()
    page = unchecked(client, "/karte")
    assert "alert" not in inline(page, running=True) + script_of(client)
    assert hostile in [link["aria-label"] for link in page.all(".svg-map a")]
    features = client.get("/map/kommunen.geojson").get_json()["features"]
    assert hostile in [feature["properties"]["title"] for feature in features]


def unchecked(client: FlaskClient, path: str) -> Page:
    """A page that may show HTML as text, which the door for pages takes for a mistake."""
    return Page(path, client.get(path))


def inline(page: Page, *, running: bool) -> str:
    """What stands in the page itself for browsers to run, or else for search engines to read."""
    assert page.document.errors == []
    scripts = [
        one for one in page.all("script") if (one.get("type") != "application/ld+json") is running
    ]
    return "".join(str(child) for script in scripts for child in script.children)


def script_of(client: FlaskClient, address: str = "/karte") -> str:
    """The script folium wrote for the map at this address."""
    return client.get(script_address(client, address)).text


def script_address(client: FlaskClient, address: str = "/karte") -> str:
    scripts = [one["src"] for one in unchecked(client, address).all("script[src]")]
    (href,) = [src for src in scripts if src.startswith("/map/")]
    return href
