"""Reading much at once: whole tables, as far as lists are counted by them."""

from collections.abc import Iterable, Iterator
from sys import intern
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Executable, func, select
from sqlalchemy.orm import Session

from directory.search.lists.listings import Facet

# Rows read from the database at a time
_AT_ONCE = 10_000


def read_rows(session: Session, statement: Executable) -> Iterable[Any]:
    """Return the rows of a statement for columns; for entities the session would have to care."""
    return session.connection().execute(statement.execution_options(yield_per=_AT_ONCE))


def shared(rows: Iterable[Iterable[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows in which equal texts are one and the same, whatever table they are kept in.

    Keys, names and kinds of ten thousand municipalities stand in a dozen tables: 15 MB a process.
    """
    for row in rows:
        yield tuple([intern(one) if type(one) is str else one for one in row])


def gathered(
    session: Session, facet: Facet, condition: ColumnElement[bool] | None = None
) -> Iterator[tuple[str, list[Any]]]:
    """Yield each value of a facet, and whose it is.

    All of them come in one row: a row for each would take several times as long.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    gather = func.json_group_array if is_sqlite else func.json_agg
    statement = select(facet.value, gather(facet.of)).group_by(facet.value)
    for one in (facet.condition, condition):
        if one is not None:
            statement = statement.where(one)
    for value, those in read_rows(session, statement):
        if value is not None:
            yield value, orjson.loads(those) if isinstance(those, str) else those
