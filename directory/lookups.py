"""Reading few rows in microseconds: statements that SQLAlchemy only compiles."""

import os
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any

from flask import Flask, current_app
from sqlalchemy import CompoundSelect, Dialect, Engine, Select, TextualSelect, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from directory.db import db
from directory.errors import NO_ANSWER, Unavailable

_Asks = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | TextualSelect
# What makes values of what the driver gives, by place in the row
_Makers = list[tuple[int, Callable[[Any], Any]]]


class Lookup:
    """A statement for columns, made once for good, whose rows come in 20 µs.

    However little it asks, SQLAlchemy takes 0.1 ms for each statement that it has compiled before,
    and 0.3 ms for entities; a page has seven. What it binds are texts and numbers.
    """

    def __init__(self, statement: _Asks) -> None:
        self._statement = statement
        # Dialect → the statement in it, and what makes its values
        self._compiled: dict[str, SQLCompiler] = {}
        self._makers: dict[str, _Makers] = {}

    def rows(self, session: Session, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows as `session` sees them, with `values` for what the statement binds."""
        if session.autoflush:
            session.flush()
        connection = session.connection()
        try:
            return self.read(connection.connection.dbapi_connection, connection.dialect, values)
        except connection.dialect.loaded_dbapi.Error:
            # SQLAlchemy knows what to say, and which connections are lost.
            return [tuple(row) for row in connection.execute(self._statement, values)]

    def read(
        self, driver_connection: Any, dialect: Dialect, values: Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        """Return the rows on a connection of the driver."""
        name = dialect.name
        if name not in self._compiled:
            compiled = self._statement.compile(dialect=dialect)
            assert isinstance(compiled, SQLCompiler)  # noqa: S101 - for the reader
            self._compiled[name] = compiled
        sql, bound = _asked(self._compiled[name], values)
        cursor = driver_connection.execute(sql, bound)
        # To the last row: SQLite ends its reading there, and the next one sees what is new.
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if name not in self._makers:
            # What the driver calls the types is known only now.
            self._makers[name] = self._makers_of(dialect, [one[1] for one in cursor.description])
        makers = self._makers[name]
        return [_made(row, makers) for row in rows] if makers else rows

    def _makers_of(self, dialect: Dialect, types: Sequence[object]) -> _Makers:
        made = [
            column.type.dialect_impl(dialect).result_processor(dialect, its_type)
            for column, its_type in zip(self._statement.selected_columns, types, strict=True)
        ]
        return [(place, maker) for place, maker in enumerate(made) if maker is not None]


def _asked(compiled: SQLCompiler, values: Mapping[str, object]) -> tuple[str, Any]:
    """Return what the driver is asked, and what that binds."""
    if compiled.post_compile_params:
        asked = compiled.construct_expanded_state(values)
        bound = asked.positional_parameters if compiled.positional else asked.parameters
        return asked.statement, bound
    # The version is asked for with each question, so what needs no expanding must not take as long.
    given = {**compiled.params, **values}
    if compiled.positional:
        return compiled.string, [given[name] for name in compiled.positiontup or ()]
    return compiled.string, given


def _made(row: Sequence[Any], makers: _Makers) -> tuple[Any, ...]:
    values = list(row)
    for place, maker in makers:
        values[place] = maker(values[place])
    return tuple(values)


class Reader:
    """Reads what is committed in microseconds, on one connection per process that is kept open.

    For questions of a few rows that come so often that a session and its transaction would cost
    twenty times as much as they.
    """

    def __init__(self, engine: Engine) -> None:
        """Read the database of `engine`; nothing is opened before the first question."""
        self._engine = engine
        self._lock = Lock()
        self._connection: Any = None
        self._process = 0
        event.listen(engine, "engine_disposed", self._engine_disposed)

    def rows(self, lookup: Lookup, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of `lookup`, with `values` for what it binds.

        Raises:
            Unavailable: the database does not answer.
        """
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                try:
                    return self._read(lookup, values)
                except self._driver_error:
                    # Lost, perhaps long ago while nobody asked: a new one may do.
                    self._close()
            try:
                self._open()
                return self._read(lookup, values)
            except (DBAPIError, NoConnectionLeft, self._driver_error) as error:
                self._close()
                raise Unavailable(NO_ANSWER) from error

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

    def _read(self, lookup: Lookup, values: Mapping[str, object]) -> list[tuple[Any, ...]]:
        return lookup.read(self._connection.dbapi_connection, self._engine.dialect, values)

    def _engine_disposed(self, _engine: Engine) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        # A connection from before a fork is its parent's.
        if connection is not None and self._process == os.getpid():
            connection.close()


def init_app(app: Flask) -> None:
    """Give `app` its reader."""
    with app.app_context():
        app.extensions["reader"] = Reader(db.engine)


def reader() -> Reader:
    """Return the reader of the present application."""
    found: Reader = current_app.extensions["reader"]
    return found
