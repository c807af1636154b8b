"""The whole content of a database as one value, to see that nothing changed."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.migrations.metadata import metadata

Snapshot = dict[str, list[tuple[Any, ...]]]


def snapshot(session: Session) -> Snapshot:
    """Return all rows of all tables, in an order that is always the same."""
    return {
        table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
        for table in metadata.sorted_tables
    }
