"""Writing a parcel beside its place and moving it there when it is whole."""

import datetime as dt
import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Protocol

from directory.errors import Conflict, Unavailable
from directory.parcels.names import MANIFEST, is_zip, refuse_bad_name

_FILE_MODE, _PRIVATE_FILE_MODE = 0o644, 0o600
_FOLDER_MODE, _PRIVATE_FOLDER_MODE = 0o755, 0o700
# The first day that ZIP files know
_FIRST_MOMENT = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


class Occupied(Conflict):
    """Something lies where the parcel is to go."""


class _Container(Protocol):
    def create(self, name: str) -> AbstractContextManager[IO[bytes]]: ...

    def close(self) -> None: ...


class ParcelWriter:
    """Takes files one after the other and remembers the sum of each."""

    def __init__(self, container: _Container) -> None:
        self._container = container
        self._sums: dict[str, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of all files so far."""
        return frozenset(self._sums)

    def add(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """Write the file `name`; content in pieces is written as it comes."""
        refuse_bad_name(name)
        if name in self._sums:
            raise ValueError(f"{name} is in the parcel already")
        digest = hashlib.sha256()
        with self._container.create(name) as file:
            for piece in [content] if isinstance(content, bytes) else content:
                digest.update(piece)
                file.write(piece)
        self._sums[name] = digest.hexdigest()

    def finish(self) -> None:
        """Write the manifest, in the form that `sha256sum --check` reads."""
        lines = [f"{self._sums[name]}  {name}\n" for name in sorted(self._sums)]
        with self._container.create(MANIFEST) as file:
            file.write("".join(lines).encode())
        self._container.close()


@contextmanager
def new_parcel(
    target: Path, *, moment: dt.datetime, force: bool = False, private: bool = False
) -> Iterator[ParcelWriter]:
    """Write a parcel to `target`: afterwards it is there as a whole, or nothing has changed.

    A name that ends in `.zip` becomes a ZIP file, whose entries all carry `moment`: the same
    content gives the same bytes. With `force` it takes the place of an earlier parcel; `private`
    ones can only be read by their owner.

    Raises:
        Occupied: something is there already, or what is there is no parcel.
        Unavailable: the disk is full, or the folder cannot be written to.
    """
    refuse_occupied(target, force=force)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        container = _container(target, part, moment=moment, private=private)
        writer = ParcelWriter(container)
        try:
            yield writer
            writer.finish()
        finally:
            container.close()
        _put_in_place(part, target)
    except OSError as error:
        raise Unavailable(
            f"„{target}“ lässt sich nicht schreiben: {error.strerror or error}."
        ) from error
    finally:
        _remove(part)


def refuse_occupied(target: Path, *, force: bool) -> None:
    """Raise `Occupied` unless a parcel may be written to `target`."""
    if not (target.exists() or target.is_symlink()):
        return
    if not force:
        raise Occupied(f"„{target}“ gibt es schon; mit --force wird es ersetzt.")
    is_parcel = target.is_file() if is_zip(target) else (target / MANIFEST).is_file()
    if not is_parcel or target.is_symlink():
        # Whoever mistypes a path must not lose what lies there.
        raise Occupied(f"„{target}“ ist nichts, was dieser Befehl ersetzen darf.")


def _container(target: Path, part: Path, *, moment: dt.datetime, private: bool) -> _Container:
    target.parent.mkdir(parents=True, exist_ok=True)
    if is_zip(target):
        return _Zip(part, moment, private=private)
    return _Folder(part, private=private)


class _Folder:
    def __init__(self, folder: Path, *, private: bool) -> None:
        self._folder = folder
        self._mode = _PRIVATE_FILE_MODE if private else _FILE_MODE
        folder.mkdir(mode=_PRIVATE_FOLDER_MODE if private else _FOLDER_MODE)

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self._mode)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """Nothing to do: every file is complete."""


class _Zip:
    def __init__(self, path: Path, moment: dt.datetime, *, private: bool) -> None:
        mode = _PRIVATE_FILE_MODE if private else _FILE_MODE
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        self._date = max(moment.astimezone(dt.UTC), _FIRST_MOMENT).timetuple()[:6]
        self._mode = mode

    @contextmanager
    def create(self, name: str) -> Iterator[IO[bytes]]:
        entry = zipfile.ZipInfo(name, self._date)
        entry.compress_type = zipfile.ZIP_DEFLATED
        # Whatever system writes it: the same bytes, and files that can be read.
        entry.create_system = 3
        entry.external_attr = self._mode << 16
        with self._zip.open(entry, "w", force_zip64=True) as file:
            yield file

    def close(self) -> None:
        if self._file.closed:
            return
        with self._file:
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())


def _put_in_place(part: Path, target: Path) -> None:
    former = target.with_name(f".{target.name}.{secrets.token_hex(4)}.former")
    if target.is_dir():
        # A folder cannot be replaced in one step: out of the way, in, and only then removed.
        target.rename(former)
    part.replace(target)
    _flush(target.parent)
    _remove(former)


def _flush(folder: Path) -> None:
    # Without it a power cut may take the new name away again.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
