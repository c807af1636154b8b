"""The version of the catalogue in microseconds, for those who need nothing else of the database."""

import os
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event, select
from sqlalchemy.exc import DBAPIError

from directory.publication.models import CatalogueState


class VersionWatch:
    """Asks the database each time, on one connection per process that is kept open.

    So what another process has just committed is seen, which no memory of ours would tell; and a
    session with its transaction, which costs twenty times as much, is not needed to find out.
    """

    def __init__(self, engine: Engine) -> None:
        """Watch the database of `engine`; nothing is opened before the first question."""
        self._engine = engine
        self._sql = str(select(CatalogueState.version).compile(engine))
        self._lock = Lock()
        self._connection: Any = None
        self._process = 0
        event.listen(engine, "engine_disposed", self._engine_disposed)

    def version(self) -> int | None:
        """Return the last committed version; None if the database does not answer."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                try:
                    return self._read()
                except self._driver_error:
                    # Lost, perhaps long ago while nobody asked: a new one may do.
                    self._close()
            try:
                self._open()
                return self._read()
            except (DBAPIError, self._driver_error):
                self._close()
                return None

    @property
    def _driver_error(self) -> type[Exception]:
        error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        return error

    def _open(self) -> None:
        connection: Any = self._engine.raw_connection()
        # Out of the pool for good: requests shall find as many there as before.
        connection.detach()
        if self._engine.dialect.name == "postgresql":
            connection.dbapi_connection.autocommit = True
        self._connection = connection
        self._process = os.getpid()

    def _read(self) -> int:
        # To the last row: SQLite ends its reading there, and the next one sees what is new.
        rows = self._connection.dbapi_connection.execute(self._sql).fetchall()
        return rows[0][0] if rows else 0

    def _engine_disposed(self, _engine: Engine) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        # A connection from before a fork is its parent's.
        if connection is not None and self._process == os.getpid():
            connection.close()
