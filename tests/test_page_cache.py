"""Pages are made once per catalogue version, and never kept for the wrong reader."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from directory.db import begin_write, db
from directory.practices.models import Practice
from directory.publication.catalogue import advance


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


def test_pages_with_a_nonce_are_never_kept(client: FlaskClient) -> None:
    policies = {client.get("/karte").headers["Content-Security-Policy"] for _ in range(2)}
    assert len(policies) == 2
