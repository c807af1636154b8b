"""What can be asked of stored files."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.files.models import StoredFile
from directory.files.storage import Storage


def find_file(session: Session, sha256: str) -> StoredFile | None:
    """Return what is known about the file of that hash."""
    return session.get(StoredFile, sha256)


def find_files(session: Session, hashes: Collection[str]) -> dict[str, StoredFile]:
    """Return hash → what is known of those `hashes` that are stored."""
    if not hashes:
        return {}
    found = session.scalars(select(StoredFile).where(StoredFile.sha256.in_(hashes)))
    return {one.sha256: one for one in found}


def kinds_of(session: Session, hashes: Collection[str]) -> dict[str, str]:
    """Return hash → kind of those `hashes` that are stored."""
    return {sha256: one.kind.value for sha256, one in find_files(session, hashes).items()}


def leftovers(session: Session, storage: Storage, *, older_than: dt.datetime) -> list[str]:
    """Return the names in the storage, written before `older_than`, that no row names."""
    expected = _expected_names(session)
    return [name for name in storage.names(older_than=older_than) if name not in expected]


def missing_names(session: Session, storage: Storage) -> list[str]:
    """Return the names that rows name but the storage does not have."""
    expected = _expected_names(session)
    return sorted(expected - set(storage.names())) if expected else []


def _expected_names(session: Session) -> set[str]:
    return {name for stored in session.scalars(select(StoredFile)) for name in stored.names}
