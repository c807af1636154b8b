"""Rows of tables as JSON that no engine owns: out of one database and into another.

A file holds one JSON array, each row an object on a line of its own. What the columns hold is
described beside it (`TableForm`), so that rows can be read without the models they came from.
"""

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import Connection

from directory.db import UtcDateTime
from directory.parcels.names import BrokenParcel
from directory.parcels.reading import Parcel

Row = Mapping[str, Any]
# What rows have to be like, said of the columns of the table it is given
Where = Callable[[sa.TableClause], Iterable[sa.ColumnElement[bool]]]
_AT_ONCE = 1_000

# Kind of a column → how the database keeps it. None in a JSON column is no value at all.
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "moment": UtcDateTime(),
    "day": sa.Date(),
    "time": sa.Time(),
    "boolean": sa.Boolean(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
    "json": sa.JSON(none_as_null=True),
    "bytes": sa.LargeBinary(),
    "text": sa.Text(),
}
_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (UtcDateTime, "moment"),
    (sa.Date, "day"),
    (sa.Time, "time"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "number"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.String, "text"),
)
_DECODED: dict[str, Callable[[Any], Any]] = {
    "moment": lambda value: _aware(dt.datetime.fromisoformat(value)),
    "day": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "bytes": lambda value: base64.b64decode(value, validate=True),
}
_PLAIN: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "text": str,
}


@dataclass(frozen=True)
class TableForm:
    """What a table holds: its columns (name → kind), its key, and where it refers to itself."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    parents: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: sa.Table, leave_out: Iterable[str] = ()) -> "TableForm":
        """Describe a table of the models."""
        omitted = set(leave_out)
        own = {fk.parent.name for fk in table.foreign_keys if fk.column.table is table}
        return cls(
            name=str(table.name),
            columns={str(c.name): _kind_of(c) for c in table.columns if c.name not in omitted},
            key=tuple(str(column.name) for column in table.primary_key),
            parents=tuple(sorted(map(str, own))),
        )

    @classmethod
    def from_json(cls, said: Any) -> "TableForm":
        """Return what `as_json` has written; raise `BrokenParcel`."""
        try:
            form = cls(said["name"], said["columns"], tuple(said["key"]), tuple(said["parents"]))
            names = {form.name, *form.columns}
            if set(form.columns.values()) <= _TYPES.keys() and all(map(str.isidentifier, names)):
                return form
        except (KeyError, TypeError, AttributeError):
            pass
        raise BrokenParcel("Die Beschreibung der Tabellen ist nicht zu verstehen.")

    def as_json(self) -> dict[str, Any]:
        """Return the description as plain JSON."""
        return {
            "name": self.name,
            "columns": dict(self.columns),
            "key": list(self.key),
            "parents": list(self.parents),
        }

    @property
    def table(self) -> sa.TableClause:
        """The table as statements name it, with nothing but these columns."""
        return sa.table(self.name, *(sa.column(n, _TYPES[k]) for n, k in self.columns.items()))


def rows_of(
    connection: Connection,
    form: TableForm,
    where: Where = lambda _: (),
    count: Callable[[int], object] = lambda _: None,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table by key, parents before their children; `count` hears of each."""
    table = form.table
    order = [_bytewise(table.c[name], form.columns[name], connection) for name in form.key]
    found = connection.execute(
        sa.select(table).where(*where(table)).order_by(*order),
        execution_options={"yield_per": _AT_ONCE},
    )
    rows: Iterator[dict[str, Any]] = (dict(row) for row in found.mappings())
    for row in _parents_first(rows, form) if form.parents else rows:
        count(1)
        yield row


def as_json(form: TableForm, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield rows as a JSON array, one on a line."""
    yield b"["
    between = b"\n"
    for row in rows:
        yield between + orjson.dumps({name: _encoded(row[name]) for name in form.columns})
        between = b",\n"
    yield b"\n]\n"


def from_json(form: TableForm, parcel: Parcel, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows that `as_json` has written to the file `name`; raise `BrokenParcel`."""
    for number, line in enumerate(parcel.lines(name), start=1):
        if line in {b"[", b"]"}:
            continue
        try:
            said = orjson.loads(line.removesuffix(b","))
            yield _row(form, said)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
            raise BrokenParcel(f"{name}, Zeile {number}: nicht zu verstehen.") from error


def write_rows(
    connection: Connection,
    into: sa.TableClause,
    rows: Iterable[Row],
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """Insert rows, many at a time; returns how many."""
    total, source = 0, iter(rows)
    while some := list(islice(source, _AT_ONCE)):
        connection.execute(sa.insert(into), some)
        total += len(some)
        progress(len(some))
    return total


def set_sequences(connection: Connection, forms: Iterable[TableForm]) -> None:
    """Let numbers that PostgreSQL gives out go on behind the highest; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for form in forms:
        table = form.table
        if form.columns.get("id") == "integer":
            connection.execute(
                sa.select(
                    sa.func.setval(
                        sa.func.pg_get_serial_sequence(form.name, "id"),
                        sa.func.coalesce(sa.func.max(table.c.id), 0) + 1,
                        sa.false(),
                    )
                ).select_from(table)
            )


def _kind_of(column: sa.Column[Any]) -> str:
    return next(kind for base, kind in _KINDS if isinstance(column.type, base))


def _bytewise(column: Any, kind: str, connection: Connection) -> Any:
    # As SQLite sorts, so that the same rows come in the same order from both engines.
    is_text = kind == "text" and connection.dialect.name == "postgresql"
    return column.collate("C") if is_text else column


def _parents_first(rows: Iterable[dict[str, Any]], form: TableForm) -> Iterator[dict[str, Any]]:
    (key,) = form.key
    waiting, known = list(rows), set()
    while waiting:
        ready = [
            row
            for row in waiting
            if all(row[name] in {None, row[key]} or row[name] in known for name in form.parents)
        ]
        if not ready:
            raise BrokenParcel(f"In der Tabelle {form.name} gehören Zeilen im Kreis zueinander.")
        yield from ready
        known |= {row[key] for row in ready}
        waiting = [row for row in waiting if row[key] not in known]


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset")
    return moment


def _encoded(value: Any) -> Any:
    match value:
        case dt.datetime():
            return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        case dt.date() | dt.time():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
        case _:
            return value


def _row(form: TableForm, said: dict[str, Any]) -> dict[str, Any]:
    if said.keys() != form.columns.keys():
        raise KeyError(form.name)
    return {name: _decoded(form.columns[name], value) for name, value in said.items()}


def _decoded(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind in _DECODED:
        return _DECODED[kind](value)
    if kind in _PLAIN and not isinstance(value, _PLAIN[kind]):
        raise TypeError(kind)
    return value
