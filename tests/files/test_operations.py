"""Taking uploads in and clearing out what nobody uses, on both databases."""

import datetime as dt
import hashlib
import io
import os
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.files.models import FileKind, StoredFile
from directory.files.operations import (
    examine_upload,
    forget_unused,
    keep_examined,
    keep_upload,
)
from directory.files.queries import find_file, kinds_of, leftovers, missing_names
from directory.files.storage import FolderStorage
from tests.uploads import pdf, photo

WEEK = dt.timedelta(days=7)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path)


def keep(session: Session, storage: FolderStorage, data: bytes, name: str = "a") -> StoredFile:
    stored = keep_upload(session, storage, data=data, filename=name, by="anna")
    session.commit()
    return stored


def age(session: Session, folder: Path, days: int) -> None:
    """Make everything that many days older."""
    then = utc_now() - dt.timedelta(days=days)
    session.execute(update(StoredFile).values(uploaded_at=then))
    session.commit()
    for path in folder.iterdir():
        os.utime(path, (then.timestamp(), then.timestamp()))


def test_an_image_is_known_by_its_hash_and_kept_in_its_widths(
    session: Session, storage: FolderStorage
) -> None:
    data = photo(1200, 900)
    stored = keep(session, storage, data)
    session.expire_all()
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert (stored.kind, stored.media_type) == (FileKind.IMAGE, "image/jpeg")
    assert (stored.width, stored.height, stored.pages) == (1200, 900, None)
    assert stored.variants == [[480, 360], [960, 720], [1200, 900]]
    assert (stored.size_bytes, stored.uploaded_by) == (len(data), "anna")
    assert stored.uploaded_at.tzinfo is not None
    assert sorted(storage.names()) == sorted(stored.names)
    assert missing_names(session, storage) == []


def test_a_document_is_kept_as_it_is(session: Session, storage: FolderStorage) -> None:
    data = pdf(2, title="Leitlinien")
    stored = keep_upload(session, storage, data=io.BytesIO(data), filename="a.pdf", by="anna")
    assert (stored.kind, stored.pages, stored.title) == (FileKind.DOCUMENT, 2, "Leitlinien")
    with storage.open(f"{stored.sha256}.pdf") as file:
        assert file.read() == data


def test_the_same_content_again_is_the_same_file(session: Session, storage: FolderStorage) -> None:
    first = keep(session, storage, photo(), "a.jpg")
    for path in list(storage.names()):
        storage.delete(path)
    assert keep(session, storage, photo(), "b.jpg") is first
    assert session.query(StoredFile).count() == 1
    assert missing_names(session, storage) == []


def test_names_are_found_in_the_storage_and_kinds_in_the_database(
    session: Session, storage: FolderStorage
) -> None:
    image, document = keep(session, storage, photo()), keep(session, storage, pdf())
    assert kinds_of(session, [image.sha256, document.sha256, "ab" * 32]) == {
        image.sha256: "image",
        document.sha256: "document",
    }
    assert find_file(session, "ab" * 32) is None
    storage.delete(document.names[0])
    assert missing_names(session, storage) == document.names


def test_killed_between_file_and_row_does_no_harm_and_is_cleared_out_later(
    session: Session, storage: FolderStorage, tmp_path: Path
) -> None:
    upload = examine_upload(photo(), filename="a.jpg")
    keep_examined(session, storage, upload, by="anna")
    session.rollback()
    assert find_file(session, upload.sha256) is None
    left = sorted(storage.names())
    assert len(left) == 2
    assert missing_names(session, storage) == []
    assert leftovers(session, storage, older_than=utc_now() - WEEK) == []
    age(session, tmp_path, days=8)
    assert sorted(leftovers(session, storage, older_than=utc_now() - WEEK)) == left


def test_only_what_is_old_and_unused_is_forgotten(
    session: Session, storage: FolderStorage, tmp_path: Path
) -> None:
    used, unused = keep(session, storage, photo(500)), keep(session, storage, photo(600))
    age(session, tmp_path, days=8)
    fresh = keep(session, storage, photo(700))
    gone = unused.names
    before = utc_now() - WEEK
    assert forget_unused(session, used={used.sha256}, older_than=before) == 1
    session.commit()
    assert sorted(leftovers(session, storage, older_than=before)) == sorted(gone)
    assert {find_file(session, one.sha256) for one in (used, fresh)} == {used, fresh}


def test_what_is_sent_again_is_not_cleared_out_under_its_senders_hands(
    session: Session, storage: FolderStorage, tmp_path: Path
) -> None:
    keep(session, storage, photo())
    age(session, tmp_path, days=8)
    keep(session, storage, photo())
    assert forget_unused(session, used=set(), older_than=utc_now() - WEEK) == 0
    assert leftovers(session, storage, older_than=utc_now() - WEEK) == []
