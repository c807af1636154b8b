"""What search engines, browsers and finders of weak spots ask for."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.db import db, utc_now
from directory.feeds import discovery
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.practices.operations import save_practice
from directory.publication.catalogue import advance
from directory.publication.models import Status
from tests.pages import get

NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read(client: FlaskClient, path: str) -> dict[str, str | None]:
    """Address → last change, of a sitemap or its index."""
    answer = client.get(path)
    assert answer.headers["Content-Type"].startswith("application/xml")
    root = ET.fromstring(answer.data)  # noqa: S314 - our own
    return {
        one.findtext(f"{NS}loc", "").removeprefix("http://localhost"): one.findtext(f"{NS}lastmod")
        for one in root
    }


def everything(client: FlaskClient) -> Iterator[tuple[str, str | None]]:
    for part in read(client, "/sitemap.xml"):
        yield from read(client, part).items()


def test_the_sitemap_leads_to_pages_that_are_there(client: FlaskClient) -> None:
    found = dict(everything(client))
    assert len(found) > 500
    for path in list(found)[:: len(found) // 60]:
        page = get(client, path)
        assert page.one("link[rel=canonical]")["href"] == f"http://localhost{path}"


def test_it_says_truly_when_a_page_last_changed(any_app: Flask) -> None:
    moment = dt.datetime(2031, 5, 4, 3, 2, 1, tzinfo=dt.UTC)
    with any_app.app_context():
        shown, hidden = db.session.scalars(select(Practice).order_by(Practice.id).limit(2))
        shown.updated_at, hidden.status = moment, Status.ARCHIVED
        advance(db.session)
        db.session.commit()
        place, slugs = shown.municipality.slug, (shown.slug, hidden.slug)
    found = dict(everything(any_app.test_client()))
    changed = "2031-05-04T03:02:01Z"
    assert found[f"/praxisbeispiele/{slugs[0]}"] == found[f"/kommunen/{place}"] == changed
    assert f"/praxisbeispiele/{slugs[1]}" not in found


def test_a_long_sitemap_comes_in_parts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    whole = dict(everything(client))
    monkeypatch.setattr(discovery, "MOST_ADDRESSES", 100)
    with app.app_context():
        advance(db.session)
        db.session.commit()
    parts = list(read(client, "/sitemap.xml"))
    assert len(parts) == -(-len(whole) // 100)
    assert dict(everything(client)).keys() == whole.keys()
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_robots_find_the_sitemap_and_leave_the_desk_alone(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert "Sitemap: http://localhost/sitemap.xml" in lines
    assert "Disallow: /redaktion/" in lines


def test_browsers_can_offer_the_search(client: FlaskClient) -> None:
    link = get(client, "/").one("link[rel=search]")
    root = ET.fromstring(client.get(link["href"]).data)  # noqa: S314 - our own
    url = root.find("{http://a9.com/-/spec/opensearch/1.1/}Url")
    assert url is not None
    template = url.attrib["template"].removeprefix("http://localhost")
    assert get(client, template.replace("{searchTerms}", "Ehrenamt")).status == 200


def test_weak_spots_can_be_told_to_somebody_for_less_than_a_year(app: Flask) -> None:
    path = "/.well-known/security.txt"
    assert app.test_client().get(path).status_code == 404
    app.config["DIRECTORY"] = replace(app.config["DIRECTORY"], operator_email="sicher@example.org")
    answer = app.test_client().get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:sicher@example.org"
    left = dt.datetime.fromisoformat(fields["Expires"]) - utc_now()
    assert dt.timedelta(days=170) < left < dt.timedelta(days=365)


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/praxisbeispiele?kreis=05962&thema=vernetzung", "thema=vernetzung&kreis=05962"),
        ("/praxisbeispiele?thema=vernetzung&thema=vernetzung&x=1", "thema=vernetzung"),
        ("/praxisbeispiele?thema=gibtsnicht", ""),
        ("/praxisbeispiele?thema=vernetzung&meine=Bonn&sort=titel", "thema=vernetzung"),
        ("/praxisbeispiele?q=%20Rat%20&seite=1", "q=Rat"),
    ],
)
def test_one_list_has_one_canonical_address(
    client: FlaskClient, asked: str, canonical: str
) -> None:
    expected = "http://localhost/praxisbeispiele" + (f"?{canonical}" if canonical else "")
    assert get(client, asked).one("link[rel=canonical]")["href"] == expected


def test_the_address_of_an_entry_stays_when_its_title_changes(app: Flask) -> None:
    """Slugs name entries in their history: another slug would be another entry."""
    with app.app_context():
        practice = db.session.scalars(select(Practice).order_by(Practice.id)).first()
        assert practice is not None
        slug, draft = practice.slug, PracticeDraft.of(practice)
        save_practice(db.session, by="anna", draft=replace(draft, title="Ganz anders"))
        assert (practice.slug, practice.title) == (slug, "Ganz anders")
