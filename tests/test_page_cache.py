"""Pages are made once per catalogue version, and never kept for the wrong reader."""

import subprocess
import sys

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, update

from directory.db import begin_write, db
from directory.practices.models import Practice
from directory.publication.catalogue import advance
from directory.web.security import csp_nonce

RENAME = """
import sys
from sqlalchemy import update
from sqlalchemy.orm import Session
from directory.db import begin_write, create_database_engine
from directory.practices.models import Practice
from directory.publication.catalogue import advance

with Session(create_database_engine(sys.argv[1])) as session:
    begin_write(session)
    session.execute(update(Practice).values(title=sys.argv[2]).where(Practice.slug == sys.argv[3]))
    advance(session)
    session.commit()
"""


def test_a_page_is_made_once_and_answered_with_304(client: FlaskClient) -> None:
    first = client.get("/praxisbeispiele?thema=vernetzung")
    again = client.get("/praxisbeispiele?thema=vernetzung")
    assert first.data == again.data
    assert first.headers["ETag"] == again.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    unchanged = client.get(
        "/praxisbeispiele?thema=vernetzung", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert "Content-Security-Policy" in unchanged.headers


@pytest.mark.parametrize("path", ["/praxisbeispiele", "/suche"])
def test_a_search_is_kept_unless_it_finds_nothing_and_is_counted(
    client: FlaskClient, path: str
) -> None:
    assert "ETag" in client.get(f"{path}?q=ehrenamtskarte").headers
    assert "ETag" not in client.get(f"{path}?q=findetniemandxyz").headers


def test_a_change_of_the_catalogue_is_seen_at_once(app: Flask) -> None:
    client = app.test_client()
    before = client.get("/praxisbeispiele")
    assert "Umbenannt" not in before.text
    with app.app_context():
        begin_write(db.session)
        first = db.session.query(Practice.id).order_by(Practice.title).limit(1).scalar()
        db.session.execute(update(Practice).values(title="Umbenannt").where(Practice.id == first))
        advance(db.session)
        db.session.commit()
    after = client.get(
        "/praxisbeispiele?sort=titel", headers={"If-None-Match": before.headers["ETag"]}
    )
    assert after.status_code == 200
    assert client.get("/praxisbeispiele").headers["ETag"] != before.headers["ETag"]


def test_what_another_process_changes_is_seen_by_the_very_next_request(any_app: Flask) -> None:
    client = any_app.test_client()
    with any_app.app_context():
        slug = db.session.query(Practice.slug).order_by(Practice.slug).limit(1).scalar()
    page, suggestions = f"/praxisbeispiele/{slug}", "/api/v1/suggest?q=umbenannt"
    known = {path: client.get(path).headers["ETag"] for path in (page, suggestions)}
    for title in ("Umbenannt eins", "Umbenannt zwei"):
        for path, etag in known.items():
            assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
        url = any_app.config["DIRECTORY"].database_url
        subprocess.run([sys.executable, "-c", RENAME, url, title, slug], check=True)
        answer = client.get(page, headers={"If-None-Match": known[page]})
        assert answer.status_code == 200
        assert title in answer.text
        known[page] = answer.headers["ETag"]


def test_a_kept_page_asks_the_database_for_the_version_alone(app: Flask) -> None:
    client = app.test_client()
    known = client.get("/themen").headers["ETag"]
    with app.app_context():

        def refuse(*arguments: object) -> None:
            raise AssertionError(arguments[2])

        event.listen(db.engine, "before_cursor_execute", refuse)
    assert client.get("/themen").status_code == 200
    assert client.get("/themen", headers={"If-None-Match": known}).status_code == 304


def test_who_brings_a_cookie_gets_a_page_of_their_own(app: Flask) -> None:
    client = app.test_client()
    assert "ETag" in client.get("/kommunen").headers
    client.set_cookie("merkliste", "hemer")
    assert "ETag" not in client.get("/kommunen").headers


def test_compressed_and_plain_say_the_same(client: FlaskClient) -> None:
    import brotli

    plain = client.get("/themen", headers={"Accept-Encoding": "identity"})
    packed = client.get("/themen", headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) * 3 < len(plain.data)


def test_pages_with_a_nonce_are_never_kept(app: Flask) -> None:
    app.view_functions["pages.about"] = lambda: f"<p>{csp_nonce()}</p>"
    client = app.test_client()
    answers = [client.get("/ueber") for _ in range(2)]
    assert "ETag" not in answers[0].headers
    assert len({answer.headers["Content-Security-Policy"] for answer in answers}) == 2
    assert len({answer.text for answer in answers}) == 2


def test_the_map_page_needs_no_nonce_and_is_kept(client: FlaskClient) -> None:
    first = client.get("/karte")
    assert "nonce" not in first.headers["Content-Security-Policy"]
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/karte", headers=known).status_code == 304
