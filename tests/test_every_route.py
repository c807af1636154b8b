"""What holds for all routes is tested for all routes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from directory.accounts.guards import required_right
from directory.accounts.rights import Right
from directory.api.operations import OPERATIONS
from directory.db import db
from directory.lookups import Lookup
from directory.publication.watch import VersionWatch
from directory.subscriptions.tokens import Purpose, make_token
from tests.conftest import SECRET_KEY
from tests.pages import get

# One real value for each kind of address; a new parameter has to be named here.
VALUES = {
    "municipalities.detail": {"slug": "hemer"},
    "municipalities.by_key": {"ags": "05962016"},
    "municipalities.file_by_key": {"ags": "05962016", "file": "kontakt.vcf"},
    "municipalities.peers": {"slug": "hemer"},
    "municipalities.peers_by_key": {"ags": "05962016"},
    "practices.detail": {"slug": "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"},
    "prints.practice": {"slug": "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"},
    "prints.poster": {"slug": "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"},
    "prints.municipality": {"slug": "hemer"},
    "embeds.practice": {"slug": "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"},
    "share_cards.practice": {"slug": "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"},
    "share_cards.municipality": {"slug": "hemer"},
    "share_cards.event": {"slug": "kongress-2015"},
    "topics.detail": {"slug": "vernetzung"},
    "events.detail": {"slug": "kongress-2015"},
    "contact_cards.of_municipality": {"slug": "hemer"},
    "discovery.sitemap_part": {"part": 1},
    "exports.csv": {"name": "kommunen"},
    "exports.xlsx": {"name": "praxisbeispiele"},
    "exports.geojson": {"name": "kommunen"},
    "calendars.event": {"slug": "kongress-2015"},
    "open_data.written": {"ending": "ttl"},
    "hints.form": {"zu": "municipality:05962016"},
    "hints.leave": {"zu": "municipality:05962016"},
    "map.layer": {"name": "kommunen"},
    "map.places": {"name": "kommunen"},
    # Links that are truly ours, to subscriptions that have ended
    "subscriptions.confirmation": {"token": make_token(Purpose.CONFIRM, "0" * 32, (SECRET_KEY,))},
    "subscriptions.manage": {"token": make_token(Purpose.MANAGE, "0" * 32, (SECRET_KEY,))},
    "subscriptions.ending": {"token": make_token(Purpose.END, "0" * 32, (SECRET_KEY,))},
    "map.boundaries": {"detail": "uebersicht"},
    "api.municipality": {"ags": "05962016"},
    "api.peers": {"ags": "05962016"},
    "api.practice": {"id": "1"},
    "api.draft": {"id": "1"},
    "api.change_draft": {"id": "1"},
    "api.change_practice": {"id": "1"},
    "api.event": {"slug": "kongress-2015"},
    "ogc.collection": {"name": "kommunen"},
    "ogc.queryables": {"name": "kommunen"},
    "ogc.items": {"name": "kommunen"},
    "ogc.item": {"name": "kommunen", "key": "05962016"},
}
# Answers that are no pages for people.
DATA = {
    *("map.layer", "map.places", "map.boundaries", "map.base_map", "map.script"),
    *("health.alive", "health.ready"),
    *("shortlist.table", "shortlist.data"),
    *("atom_feeds.practices", "atom_feeds.events", "calendars.events", "calendars.event"),
    *("contact_cards.of_municipality", "exports.csv", "exports.xlsx", "exports.geojson"),
    "open_data.written",
    *("discovery.sitemap", "discovery.sitemap_part", "discovery.robots", "discovery.opensearch"),
    *(f"api.{operation.name}" for operation in OPERATIONS),
    "api.openapi",
    *("prints.practice", "prints.poster", "prints.municipality"),
    *("share_cards.site", "share_cards.practice", "share_cards.municipality", "share_cards.event"),
    # Pages, too, for those who ask for them: tests/ogc/test_pages.py
    *("ogc.landing", "ogc.conformance", "ogc.api", "ogc.collections", "ogc.collection"),
    *("ogc.queryables", "ogc.items", "ogc.item"),
}
# Needs a setting; see tests/feeds/test_discovery.py.
UNSET = {"discovery.security"}
# The seed has no files; how they are sent is tested in tests/test_files.py.
UPLOADED = {"files.image", "files.document"}
REDIRECTS = {
    *("municipalities.by_key", "municipalities.file_by_key", "municipalities.peers_by_key"),
    *("accounts.second_step", "open_data.catalogue"),
}
# Behind links in letters: each letter has its own, see tests/accounts/test_links.py and
# tests/editorial/test_confirmation.py.
MAILED = {
    *("accounts.invitation", "accounts.new_password", "accounts.new_address"),
    "confirmation.show",
}
# Queries to the database a page may need, whatever it shows: none grows with the entries.
MOST_QUERIES = 20


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Return endpoint and a real address of everything that anybody may read.

    What needs an account is asked for in tests/accounts/test_matrix.py.
    """
    with app.test_request_context():
        return [
            (rule.endpoint, app.url_for(rule.endpoint, **VALUES.get(rule.endpoint, {})))
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or set())
            and rule.endpoint not in UPLOADED | UNSET
            and required_right(app, rule.endpoint) is Right.PUBLIC
            and rule.endpoint not in MAILED
        ]


