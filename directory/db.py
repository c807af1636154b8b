"""The ground of the data layer: engine, declarative base and the column types all tables share."""

import datetime as dt
import enum
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from inspect import iscoroutinefunction
from threading import Lock
from typing import Annotated, Any, NamedTuple, TypeVar

import orjson
from flask import Flask, current_app
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    JSON,
    CompoundSelect,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Insert,
    MetaData,
    Select,
    String,
    TextualSelect,
    create_engine,
    event,
    insert,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

from directory.errors import NO_ANSWER, Unavailable

_BUSY_TIMEOUT_MS = 5_000
# How long somebody waits for a connection to PostgreSQL before being told to come back
_POOL_TIMEOUT_S = 10
# How long a writer waits for the others, and for how long at a time
_TURN_SECONDS = 20
_TRY_MS = 2
_SYNCHRONOUS_FULL = 2
_WRITES = "directory_writes"
_first_in_line = Lock()


class Model(DeclarativeBase):
    """Base of every table. The naming convention lets migrations name each constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


E = TypeVar("E", bound=Model)
K = TypeVar("K", str, int)
db = SQLAlchemy()


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment in UTC, always aware; SQLite keeps it without offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Refuse naive values: nobody could tell what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Zeitangabe ohne Zeitzone")
        return value.astimezone(dt.UTC)

    def process_result_value(
        self,
        value: dt.datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> dt.datetime | None:
        """Give back an aware value in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def enum_by_value(kind: type[enum.StrEnum], name: str | None = None) -> Enum:
    """A text column that holds the enum's values and nothing else (CHECK constraint).

    A table with two columns of one enum has to give one of them its own `name`.
    """
    return Enum(
        kind,
        name=name or kind.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


# A date as precise as its source: "2017", "2017-10" or "2017-10-16". As text it sorts by time.
PartialDate = Annotated[str, mapped_column(String(10))]
# A short list of texts in a fixed order, for example success factors.
TextList = Annotated[list[str], mapped_column(JSON, default=list)]


def engine_options(url: str) -> dict[str, Any]:
    """Arguments of `create_engine` for `url`; `postgresql://` means psycopg 3."""
    parsed = make_url(url)
    # What people wrote has no place in a log: errors are told without their parameters.
    common = {"hide_parameters": True, "json_serializer": _json, "json_deserializer": _of_json}
    if parsed.get_backend_name() == "sqlite":
        timeout = {"timeout": _BUSY_TIMEOUT_MS / 1000}
        # Who reads a long table slowly keeps a connection; here another one costs next to nothing.
        return {"url": parsed, "connect_args": timeout, "max_overflow": -1} | common
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    few = {"pool_size": 8, "max_overflow": 8, "pool_timeout": _POOL_TIMEOUT_S}
    return {"url": parsed, "pool_pre_ping": True} | few | common


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # Halves of characters and integers beyond 64 bits, which only the slower one takes
        return json.dumps(value)


def _of_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def create_database_engine(url: str) -> Engine:
    """Open the database at `url` outside an application (commands, tests)."""
    return prepared(create_engine(**engine_options(url)))


def prepared(engine: Engine) -> Engine:
    """Give `engine` the safe settings every connection must have; a no-op but for SQLite."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `_begin` below decides how.
    connection.isolation_level = None
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    # NORMAL loses acknowledged saves in a power cut; so make sure that FULL holds.
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (mode, synchronous) != ("wal", _SYNCHRONOUS_FULL):
        raise Unavailable("Die Datenbank-Datei lässt sich nicht sicher beschreiben (WAL, FULL).")


def _begin(connection: Connection) -> None:
    # To the driver itself: by the usual way these few words take ten times as long.
    driver: Any = connection.connection.dbapi_connection
    # A writer takes the lock at once: upgrading a read lock later fails under load.
    if connection.get_execution_options().get(_WRITES, False):
        try:
            _begin_immediate(driver)
        except sqlite3.Error as error:
            raise DBAPIError.instance("BEGIN IMMEDIATE", None, error, sqlite3.Error) from error
    else:
        # Nothing is read and no lock taken yet, so nothing can go wrong.
        driver.execute("BEGIN")


def _begin_immediate(driver: sqlite3.Connection) -> None:
    """Take the lock for writing when it is this writer's turn.

    SQLite looks for a free lock after 1 ms, and more and more seldom after that: who came last
    gets it first, of eight writers some wait until they fail, and meanwhile nobody writes. So in
    each process only one waits for the database, always as if it had just come, and the others
    wait behind it.
    """
    deadline = time.monotonic() + _TURN_SECONDS
    is_first = _first_in_line.acquire(timeout=_TURN_SECONDS)
    driver.execute(f"PRAGMA busy_timeout={_TRY_MS}")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        if is_first:
            _first_in_line.release()


def _is_busy(error: sqlite3.OperationalError) -> bool:
    # The lowest byte says what is the matter, the others say more about it.
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def init_app(app: Flask) -> None:
    """Open the database of `app` and close each request's session after it."""
    db.init_app(app)
    # The extension also registers a coroutine that closes asynchronous sessions. There are none
    # here, and running it would start an event loop in every request (1 ms).
    app.teardown_appcontext_funcs = [
        close for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
    ]
    with app.app_context():
        app.extensions["reader"] = Reader(prepared(db.engine))


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


def reader() -> Reader:
    """Return the reader of the present application."""
    found: Reader = current_app.extensions["reader"]
    return found


def begin_write(session: Session) -> None:
    """Announce that `session` is about to write; to be called before its first statement."""
    session.connection(execution_options={_WRITES: True})


def insert_rows(session: Session, into: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write plain rows, column by column, into the table or the entity's table `into`.

    All rows name the same columns. Entities would take five times as long. What waits in the
    session is not written before.
    """
    if rows:
        _write_rows(session, _insert(getattr(into, "__table__", into)), rows)


def at_hand(session: Session, entity: type[E], keys: Iterable[K]) -> dict[K, E]:
    """Return key → entity of those that `session` has read already, without asking for them."""
    found = {}
    for key in keys:
        one = session.identity_map.get(identity_key(entity, key))
        if one is not None and not inspect(one).expired:
            found[key] = one
    return found


# Statements are written once: to build one takes several times as long as to run it.
_insert = cache(insert)


def upsert(session: Session, into: Any) -> Any:
    """Return an `INSERT` into a table or entity that can be told what to do `on_conflict_…`."""
    return _UPSERTS[session.get_bind().dialect.name](into)


_UPSERTS: dict[str, Callable[[Any], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def merge_rows(
    session: Session,
    into: Any,
    rows: Sequence[Mapping[str, Any]],
    merge: "Merge",
) -> None:
    """Write plain rows into the table of the entity `into`.

    Where a row of that key is there already, it gets what `merge` makes of its columns and the new
    ones: a function that stays the same, because it is asked only once.
    """
    if rows:
        dialect = session.get_bind().dialect.name
        _write_rows(session, _merging(dialect, into.__table__, merge), rows)


def _write_rows(session: Session, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Hand rows to the driver column by column: a parameter at a time takes five times as long."""
    connection = session.connection()
    writing = _writing(connection.dialect, statement, tuple(rows[0]))
    if writing is None:
        connection.execute(statement, rows)
    else:
        connection.exec_driver_sql(writing.sql, writing.parameters(rows))


class _Writing(NamedTuple):
    """A statement in the words of one database, and how it takes its values."""

    sql: str
    is_positional: bool
    # Name and what makes a value fit for the driver, in the order of the statement
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        columns = [
            [row[name] for row in rows] if fit is None else [fit(row[name]) for row in rows]
            for name, fit in self.columns
        ]
        ordered = zip(*columns, strict=True)
        if self.is_positional:
            return list(ordered)
        names = [name for name, _ in self.columns]
        return [dict(zip(names, values, strict=True)) for values in ordered]


@lru_cache
def _writing(dialect: Dialect, statement: Insert, names: tuple[str, ...]) -> _Writing | None:
    """Return how rows of these columns are written; None where one with a default is missing."""
    compiled: Any = statement.compile(
        dialect=dialect, column_keys=list(names), for_executemany=True
    )
    if compiled.insert_prefetch:
        return None
    binds = compiled.binds
    columns = [
        (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in compiled.positiontup or names
    ]
    return _Writing(compiled.string, compiled.positional, columns)


Merge = Callable[[Any, Any], Mapping[str, Any]]


@cache
def _merging(dialect: str, table: Any, merge: Merge) -> Any:
    statement = _UPSERTS[dialect](table)
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key), set_=merge(table.c, statement.excluded)
    )


def utc_now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
