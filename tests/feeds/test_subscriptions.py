"""Atom: what changed last, for every filter of the lists."""

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.db import db, utc_now
from directory.events.models import Event
from directory.feeds import subscriptions
from directory.practices.models import Practice
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import index
from tests.factories import build_practice
from tests.feeds.documents import ATOM, get_feed, text
from tests.pages import get


def test_the_feed_holds_what_the_list_holds_under_every_filter(client: FlaskClient) -> None:
    for query in ("thema=vernetzung", "kreis=05962", "q=Heimatpreis", "ort=Bonn&umkreis=25"):
        page = get(client, f"/praxisbeispiele?{query}")
        feed = get_feed(client, f"/praxisbeispiele.atom?{query}")
        total = page.one("#treffer-titel").text.split()[0]
        assert int(total) == len(feed.entries) > 0, query
        assert feed.links["alternate"].startswith("http://localhost/praxisbeispiele?")


def test_what_changed_last_comes_first_and_dates_the_feed(any_app: Flask) -> None:
    moment = dt.datetime(2031, 5, 4, 3, 2, 1, tzinfo=dt.UTC)
    with any_app.app_context():
        practice = db.session.scalars(select(Practice).order_by(Practice.id.desc())).first()
        assert practice is not None
        practice.updated_at = moment
        index.refresh(db.session, "practice", [practice.slug])
        advance(db.session)
        db.session.commit()
        title = practice.title
    feed = get_feed(any_app.test_client(), "/praxisbeispiele.atom")
    assert feed.titles[0] == title
    assert feed.text("updated") == text(feed.entries[0], "updated") == "2031-05-04T03:02:01Z"


def test_pages_lead_to_each_other_and_keep_the_filter(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "_ENTRIES", 3)
    path, pages, seen = "/praxisbeispiele.atom?bezirk=059&q=Ehrenamt", 0, []
    while path:
        feed = get_feed(client, path)
        assert "q=Ehrenamt&bezirk=059" in feed.links["self"]
        seen += [text(entry, "id") for entry in feed.entries]
        pages += 1
        path = feed.links.get("next", "").removeprefix("http://localhost")
    assert pages > 1
    assert len(set(seen)) == len(seen)
    before = get_feed(client, feed.links["previous"].removeprefix("http://localhost"))
    assert "next" in before.links


def test_entries_name_who_answers_for_them_and_what_they_are_about(client: FlaskClient) -> None:
    entry = get_feed(client, "/praxisbeispiele.atom?q=Heimatpreis&kommune=05962016").entries[0]
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Hemer"
    assert entry.find(f"{ATOM}category") is not None
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.attrib["type"] == "html"
    assert (content.text or "").startswith("<div><p>")


def test_markup_in_a_text_stays_text(app: Flask) -> None:
    with app.app_context():
        practice = build_practice(
            db.session,
            title="Fest & <Feier>",
            approach="<script>alert(1)</script> & mehr",
            success_factors=["]]> <b>fett</b>"],
        )
        index.refresh(db.session, "practice", [practice.slug])
        advance(db.session)
        db.session.commit()
    entry = next(
        one
        for one in get_feed(app.test_client(), "/praxisbeispiele.atom?q=Feier").entries
        if text(one, "title") == "Fest & <Feier>"
    )
    content = text(entry, "content")
    assert "<script" not in content
    assert "&amp; mehr" in content
    assert "<li>]]&gt; &lt;b&gt;fett&lt;/b&gt;</li>" in content


def test_who_has_it_already_gets_no_second_copy(client: FlaskClient) -> None:
    first = client.get("/veranstaltungen.atom?art=kongress")
    again = client.get(
        "/veranstaltungen.atom?art=kongress", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_what_is_not_published_is_in_no_feed(app: Flask) -> None:
    with app.app_context():
        for entry in (
            db.session.scalars(select(Practice)).first(),
            db.session.scalars(select(Event)).first(),
        ):
            assert entry is not None
            entry.title, entry.status = "Kanarienvogel 4711", Status.DRAFT
            index.refresh(
                db.session, "practice" if isinstance(entry, Practice) else "event", [entry.slug]
            )
        advance(db.session)
        db.session.commit()
    for path in ("/praxisbeispiele.atom", "/veranstaltungen.atom"):
        assert "Kanarienvogel" not in app.test_client().get(path).text


def test_a_wrong_filter_is_said_and_the_rest_applied(client: FlaskClient) -> None:
    feed = get_feed(client, "/praxisbeispiele.atom?thema=gibtsnicht&kreis=05962")
    assert "gibtsnicht" in feed.text("subtitle")
    assert feed.text("title") == "Praxisbeispiele: Kreis: Märkischer Kreis"


def test_an_empty_feed_is_a_feed(client: FlaskClient) -> None:
    feed = get_feed(client, "/praxisbeispiele.atom?q=xqzzy&genau=1")
    assert feed.entries == []
    assert feed.text("updated") <= f"{utc_now():%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/praxisbeispiele?thema=vernetzung&seite=2", "/praxisbeispiele.atom?thema=vernetzung"),
        ("/veranstaltungen", "/veranstaltungen.atom"),
        ("/themen/vernetzung", "/praxisbeispiele.atom?thema=vernetzung"),
        ("/kommunen/hemer", "/praxisbeispiele.atom?kommune=05962016"),
        ("/kommunen/maerkischer-kreis", "/praxisbeispiele.atom?kreis=05962"),
    ],
)
def test_pages_tell_feed_readers_where_to_look(client: FlaskClient, path: str, feed: str) -> None:
    links = get(client, path).all("head link[rel=alternate]")
    assert feed in [link["href"] for link in links if link["type"] == "application/atom+xml"]
    assert client.get(feed).status_code == 200
