"""Saving everything while the site goes on: one look at the database, then the files."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from directory.backup.contents import DESCRIPTION, Description, file_name, forms, rows_name
from directory.db import utc_now
from directory.files.models import StoredFile
from directory.files.storage import MissingFile, Storage
from directory.migrations import head_revision
from directory.parcels.tables import TableForm, as_json, rows_of
from directory.parcels.writing import ParcelWriter, new_parcel

_BYTES_AT_ONCE = 256_000


def save(
    engine: Engine,
    storage: Storage,
    target: Path,
    *,
    programme: str,
    force: bool = False,
    begin: Callable[[int], object] = lambda _: None,
    progress: Callable[[int], object] = lambda _: None,
) -> Description:
    """Write a backup of a database with the schema of this `programme` (its version), and files.

    All tables are read in one transaction, so the backup shows one moment. `begin` is told how
    many rows and files there are, `progress` how many were written. Files that the storage has
    lost are named in the description: the rest is saved all the same.

    Raises:
        Occupied, Unavailable: see :func:`directory.parcels.writing.new_parcel`.
    """
    moment, counts = utc_now(), dict[str, int]()
    with new_parcel(target, moment=moment, force=force, private=True) as parcel:
        with _one_moment(engine) as connection:
            counts = {form.name: _count(connection, form) for form in forms()}
            with Session(connection) as session:
                names = sorted(
                    {n for one in session.scalars(select(StoredFile)) for n in one.names}
                )
            begin(sum(counts.values()) + len(names))
            for form in forms():
                rows = rows_of(connection, form, count=progress)
                parcel.add(rows_name(form), as_json(form, rows))
        # A file never changes, so it can be fetched later than the row that names it.
        missing = [name for name in names if not _add_file(parcel, storage, name, progress)]
        description = Description(
            revision=head_revision(),
            created_at=moment,
            programme=programme,
            forms=forms(),
            rows=counts,
            missing=tuple(missing),
        )
        parcel.add(DESCRIPTION, description.as_json())
    return description


def _one_moment(engine: Engine) -> Connection:
    """Open a connection that sees the database as it is now, whatever others commit."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ")
    # SQLite's readers see one moment by themselves.
    return engine.connect()


def _count(connection: Connection, form: TableForm) -> int:
    return connection.scalar(select(func.count()).select_from(form.table)) or 0


def _add_file(
    parcel: ParcelWriter, storage: Storage, name: str, progress: Callable[[int], object]
) -> bool:
    progress(1)
    try:
        file = storage.open(name)
    except MissingFile:
        return False
    with file:
        parcel.add(file_name(name), _pieces(lambda: file.read(_BYTES_AT_ONCE)))
    return True


def _pieces(read: Callable[[], bytes]) -> Iterator[bytes]:
    return iter(read, b"")
