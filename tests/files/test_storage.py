"""Where files lie: the same behaviour in a folder and in an S3-compatible store."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from directory.config import Settings
from directory.errors import ConfigurationError, Unavailable
from directory.files.storage import FolderStorage, MissingFile, S3Storage, Storage, storage_for
from tests.buckets import bucket_server

NAME = f"{'ab' * 32}-480.webp"
OTHER = f"{'cd' * 32}.pdf"
KEY = {"DIRECTORY_SECRET_KEY": "k" * 40}


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Address of an S3-compatible server, with credentials in the environment."""
    with bucket_server("dateien") as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "new" / "files")
    endpoint = request.getfixturevalue("bucket")
    return S3Storage("dateien", prefix=tmp_path.name, endpoint=endpoint)


def read(storage: Storage, name: str) -> bytes:
    with storage.open(name) as file:
        return file.read()


def test_what_is_put_is_there(storage: Storage) -> None:
    assert list(storage.names()) == []
    assert not storage.exists(NAME)
    storage.put(NAME, b"one")
    storage.put(OTHER, b"\0" * 300_000)
    assert storage.exists(NAME)
    assert (read(storage, NAME), len(read(storage, OTHER))) == (b"one", 300_000)
    assert sorted(storage.names()) == [NAME, OTHER]
    storage.put(NAME, b"one")
    assert sorted(storage.names()) == [NAME, OTHER]


def test_what_is_deleted_is_gone_and_gone_twice_is_gone(storage: Storage) -> None:
    storage.put(NAME, b"one")
    storage.delete(NAME)
    storage.delete(NAME)
    assert not storage.exists(NAME)
    with pytest.raises(MissingFile, match="gibt es hier nicht"):
        storage.open(NAME)


def test_old_files_can_be_told_from_new_ones(storage: Storage) -> None:
    storage.put(NAME, b"one")
    now = dt.datetime.now(dt.UTC)
    assert list(storage.names(older_than=now - dt.timedelta(minutes=1))) == []
    assert list(storage.names(older_than=now + dt.timedelta(minutes=1))) == [NAME]


@pytest.mark.parametrize(
    "name", ["", "../secret_key", "/etc/passwd", "foto.png", NAME + "/x", "ab"]
)
def test_only_hashes_are_names(storage: Storage, name: str) -> None:
    for use in (storage.open, storage.exists, storage.delete, lambda one: storage.put(one, b"")):
        with pytest.raises(ValueError, match="hash"):
            use(name)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FolderStorage(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        storage.put(NAME, b"one")
    assert list(tmp_path.iterdir()) == []


def test_half_a_file_is_never_seen_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = FolderStorage(tmp_path)

    def killed(_self: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        storage.put(NAME, b"one")
    assert not storage.exists(NAME)
    # What is left behind has a name that clearing out finds.
    (left,) = storage.names()
    storage.delete(left)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_does_not_answer_is_a_sentence(bucket: str) -> None:
    with pytest.raises(Unavailable, match="NoSuchBucket"):
        S3Storage("anderswo", endpoint=bucket).put(NAME, b"one")
    with pytest.raises(Unavailable, match="antwortet gerade nicht"):
        S3Storage("dateien", endpoint="http://127.0.0.1:9").exists(NAME)


def test_settings_choose_the_store(bucket: str, tmp_path: Path) -> None:
    def chosen(place: str) -> Storage:
        environment = KEY | {"DIRECTORY_INSTANCE": str(tmp_path), "DIRECTORY_STORAGE": place}
        return storage_for(Settings.from_environment(environment))

    chosen("").put(NAME, b"one")
    assert (tmp_path / "files" / NAME).read_bytes() == b"one"
    chosen(str(tmp_path / "elsewhere")).put(NAME, b"two")
    assert (tmp_path / "elsewhere" / NAME).read_bytes() == b"two"
    there = chosen(f"s3://dateien/{tmp_path.name}?endpoint={bucket}")
    there.put(NAME, b"three")
    assert read(S3Storage("dateien", prefix=tmp_path.name, endpoint=bucket), NAME) == b"three"
    assert chosen(f"s3://dateien/{tmp_path.name}?endpoint={bucket}") is there


@pytest.mark.parametrize(
    "place",
    [
        "ftp://host/folder",
        "s3://",
        "s3://key:secret@bucket",
        "s3://b?endpoint=x",
        "s3://b?region=eu",
    ],
)
def test_a_store_nobody_knows_is_named_at_the_start(place: str) -> None:
    with pytest.raises(ConfigurationError, match="DIRECTORY_STORAGE"):
        Settings.from_environment(KEY | {"DIRECTORY_STORAGE": place})


def test_without_its_package_s3_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    with pytest.raises(ConfigurationError, match=r"kommunen-verzeichnis\[s3\]"):
        S3Storage("dateien")
