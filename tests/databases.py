"""Databases for tests: built once, then copied, which takes milliseconds instead of seconds."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Protocol

from directory.db import create_database_engine
from directory.migrations import upgrade
from directory.resources import resource_dir
from directory.seeding.install import install_seed
from tests.postgres import Cluster


class Server(Protocol):
    """What makes, copies and drops databases by name."""

    def url(self, name: str) -> str: ...
    def create(self, name: str) -> None: ...
    def copy(self, name: str, template: str) -> None: ...
    def drop(self, name: str) -> None: ...


class SqliteFolder:
    """SQLite as a server: a folder of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def create(self, name: str) -> None:
        """Nothing to do: the first connection makes the file."""

    def copy(self, name: str, template: str) -> None:
        with (
            closing(sqlite3.connect(self._file(template))) as source,
            closing(sqlite3.connect(self._file(name))) as target,
        ):
            source.backup(target)

    def drop(self, name: str) -> None:
        for file in self._folder.glob(f"{name}.sqlite3*"):
            file.unlink()

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"


class PostgresqlServer:
    """The throw-away cluster as a server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def url(self, name: str) -> str:
        return self._cluster.url(name)

    def create(self, name: str) -> None:
        self._cluster.create(name)

    def copy(self, name: str, template: str) -> None:
        self._cluster.create(name, template=template)

    def drop(self, name: str) -> None:
        self._cluster.drop(name)


class Databases:
    """Fresh databases on one server, empty or seeded; both are built at the first wish."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._numbers = itertools.count(1)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Address of a database with the schema and nothing in it; gone afterwards."""
        with self._copy(self._migrated) as url:
            yield url

    @contextmanager
    def seeded(self) -> Iterator[str]:
        """Address of a database with everything from `seed/`; gone afterwards."""
        with self._copy(self._seeded) as url:
            yield url

    @contextmanager
    def _copy(self, template: str) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        self._server.copy(name, template)
        yield self._server.url(name)
        self._server.drop(name)

    @cached_property
    def _migrated(self) -> str:
        self._server.create("migrated")
        engine = create_database_engine(self._server.url("migrated"))
        upgrade(engine)
        engine.dispose()
        return "migrated"

    @cached_property
    def _seeded(self) -> str:
        self._server.copy("seeded", self._migrated)
        engine = create_database_engine(self._server.url("seeded"))
        install_seed(engine, resource_dir("seed"))
        engine.dispose()
        return "seeded"
