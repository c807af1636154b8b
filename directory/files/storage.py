"""The one door to where files lie: a folder, or an S3-compatible store when configured.

Names are made by `directory.files.operations` of content hashes; nothing a person typed becomes
one. A file never changes: the same name always means the same content.
"""

import datetime as dt
import io
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import parse_qs, urlsplit

from directory.config import Settings
from directory.errors import ConfigurationError, NotFound, Unavailable

# A hash and what tells variants apart; also what a write that was cut off leaves behind.
_NAME = re.compile(r"[0-9a-f]{64}[0-9a-z.-]{0,40}")
_S3_TIMEOUT_SECONDS = 5


class MissingFile(NotFound):
    """The store has no file of that name."""

    def __init__(self) -> None:
        super().__init__("Diese Datei gibt es hier nicht (mehr).")


class Storage(Protocol):
    """Where files lie. Every method raises `Unavailable` when the store does not answer."""

    def put(self, name: str, content: bytes) -> None:
        """Keep `content` under `name`: afterwards it is there as a whole, even in a power cut."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading, to be closed by the caller; raise `MissingFile`."""

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""

    def names(self, *, older_than: dt.datetime | None = None) -> Iterator[str]:
        """Return the names of all files, or of those written before `older_than`, in no order."""


class FolderStorage:
    """Files in one folder of this machine, made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Write beside, flush to the disk, rename: nobody ever sees half a file."""
        target = self._path(name)
        part = target.with_name(f"{name}.{secrets.token_hex(4)}.part")
        with _folder_answers():
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(target)
            except OSError:
                part.unlink(missing_ok=True)
                raise
            _flush_folder(self._folder)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading, to be closed by the caller; raise `MissingFile`."""
        with _folder_answers():
            return self._path(name).open("rb")

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        with _folder_answers():
            self._path(name).unlink(missing_ok=True)

    def names(self, *, older_than: dt.datetime | None = None) -> Iterator[str]:
        """Return the names of all files, or of those written before `older_than`, in no order."""
        if not self._folder.is_dir():
            return
        for entry in os.scandir(self._folder):
            if _NAME.fullmatch(entry.name) and (
                older_than is None or entry.stat().st_mtime < older_than.timestamp()
            ):
                yield entry.name

    def _path(self, name: str) -> Path:
        return self._folder / _checked(name)


class S3Storage:
    """Files in a bucket; credentials come from the usual `AWS_…` variables."""

    def __init__(self, bucket: str, *, prefix: str = "", endpoint: str | None = None) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise ConfigurationError(
                "DIRECTORY_STORAGE: Für S3 fehlt das Paket boto3; "
                "bitte „pip install 'kommunen-verzeichnis[s3]'“ ausführen."
            ) from error
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            config=Config(
                connect_timeout=_S3_TIMEOUT_SECONDS,
                read_timeout=_S3_TIMEOUT_SECONDS,
                retries={"total_max_attempts": 2},
                # Stores other than Amazon's understand the bucket in the path, and no trailers.
                s3={"addressing_style": "path" if endpoint else "auto"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, name: str, content: bytes) -> None:
        """Upload a file; the store shows it when it is there as a whole."""
        with _bucket_answers():
            self._client.put_object(Bucket=self._bucket, Key=self._key(name), Body=content)

    def open(self, name: str) -> BinaryIO:
        """Fetch a file (at most 20 MB) and open it for reading; raise `MissingFile`."""
        with _bucket_answers():
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(name))
            with answer["Body"] as body:
                return io.BytesIO(body.read())

    def exists(self, name: str) -> bool:
        """Whether there is a file of that name."""
        try:
            with _bucket_answers():
                self._client.head_object(Bucket=self._bucket, Key=self._key(name))
        except MissingFile:
            return False
        return True

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        with _bucket_answers():
            self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def names(self, *, older_than: dt.datetime | None = None) -> Iterator[str]:
        """Return the names of all files, or of those written before `older_than`, in no order."""
        with _bucket_answers():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for one in (one for page in pages for one in page.get("Contents", ())):
                name = one["Key"].removeprefix(self._prefix)
                if _NAME.fullmatch(name) and (
                    older_than is None or one["LastModified"] < older_than
                ):
                    yield name

    def _key(self, name: str) -> str:
        return self._prefix + _checked(name)


def storage_for(settings: Settings) -> Storage:
    """Return the store that `settings` name, else a folder of the instance; opened once a process.

    Raises:
        ConfigurationError: S3 is configured, but boto3 is not installed.
    """
    return _storage_at(settings.storage or str(settings.instance_dir / "files"))


@cache
def _storage_at(place: str) -> Storage:
    parts = urlsplit(place)
    if parts.scheme != "s3":
        return FolderStorage(Path(place))
    endpoint = parse_qs(parts.query).get("endpoint", [None])[0]
    return S3Storage(parts.netloc, prefix=parts.path, endpoint=endpoint)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a file's name is a hash")
    return name


def _flush_folder(folder: Path) -> None:
    # Without it a power cut may take the new name away again.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _folder_answers() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise MissingFile from error
    except OSError as error:
        raise Unavailable(
            f"Die Ablage für Dateien lässt sich gerade nicht benutzen ({error.strerror}). "
            "Bitte später noch einmal versuchen."
        ) from error


@contextmanager
def _bucket_answers() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            raise MissingFile from error
        raise Unavailable(_store_silent(error.response["Error"]["Code"])) from error
    except BotoCoreError as error:
        raise Unavailable(_store_silent(type(error).__name__)) from error


def _store_silent(reason: str) -> str:
    return (
        f"Die Ablage für Dateien antwortet gerade nicht ({reason}). "
        "Bitte später noch einmal versuchen."
    )