def pages(app: Flask) -> list[tuple[str, str]]:
    return [one for one in addresses(app) if one[0] not in DATA | REDIRECTS]


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    def note_lookup(lookup: Lookup, session: Session, **values: object) -> list[tuple[object, ...]]:
        asked.append(str(lookup))
        return look_up(lookup, session, **values)

    look_up = Lookup.rows
    # SQLAlchemy does not send these, so it tells nobody of them.
    with app.app_context(), patch.object(Lookup, "rows", note_lookup):
        event.listen(db.engine, "before_cursor_execute", note)
        yield asked
        event.remove(db.engine, "before_cursor_execute", note)


def test_every_route_answers(client: FlaskClient, site_app: Flask) -> None:
    # Read to the end: what is streamed may fail on the way.
    statuses = {
        path: client.get(path, buffered=True).status_code for _, path in addresses(site_app)
    }
    wrong = {path: status for path, status in statuses.items() if status not in {200, 301, 303}}
    assert wrong == {}
    assert len(statuses) > 20


def test_every_page_gives_its_readers_what_it_owes(client: FlaskClient, site_app: Flask) -> None:
    titles = {
        path: get(client, path, framed=not path.startswith("/embed/")).title
        for _, path in pages(site_app)
    }
    assert len(set(titles.values())) == len(titles), "two pages share a title"


def test_no_page_asks_the_database_once_per_entry(client: FlaskClient, site_app: Flask) -> None:
    client.set_cookie("fremd", "1")  # who brings a cookie gets no kept page
    for _, path in pages(site_app):
        client.get(path)  # what is prepared once per catalogue is not counted
        with counted_queries(site_app) as asked:
            client.get(path)
        assert len(asked) <= MOST_QUERIES, (path, len(asked))


def test_a_kept_page_asks_only_for_the_version(
    client: FlaskClient, site_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/kommunen")
    versions: list[int | None] = []
    ask = VersionWatch.version

    def version(watch: VersionWatch) -> int | None:
        versions.append(ask(watch))
        return versions[-1]

    monkeypatch.setattr(VersionWatch, "version", version)
    with counted_queries(site_app) as asked:
        assert client.get("/kommunen").status_code == 200
    assert asked == []
    assert len(versions) == 1


def test_every_link_within_the_site_leads_somewhere(client: FlaskClient, site_app: Flask) -> None:
    waiting = [path for _, path in pages(site_app)]
    seen: dict[str, int] = {}
    while waiting:
        path = waiting.pop()
        address = path.split("#")[0]
        if address in seen or len(seen) > 1200:
            continue
        answer = client.get(address)
        seen[address] = answer.status_code
        # Filters multiply without end: their links are followed from unfiltered lists only.
        if answer.mimetype == "text/html" and answer.status_code == 200 and "?" not in address:
            found = re.findall(r'<a [^>]*href="(/[^"]*)"', answer.text)
            waiting += [href.replace("&amp;", "&") for href in found]
    dead = {path: status for path, status in seen.items() if status not in {200, 301}}
    assert dead == {}
    assert len(seen) > 300


def test_addresses_of_profiles_lead_to_the_right_place(client: FlaskClient) -> None:
    for key, slug in (
        ("05314000", "bonn"),
        ("05766", "kreis-lippe"),
        ("059", "regierungsbezirk-arnsberg"),
    ):
        answer = client.get(f"/kommunen/{key}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/kommunen/{slug}")
        for file in ("steckbrief.pdf", "vorschau.png", "kontakt.vcf"):
            answer = client.get(f"/kommunen/{key}/{file}")
            found = answer.status_code, answer.headers["Location"]
            assert found == (301, f"/kommunen/{slug}/{file}")
    assert client.get("/kommunen/05962999/kontakt.vcf").status_code == 404


@pytest.mark.parametrize(
    ("path", "way_on"),
    [
        ("/kommunen/gutersloh", "Gütersloh"),
        ("/kommunen/05962999", "Märkischer Kreis"),
        ("/kommunen/schloss-holte", "Schloß Holte-Stukenbrock"),
        ("/themen/ehrenamtskarten", "Ehrenamtskarte"),
        ("/praxisbeispiele/ehrenamtskarte", "Alle Praxisbeispiele"),
        ("/veranstaltungen/kongress-1999", "Alle Veranstaltungen"),
    ],
)
def test_an_unknown_address_names_the_nearest_known_ones(
    client: FlaskClient, path: str, way_on: str
) -> None:
    page = get(client, path, status=404)
    assert way_on in page.text


def test_each_database_gives_the_same_pages(any_app: Flask, client: FlaskClient) -> None:
    def told(asking: FlaskClient, path: str) -> str:
        # When each was seeded
        return re.sub(r"\d{4}-?\d\d-?\d\dT[\d:.]+", "", asking.get(path).text)

    for path in (
        "/kommunen/hemer",
        "/kommunen/hemer/vergleichbar",
        "/kommunen/hemer/kontakt.vcf",
        "/kommunen/kreis-lippe",
        "/praxisbeispiele/aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien",
        "/vergleich?ags=05962016&ags=05911000",
        "/api/v1/practices/1",
    ):
        assert told(any_app.test_client(), path) == told(client, path), path
