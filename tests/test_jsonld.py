"""What pages say to search engines in schema.org's words."""

import re
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.db import db
from directory.publication.catalogue import advance
from tests.browser import Browser
from tests.factories import build_practice
from tests.pages import get

EVIL = "</script><script>alert(1)</script>"


def things(client: FlaskClient, path: str) -> dict[str, dict[str, Any]]:
    """What the page says, by type."""
    scripts = get(client, path).all("script[type=application/ld+json]")
    found = [orjson.loads("".join(map(str, one.children))) for one in scripts]
    assert all(one["@context"] == "https://schema.org" for one in found)
    return {one["@type"]: one for one in found}


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/kommunen/hemer", {"GovernmentOrganization", "BreadcrumbList"}),
        ("/praxisbeispiele/hemer-heimatpreis-hemer", {"Article", "BreadcrumbList"}),
        ("/veranstaltungen/kongress-2015", {"Event", "BreadcrumbList"}),
        ("/veranstaltungen/ews-1", {"BreadcrumbList"}),
        ("/praxisbeispiele?thema=vernetzung", {"Dataset", "BreadcrumbList"}),
        ("/kommunen", {"Dataset", "BreadcrumbList"}),
        ("/impressum", {"BreadcrumbList"}),
    ],
)
def test_each_page_says_what_it_is(client: FlaskClient, path: str, kinds: set[str]) -> None:
    assert things(client, path).keys() == kinds


def test_entries_say_what_the_page_says(client: FlaskClient) -> None:
    place = things(client, "/kommunen/hemer")["GovernmentOrganization"]
    assert place["identifier"]["value"] == "05962016"
    assert place["parentOrganization"]["name"] == "Märkischer Kreis"
    article = things(client, "/praxisbeispiele/hemer-heimatpreis-hemer")["Article"]
    assert (article["headline"], article["author"]["name"]) == ("Heimatpreis Hemer", "Hemer")
    event = things(client, "/veranstaltungen/kongress-2015")["Event"]
    assert (event["startDate"], len(event["subEvent"])) == ("2015-10-21", 7)


def test_crumbs_lead_to_whole_addresses_in_their_order(client: FlaskClient) -> None:
    crumbs = things(client, "/kommunen/hemer")["BreadcrumbList"]["itemListElement"]
    assert [(one["position"], one["name"], one["item"]) for one in crumbs] == [
        (1, "Startseite", "http://localhost/"),
        (2, "Kommunen", "http://localhost/kommunen"),
        (3, "Hemer", "http://localhost/kommunen/hemer"),
    ]


def test_a_data_set_names_files_that_are_there(client: FlaskClient) -> None:
    dataset = things(client, "/praxisbeispiele?thema=vernetzung")["Dataset"]
    for file in dataset["distribution"]:
        path = file["contentUrl"].removeprefix("http://localhost")
        assert client.get(path, buffered=True).status_code == 200


def test_no_title_can_end_the_element(app: Flask) -> None:
    with app.app_context():
        slug = build_practice(db.session, title=EVIL).slug
        advance(db.session)
        db.session.commit()
    text = app.test_client().get(f"/praxisbeispiele/{slug}").text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert [orjson.loads(one).get("headline") for one in found] == [EVIL, None]
    assert EVIL not in text


def test_the_policy_lets_it_stand(browser: Browser) -> None:
    page = browser.new_page()
    page.goto("/kommunen/hemer")
    assert page.locator("script[type='application/ld+json']").count() == 2
