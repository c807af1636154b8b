"""The same documents as pages for people."""

from typing import Literal

import pytest
from flask.testing import FlaskClient

from tests.browser import Browser, assert_accessible
from tests.ogc.asking import COLLECTIONS, ids
from tests.pages import get

ADDRESSES = (
    "/ogc?f=html",
    "/ogc/conformance?f=html",
    "/ogc/api?f=html",
    "/ogc/collections?f=html",
    "/ogc/collections/praxisbeispiele?f=html",
    "/ogc/collections/praxisbeispiele/queryables?f=html",
    "/ogc/collections/kommunen/items?f=html&limit=20&offset=20",
    "/ogc/collections/kommunen/items/05962016?f=html",
)
NO_SCROLLING = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_document_is_a_page_as_well(client: FlaskClient, address: str) -> None:
    page = get(client, address)
    assert page.has("main a[href*='f=json']")
    for link in page.links:
        assert client.get(link.href).status_code == 200, link


def test_no_two_pages_have_one_title(client: FlaskClient) -> None:
    titles = [get(client, address).title for address in ADDRESSES]
    for name in COLLECTIONS:
        titles += [
            get(client, f"/ogc/collections/{name}{part}?f=html").title
            for part in ("", "/queryables", "/items")
        ]
    assert len(set(titles)) == len(titles) - 3  # praxisbeispiele twice and kommunen stand in both


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_entry_can_be_read_on_its_page(client: FlaskClient, name: str) -> None:
    for key in ids(client, name)[:25]:
        page = get(client, f"/ogc/collections/{name}/items/{key}?f=html")
        assert page.h1 in page.title


def test_the_list_leads_on_and_back(client: FlaskClient) -> None:
    page = get(client, "/ogc/collections/kommunen/items?f=html&limit=150&kreis=05962&mitglied=alle")
    assert not page.has("nav.pagination")
    page = get(client, "/ogc/collections/kommunen/items?f=html&limit=150&bbox=5,50,9,53")
    assert "Einträge 1 bis 150 von" in page.text
    following = page.one("a[rel=next]")["href"].removeprefix("http://localhost")
    assert "bbox=5%2C50%2C9%2C53" in following
    page = get(client, following)
    assert "Einträge 151 bis 300 von" in page.text
    assert page.has("a[rel=prev]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_accessible_and_fits(
    browser: Browser, width: int, scheme: Literal["light", "dark"]
) -> None:
    too_wide = []
    for address in ADDRESSES:
        page = browser.new_page(width=width, colour_scheme=scheme)
        page.goto(address)
        assert_accessible(page)
        if not page.evaluate(NO_SCROLLING):
            too_wide.append(address)
        page.close()
    assert too_wide == []
