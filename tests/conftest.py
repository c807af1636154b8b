"""What tests may ask for by name. See docs/testing.md.

Reading:  client, site_app      one seeded application on SQLite, shared by all tests
          site, browser         the same behind a socket, and Chromium in front of it
Writing:  app, any_app          a seeded application of the test's own; `any_app` on both databases
          own_site, named_site  `app` behind a socket, at an IP address and at a name
Data:     database_url, session an empty migrated database of the test's own, on both databases
          catalogue             the seeded catalogue for reading, on both databases
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser as Chromium
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from directory import create_app
from directory.config import Settings
from directory.db import create_database_engine, db
from tests.browser import Browser, chromium
from tests.databases import Databases, PostgresqlServer, SqliteFolder
from tests.live import listening, serving
from tests.pages import TidyClient
from tests.postgres import throw_away_cluster

SECRET_KEY = "test-key-test-key-test-key-test-key"  # noqa: S105 - guards nothing
ENGINES = ("sqlite", "postgresql")

Flask.test_client_class = TidyClient
# Every application translates its templates anew; what another one has translated serves as well.
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache()}


class SharedRule(Rule):
    """Builds addresses as the same rule of another application does.

    Werkzeug compiles two functions for each of some 220 rules, four fifths of `create_app`.
    """

    _shared: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.subdomain, self.rule, repr(self.defaults), append_unknown)
        if key not in self._shared:
            self._shared[key] = super()._compile_builder(append_unknown)
        return self._shared[key]


Flask.url_rule_class = SharedRule


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Chromium, so that `-m "not browser"` can be relied upon.

    Where tests run side by side, all that drive a browser take turns on one worker: several at
    once would make one another miss what they wait for.
    """
    for item in items:
        if "chromium_process" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


# Databases -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Databases(SqliteFolder(tmp_path_factory.mktemp("sqlite")))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[Databases]:
    with throw_away_cluster() as cluster:
        yield Databases(PostgresqlServer(cluster))


@pytest.fixture(params=ENGINES)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases on SQLite, then again on PostgreSQL."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Address of an empty, migrated database."""
    with databases.empty() as url:
        yield url


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A session on an empty, migrated database."""
    engine = create_database_engine(database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="session", params=ENGINES)
def seeded_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The seeded database all reading tests of one engine share."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    with found.seeded() as url:
        engine = create_database_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def catalogue(seeded_engine: Engine) -> Iterator[Session]:
    """A session for reading the seeded catalogue; what a test writes is rolled back."""
    with Session(seeded_engine) as session:
        yield session


# Applications ----------------------------------------------------------------------------------


@contextmanager
def running(
    database_url: str, instance: Path, base_url: str = "http://localhost"
) -> Iterator[Flask]:
    """An application on this database, whose connections are closed in the end."""
    app = create_app(
        Settings(
            base_url=base_url,
            database_url=database_url,
            instance_dir=instance,
            secret_key=SECRET_KEY,
        )
    )
    app.testing = True
    # Letters wait until a test delivers them; behind a socket the postman does.
    app.config["DELIVER_MAIL"] = False
    yield app
    _close_connections(app)


@pytest.fixture(scope="session")
def site_app(
    sqlite_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The seeded application all reading tests share; it refuses to be written to."""
    with (
        sqlite_databases.seeded() as url,
        running(url, tmp_path_factory.mktemp("instance")) as app,
    ):
        _refuse_writing(app)
        yield app


@pytest.fixture
def client(site_app: Flask) -> FlaskClient:
    """An anonymous reader of the shared application."""
    return site_app.test_client()


@pytest.fixture
def app(sqlite_databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """A seeded application on SQLite, of this test's own."""
    with sqlite_databases.seeded() as url, running(url, tmp_path) as app:
        yield app


@pytest.fixture
def any_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """A seeded application of this test's own, on SQLite, then again on PostgreSQL."""
    with databases.seeded() as url, running(url, tmp_path) as app:
        yield app


def _close_connections(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _refuse_writing(app: Flask) -> None:
    def refuse(*arguments: object) -> None:
        statement = str(arguments[2]).lstrip().upper()
        if not statement.startswith(("SELECT", "WITH", "PRAGMA", "BEGIN", "VALUES")):
            pytest.fail(f"This test writes, so it needs `app` instead of `client`: {statement}")

    app.config["COUNT_FAILED_QUERIES"] = False
    app.config["COUNT_QUESTIONS"] = False
    app.config["DELIVER_MAIL"] = False
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", refuse)


# Browser ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium_process() -> Iterator[Chromium]:
    with chromium() as process:
        yield process


@pytest.fixture(scope="session")
def site(site_app: Flask) -> Iterator[str]:
    """Address of the shared application behind a socket."""
    with _behind_socket(site_app, read_only=True) as base_url:
        yield base_url


@pytest.fixture
def own_site(app: Flask) -> Iterator[str]:
    """Address of `app` behind a socket: the same data."""
    with _behind_socket(app) as base_url:
        yield base_url


@pytest.fixture
def named_site(app: Flask) -> Iterator[str]:
    """The same by name: passkeys belong to names, not to IP addresses."""
    with _behind_socket(app, host="localhost") as base_url:
        yield base_url


@contextmanager
def _behind_socket(
    app: Flask, *, host: str = "127.0.0.1", read_only: bool = False
) -> Iterator[str]:
    """Serve a twin of `app` which knows the address it is reached at."""
    with listening() as (listener, address):
        base_url = address.replace("127.0.0.1", host)
        twin = create_app(replace(app.config["DIRECTORY"], base_url=base_url))
        if read_only:
            _refuse_writing(twin)
        with serving(twin, listener):
            yield base_url
        twin.extensions["postman"].wait(10)
        _close_connections(twin)


@pytest.fixture
def browser(chromium_process: Chromium, site: str) -> Iterator[Browser]:
    """Chromium, watched: see tests/browser.py."""
    watched = Browser(chromium_process, site)
    yield watched
    watched.close()
