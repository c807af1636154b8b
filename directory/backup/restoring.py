"""Restoring a backup: everything is checked first, then it is all there, or nothing has changed."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from directory import migrations
from directory.backup.contents import FILES, Description, read_description, rows_name
from directory.errors import Conflict
from directory.files.storage import Storage
from directory.migrations.metadata import metadata
from directory.parcels.names import BrokenParcel
from directory.parcels.reading import Parcel
from directory.parcels.tables import from_json, set_sequences, write_rows
from directory.publication.catalogue import get_state
from directory.search import index
from directory.search.models import SearchChange

_WRITES = "directory_writes"


class NotEmpty(Conflict):
    """The database holds something already."""


def restore(
    engine: Engine,
    storage: Storage,
    parcel: Parcel,
    *,
    force: bool = False,
    begin: Callable[[int], object] = lambda _: None,
    progress: Callable[[int], object] = lambda _: None,
) -> Description:
    """Bring database and files back to what a backup says; an older schema is brought up to date.

    Raises:
        BrokenParcel: the backup is damaged, or of a newer programme.
        NotEmpty: the database holds something, and not `force`.
    """
    description = read_description(parcel)
    if description.revision not in migrations.known_revisions():
        raise BrokenParcel(
            f"Die Sicherung hat das Schema „{description.revision}“, das dieses Programm nicht "
            "kennt; bitte zuerst das Programm aktualisieren."
        )
    if not force and not is_empty(engine):
        raise NotEmpty(
            "Die Datenbank ist nicht leer; mit --force wird alles darin durch die Sicherung "
            "ersetzt."
        )
    begin(len(parcel.names) + sum(description.rows.values()))
    parcel.verify(progress)

    _restore_files(storage, parcel)
    with engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
        migrations.wait_for_turn(connection)
        before = _version(connection)
        _make_room(connection, description.revision)
        for form in description.forms:
            rows = from_json(form, parcel, rows_name(form))
            found = write_rows(connection, form.table, rows, progress)
            if found != description.rows.get(form.name):
                raise BrokenParcel(
                    f"In der Tabelle {form.name} stehen zu viele oder wenige Zeilen."
                )
        set_sequences(connection, description.forms)
        migrations.upgrade_within(connection)
        _finish(connection, before)
    return description


def is_empty(engine: Engine) -> bool:
    """Whether the database has no schema yet, or not one row in any table."""
    with engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
        return not any(
            connection.scalar(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(table))))
            for table in metadata.sorted_tables
            if table.name in there
        )


def _restore_files(storage: Storage, parcel: Parcel) -> None:
    # Before the rows that name them: interrupted, there are files nobody knows, but none lacks.
    for name in parcel.names:
        if name.startswith(FILES) and not storage.exists(name.removeprefix(FILES)):
            storage.put(name.removeprefix(FILES), parcel.read(name))


def _make_room(connection: Connection, revision: str) -> None:
    """Leave the empty tables of `revision`."""
    if _revision(connection) != revision or revision != migrations.head_revision():
        migrations.rebuild(connection, revision)
        return
    for table in reversed(metadata.sorted_tables):
        # The steps of the index count on, so that processes which know some see that more came.
        if table is not SearchChange.__table__:
            connection.execute(sa.delete(table))


def _finish(connection: Connection, before: int) -> None:
    """Make the index, and a version of the catalogue that nobody has kept anything of."""
    with Session(connection) as session:
        state = get_state(session)
        state.version = state.ground = max(state.version or 0, before) + 1
        index.rebuild(session)
        session.flush()


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _version(connection: Connection) -> int:
    if not sa.inspect(connection).has_table("catalogue_state"):
        return 0
    return connection.scalar(sa.text("SELECT max(version) FROM catalogue_state")) or 0
