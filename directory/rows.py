"""Writing many rows at once, and those that may be there already."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Insert, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_rows(session: Session, into: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write plain rows, column by column, into the table or the entity's table `into`.

    All rows name the same columns. Entities would take five times as long. What waits in the
    session is not written before.
    """
    if rows:
        _write_rows(session, _insert(getattr(into, "__table__", into)), rows)


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
