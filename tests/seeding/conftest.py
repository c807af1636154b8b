"""Seeds to load and to spoil."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.db import create_database_engine
from directory.resources import resource_dir
from directory.seeding.loader import FILES
from tests.conftest import ENGINES
from tests.databases import Databases


class SeedFolder:
    """A copy of the seed that a test may change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name in FILES:
            shutil.copy(resource_dir("seed") / name, path / name)

    def line_of(self, file: str, text: str) -> int:
        """The line in which the one occurrence of `text` begins."""
        content = (self.path / file).read_text(encoding="utf-8")
        assert content.count(text) == 1, f"{content.count(text)} x {text}"
        return content.count("\n", 0, content.index(text)) + 1

    def replace(self, file: str, old: str, new: str) -> int:
        """Change the one occurrence of `old`; return its line."""
        line = self.line_of(file, old)
        path = self.path / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        return line

    def append(self, file: str, row: str) -> int:
        """Add a line at the end; return its number."""
        path = self.path / file
        content = path.read_text(encoding="utf-8")
        path.write_text(f"{content}{row}\n", encoding="utf-8")
        return content.count("\n") + 1


@pytest.fixture
def folder(tmp_path: Path) -> SeedFolder:
    path = tmp_path / "seed"
    path.mkdir()
    return SeedFolder(path)


@pytest.fixture
def seeded(databases: Databases) -> Iterator[Session]:
    """A session on a database of the test's own that the seed is in already, on both engines."""
    with databases.seeded() as url, opened(url) as session:
        yield session


@pytest.fixture(scope="module", params=ENGINES)
def loaded_url(request: pytest.FixtureRequest) -> Iterator[str]:
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    with databases.seeded() as url:
        yield url


@pytest.fixture
def loaded(loaded_url: str) -> Iterator[Session]:
    """A session on what the seed makes, on both engines; only for reading."""
    with opened(loaded_url) as session:
        yield session


@contextmanager
def opened(url: str) -> Iterator[Session]:
    engine = create_database_engine(url)
    with Session(engine) as session:
        yield session
    engine.dispose()
