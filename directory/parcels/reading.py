"""Reading a parcel that may be damaged or made to do harm: nothing is unpacked, all is checked."""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from directory.errors import NotFound
from directory.parcels.names import MANIFEST, BrokenParcel, is_zip, refuse_bad_name

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_BYTES_AT_ONCE = 256_000
# Of what is held in memory as a whole: the manifest, a line, an uploaded file. A ZIP file of 1 MB
# may hold a thousand.
_MOST_IN_MEMORY = 200_000_000
# What desktops leave behind in every folder they show
_DROPPINGS = {"Thumbs.db", "desktop.ini"}


class _Container(Protocol):
    def names(self) -> Sequence[str]: ...

    def open(self, name: str) -> IO[bytes]: ...


class Parcel:
    """The files of a parcel, by name; only those that the manifest lists can be opened."""

    def __init__(self, container: _Container) -> None:
        self._container = container
        self._sums = _manifest(container)

    @property
    def names(self) -> list[str]:
        """All names that the manifest lists, sorted."""
        return sorted(self._sums)

    def open(self, name: str) -> IO[bytes]:
        """Open one file, to be closed by the caller; raise `BrokenParcel` if it is not there."""
        if name not in self._sums:
            raise BrokenParcel(f"Im Paket fehlt die Datei {name}.")
        return self._container.open(name)

    def read(self, name: str) -> bytes:
        """Return what stands in one file."""
        with _readable(name), self.open(name) as file:
            return _refuse_too_large(file.read(_MOST_IN_MEMORY + 1), name)

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of one file without their ends."""
        with _readable(name), self.open(name) as file:
            while line := file.readline(_MOST_IN_MEMORY + 1):
                yield _refuse_too_large(line, name).rstrip(b"\r\n")

    def verify(self, progress: Callable[[int], object] = lambda _: None) -> None:
        """Read everything and compare it with the manifest; `progress` counts files.

        Raises:
            BrokenParcel: naming the first file that is missing, changed or not listed.
        """
        there = set(self._container.names())
        if unlisted := sorted(there - self._sums.keys() - {MANIFEST}):
            raise BrokenParcel(f"Die Datei {unlisted[0]} steht nicht im Verzeichnis {MANIFEST}.")
        for name in self.names:
            if name not in there:
                raise BrokenParcel(f"Im Paket fehlt die Datei {name}.")
            if self._sum_of(name) != self._sums[name]:
                raise BrokenParcel(
                    f"Die Datei {name} wurde verändert: Ihre Prüfsumme stimmt nicht."
                )
            progress(1)

    def _sum_of(self, name: str) -> str:
        digest = hashlib.sha256()
        with _readable(name), self._container.open(name) as file:
            while piece := file.read(_BYTES_AT_ONCE):
                digest.update(piece)
        return digest.hexdigest()


@contextmanager
def open_parcel(path: Path) -> Iterator[Parcel]:
    """Open the parcel at `path`, a folder or a ZIP file.

    Raises:
        NotFound: there is nothing.
        BrokenParcel: it has no manifest, or names that lead out of it.
    """
    if not path.exists():
        raise NotFound(f"„{path}“ gibt es nicht.")
    if path.is_dir():
        yield Parcel(_Folder(path))
        return
    if not is_zip(path):
        raise BrokenParcel(f"„{path}“ ist weder ein Ordner noch eine ZIP-Datei.")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise BrokenParcel(f"„{path}“ ist keine lesbare ZIP-Datei.") from error
    with archive:
        yield Parcel(_Zip(archive))


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Sequence[str]:
        found = []
        for folder, _, files in os.walk(self._folder):
            for file in files:
                path = Path(folder, file)
                if not file.startswith(".") and file not in _DROPPINGS:
                    found.append(path.relative_to(self._folder).as_posix())
        return found

    def open(self, name: str) -> IO[bytes]:
        path = self._folder / name
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise BrokenParcel(f"Die Datei {name} führt aus dem Paket hinaus.")
        return path.open("rb")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        names = archive.namelist()
        if len(names) != len(set(names)):
            raise BrokenParcel("In der ZIP-Datei steht ein Name zweimal.")
        self._names = [name for name in names if not name.endswith("/")]
        for name in names:
            refuse_bad_name(name.removesuffix("/"))

    def names(self) -> Sequence[str]:
        return self._names

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(name)
        except KeyError as error:
            raise FileNotFoundError(name) from error


def _manifest(container: _Container) -> dict[str, str]:
    if MANIFEST not in container.names():
        raise BrokenParcel(f"Im Paket fehlt das Verzeichnis {MANIFEST}.")
    with _readable(MANIFEST), container.open(MANIFEST) as file:
        written = _refuse_too_large(file.read(_MOST_IN_MEMORY + 1), MANIFEST)
    sums: dict[str, str] = {}
    for line in written.decode(errors="replace").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[2] in sums:
            raise BrokenParcel(f"Das Verzeichnis {MANIFEST} ist beschädigt.")
        refuse_bad_name(match[2])
        sums[match[2]] = match[1]
    return sums


def _refuse_too_large(content: bytes, name: str) -> bytes:
    if len(content) > _MOST_IN_MEMORY:
        raise BrokenParcel(f"Die Datei {name} ist größer, als dieses Programm sie je schreibt.")
    return content


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BrokenParcel(f"Im Paket fehlt die Datei {name}.") from error
    # A member with a password is a RuntimeError, and so is one packed in an unknown way.
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise BrokenParcel(f"Die Datei {name} lässt sich nicht lesen.") from error
