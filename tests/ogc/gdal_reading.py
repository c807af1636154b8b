"""What GDAL reads, in a process of its own: it does not let go of Python while it waits.

The server under test lives in the process of the tests, and would never get to answer.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple

import pyogrio


class Layer(NamedTuple):
    """What is in a layer: attribute → values, and the geometries."""

    values: dict[str, list[Any]]
    geometries: list[bytes | None]


class Gdal:
    """GDAL, behind a process that does what it is told."""

    def __init__(self, process: ProcessPoolExecutor) -> None:
        self._process = process

    def layers(self, source: str) -> list[tuple[str, str]]:
        """Return name and kind of geometry of each layer."""
        return self._process.submit(_layers, source).result(120)

    def read(self, source: str, name: str, **how: Any) -> Layer:
        """Return all of a layer, or what `where` and `bbox` leave."""
        return self._process.submit(_read, source, name, how).result(120)


@contextmanager
def gdal_beside() -> Iterator[Gdal]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield Gdal(process)


def _layers(source: str) -> list[tuple[str, str]]:
    return [(str(name), str(kind)) for name, kind in pyogrio.list_layers(source)]


def _read(source: str, name: str, how: dict[str, Any]) -> Layer:
    meta, _, geometries, columns = pyogrio.raw.read(source, layer=name, **how)
    named = zip(meta["fields"], columns, strict=True)
    return Layer({str(field): column.tolist() for field, column in named}, list(geometries))
