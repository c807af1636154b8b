"""Loading an archive into an empty instance: everything is checked first, and nothing half done."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from directory.archive.contents import FILES, Description, read_description, rows_name
from directory.archive.public import BY_ARCHIVE, INSTEAD
from directory.db import begin_write
from directory.editorial.kinds import KINDS, Kind
from directory.errors import Conflict
from directory.files.storage import Storage
from directory.migrations.metadata import metadata
from directory.parcels.names import BrokenParcel
from directory.parcels.reading import Parcel
from directory.parcels.tables import from_json, set_sequences, write_rows
from directory.publication import history
from directory.publication.saving import Outcome
from directory.search import index

_AT_ONCE = 500
Count = Callable[[int], object]


class NotEmpty(Conflict):
    """There are entries already, and nobody could tell which are right."""


def load(
    engine: Engine,
    storage: Storage,
    parcel: Parcel,
    *,
    begin: Count = lambda _: None,
    progress: Count = lambda _: None,
) -> Description:
    """Load the archive `parcel` into a database that has the schema and no entries.

    Raises:
        BrokenParcel: the archive is damaged, or of a newer programme.
        NotEmpty: the database holds entries.
    """
    description = read_description(parcel)
    _refuse_foreign(description)
    begin(len(parcel.names) + 2 * sum(description.rows.values()))
    with Session(engine) as session:
        _refuse_entries(session)
    parcel.verify(progress)
    for name in parcel.names:
        if name.startswith(FILES) and not storage.exists(name.removeprefix(FILES)):
            storage.put(name.removeprefix(FILES), parcel.read(name))

    with Session(engine) as session:
        begin_write(session)
        _refuse_entries(session)
        connection = session.connection()
        for form in description.forms:
            table = metadata.tables[form.name]
            rows = (
                row | dict(INSTEAD[form.name]) for row in from_json(form, parcel, rows_name(form))
            )
            if write_rows(connection, table, rows, progress) != description.rows.get(form.name):
                raise BrokenParcel(
                    f"In der Tabelle {form.name} stehen zu viele oder wenige Zeilen."
                )
        set_sequences(connection, description.forms)
        for kind in KINDS.values():
            _remember(session, kind, progress)
        index.rebuild(session)
        session.commit()
    return description


def _refuse_foreign(description: Description) -> None:
    for form in description.forms:
        known = metadata.tables.get(form.name)
        if form.name not in INSTEAD or known is None or not form.columns.keys() <= _names(known):
            raise BrokenParcel(
                f"Das Archiv enthält mit „{form.name}“ etwas, das dieses Programm nicht kennt."
            )


def _names(table: Any) -> set[str]:
    return {column.name for column in table.columns}


def _refuse_entries(session: Session) -> None:
    for name in INSTEAD:
        if session.scalar(select(exists().select_from(metadata.tables[name]))):
            raise NotEmpty(
                "Das Verzeichnis enthält schon Einträge; ein Archiv lässt sich nur in ein leeres "
                "einlesen (`directory db upgrade` auf einer neuen Datenbank)."
            )


def _remember(session: Session, kind: Kind, progress: Count) -> None:
    """Let the history of each entry begin here: the desk compares with it, the seed respects it."""
    keys = iter(session.scalars(select(kind.key_column).order_by(kind.key_column)).all())
    while some := list(islice(keys, _AT_ONCE)):
        entries = session.scalars(kind.entries().where(kind.key_column.in_(some))).unique()
        savings = [
            history.Saving(
                kind.key(one),
                getattr(one, "version", 1),
                kind.read(one).fields(),
                Outcome.CREATED.value,
            )
            for one in entries
        ]
        history.remember(session, kind=kind.kind, savings=savings, by=BY_ARCHIVE)
        session.expunge_all()
        progress(len(some))
