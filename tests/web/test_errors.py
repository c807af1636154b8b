"""When the database is gone the site says so, and comes back by itself."""

import sqlite3
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import QueuePool, text
from sqlalchemy.orm import Session

from directory.db import begin_write, db
from directory.errors import NotFound
from tests.duties import has_landmarks
from tests.pages import Page, get


def _file(app: Flask) -> Path:
    with app.app_context():
        return Path(str(db.engine.url.database))


def test_a_database_that_vanished_is_a_503_and_its_return_is_noticed(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/kommunen").status_code == 200
    file = _file(app)
    with app.app_context():
        db.engine.dispose()
    away = file.with_suffix(".away")
    file.rename(away)
    answer = client.get("/kommunen")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "Datenbank" in answer.text
    with app.app_context():
        db.engine.dispose()
    for made in file.parent.glob(f"{file.name}*"):
        made.unlink()
    away.rename(file)
    assert client.get("/kommunen").status_code == 200


def test_readiness_names_what_is_wrong(any_app: Flask) -> None:
    client = any_app.test_client()
    assert client.get("/readyz").status_code == 200
    with any_app.app_context(), Session(db.engine) as session:
        begin_write(session)
        session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        session.execute(text("UPDATE catalogue_state SET index_rules = 'older'"))
        session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert answer.get_json()["checks"] == {"schema": False, "catalogue": True, "index": False}
    assert client.get("/healthz").status_code == 200


def test_reading_goes_on_while_somebody_writes(app: Flask) -> None:
    writer = sqlite3.connect(_file(app), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert app.test_client().get("/kommunen").status_code == 200
    writer.execute("ROLLBACK")
    writer.close()


def test_who_reads_long_tables_slowly_takes_nobody_the_database(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with any_app.app_context(), ExitStack() as readers:
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        monkeypatch.setattr(pool, "_timeout", 0.1)
        for _ in range(16):
            readers.enter_context(db.engine.connect())
        answer = any_app.test_client().get("/kommunen")
        if db.engine.dialect.name == "sqlite":
            assert answer.status_code == 200
        else:
            # A server of databases has only so many connections.
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "10"
    assert any_app.test_client().get("/kommunen").status_code == 200


def test_an_unforeseen_fault_is_told_without_its_details(app: Flask) -> None:
    @app.get("/kaputt")
    def broken() -> str:
        raise ValueError("geheime Einzelheit")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    page = get(app.test_client(), "/kaputt", status=500)
    assert "geheime Einzelheit" not in page.text


@pytest.mark.parametrize("path", ["/map/nirgendwo.geojson", "/map/grenzen/grob.topojson"])
def test_programmes_get_a_problem_document(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert set(answer.get_json()) >= {"type", "title", "status", "detail"}


def test_an_error_of_the_family_is_answered_with_its_own_sentence(app: Flask) -> None:
    @app.get("/weg")
    def gone() -> str:
        raise NotFound("Das Rathaus ist umgezogen.")

    assert "Das Rathaus ist umgezogen." in get(app.test_client(), "/weg", status=404).text


def test_a_foreign_host_name_gets_an_error_page_not_a_fault(app: Flask) -> None:
    app.config["TRUSTED_HOSTS"] = ["verzeichnis.example"]
    answer = app.test_client().get("/", headers={"Host": "anderswo.example"})
    assert answer.status_code == 400
    assert "Content-Security-Policy" in answer.headers


def test_an_error_page_leads_on_like_every_other(client: FlaskClient) -> None:
    """Its links are written out, so that it needs nothing; they must not drift from the others."""
    lost, usual = get(client, "/gibt-es-nicht", status=404), get(client, "/kommunen")

    def links(page: Page, where: str) -> list[tuple[str, str]]:
        return [(one["href"], one.text) for one in page.all(f"{where} a")]

    assert links(lost, ".site-nav") == links(usual, ".site-nav")
    assert set(links(lost, ".site-footer")) < set(links(usual, ".site-footer"))
    assert {"/impressum", "/datenschutz", "/barrierefreiheit"} <= {
        href for href, _ in links(lost, ".site-footer")
    }
    assert lost.one("[role=search]")["action"] == "/suche"
    assert not list(has_landmarks(lost))


def test_an_error_page_needs_neither_database_nor_addresses(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> str:
        raise AssertionError("the error page asked for an address")

    monkeypatch.setattr(app, "url_for", unreachable)
    with app.app_context():
        db.engine.dispose()
    file = _file(app)
    file.rename(file.with_suffix(".away"))
    page = get(app.test_client(), "/kommunen", status=503)
    assert page.has(".site-nav a[href='/karte']")
