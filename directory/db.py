"""The ground of the data layer: engine, declarative base and the column types all tables share."""

import datetime as dt
import enum
import json
import sqlite3
import time
from collections.abc import Iterable
from inspect import iscoroutinefunction
from threading import Lock
from typing import Annotated, Any, TypeVar

import orjson
from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    String,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.orm.util import identity_key
from sqlalchemy.types import TypeDecorator

from directory.errors import Unavailable

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
        prepared(db.engine)


def begin_write(session: Session) -> None:
    """Announce that `session` is about to write; to be called before its first statement."""
    session.connection(execution_options={_WRITES: True})


def at_hand(session: Session, entity: type[E], keys: Iterable[K]) -> dict[K, E]:
    """Return key → entity of those that `session` has read already, without asking for them."""
    found = {}
    for key in keys:
        one = session.identity_map.get(identity_key(entity, key))
        if one is not None and not inspect(one).expired:
            found[key] = one
    return found


def utc_now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
