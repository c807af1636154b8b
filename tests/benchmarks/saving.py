"""What one edit costs, for who saves and for who reads next, in CPU time of this process.

    python -m tests.benchmarks.saving 10000 100000

A word is changed in one practice after the other, through the operations of the desk: checked, kept
with its revision, indexed, committed. The rows this leaves behind are then written once more by
plain `sqlite3` into a copy of the database, with the full-text table in step and as many commits;
what every save writes anew (counts, steps) is written only once there. Nothing is asserted.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from directory import create_app
from directory.config import Settings
from directory.db import begin_write, create_database_engine
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import show
from directory.practices.models import Practice
from directory.publication.models import EntryKind
from directory.search import index
from tests.benchmarks.run import FRESH, KEY, LIST, Site, fill, resident_mb

SAVES, WARM_UP = 40, 5
# All that a save of a practice writes to
WRITTEN = (
    *("practice", "revision", "audit_entry", "catalogue_state"),
    *("search_entry", "search_token", "search_posting", "search_change", "suggestion"),
)
TO_FTS = "INSERT INTO search_fts({}rowid, title, summary, terms, body) "


def save(engine: Engine, slug: str) -> tuple[float, float]:
    """Change a word of one practice; return the CPU ms of the whole, and of the index alone."""
    kind = KINDS[EntryKind.PRACTICE]
    with Session(engine) as session:
        # What is to be published stands in a working copy.
        draft = _edited(kind.read(kind.get(session, slug)))
    with Session(engine) as session:
        start = process_time()
        begin_write(session)
        kind.save(session, "bench", draft, slug)
        show(session, kind, [slug])
        session.commit()
        whole = process_time() - start
    with Session(engine) as session:
        begin_write(session)
        practice = kind.get(session, slug)
        practice.summary = f"{practice.summary} Probe."
        session.flush()
        start = process_time()
        index.refresh(session, "practice", [slug])
        alone = process_time() - start
        session.rollback()
    return whole * 1000, alone * 1000


def _edited(draft: Any) -> Any:
    # Made-up lists may say something twice.
    return replace(
        draft,
        summary=f"{draft.summary} Änderung.",
        success_factors=tuple(dict.fromkeys(draft.success_factors)),
        stumbling_blocks=tuple(dict.fromkeys(draft.stumbling_blocks)),
    )


def rows_written(before: Path, after: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table that are in one database and not in the other."""
    with closing(sqlite3.connect(after)) as connection:
        connection.execute("ATTACH ? AS earlier", (str(before),))
        return {
            name: connection.execute(
                f"SELECT * FROM main.{name} EXCEPT SELECT * FROM earlier.{name}"  # noqa: S608
            ).fetchall()
            for name in WRITTEN
        }


def write_raw(file: Path, written: dict[str, list[tuple[Any, ...]]]) -> float:
    """Write the rows in as many commits; return the CPU ms of one."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        start = process_time()
        for number in range(SAVES):
            connection.execute("BEGIN IMMEDIATE")
            for name, rows in written.items():
                some = rows[number::SAVES]
                if name == "search_entry":
                    _write_fts(connection, some)
                if some:
                    marks = ", ".join("?" * len(some[0]))
                    connection.executemany(
                        f"INSERT OR REPLACE INTO {name} VALUES ({marks})",  # noqa: S608
                        some,
                    )
            connection.execute("COMMIT")
        return (process_time() - start) * 1000 / SAVES


def _write_fts(connection: sqlite3.Connection, entries: Sequence[tuple[Any, ...]]) -> None:
    for one, _kind, _key, *fields in entries:
        connection.execute(
            f"{TO_FTS.format('search_fts, ')} "  # noqa: S608
            "SELECT 'delete', id, title, summary, terms, body FROM search_entry WHERE id = ?",
            (one,),
        )
        connection.execute(f"{TO_FTS.format('')} VALUES (?, ?, ?, ?, ?)", (one, *fields))


def measure(file: Path, folder: Path) -> None:
    """Print what a save costs in the catalogue in `file`, and the lists after it."""
    settings = Settings(database_url=f"sqlite:///{file}", instance_dir=folder, secret_key=KEY)
    site = Site(create_app(settings))
    ask = site.request(LIST, **FRESH)
    first = _cpu_ms(ask)
    again = median(_cpu_ms(ask) for _ in range(20))
    engine = create_database_engine(f"sqlite:///{file}")
    with Session(engine) as session:
        slugs = session.scalars(select(Practice.slug).limit(SAVES + WARM_UP)).all()
    for slug in slugs[:WARM_UP]:
        save(engine, slug)
        ask()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(file, folder / "before.sqlite3")
    saves, indexed, lists = [], [], []
    for slug in slugs[WARM_UP:]:
        whole, alone = save(engine, slug)
        saves.append(whole)
        indexed.append(alone)
        lists.append(_cpu_ms(ask))
    engine.dispose()
    shutil.copy(folder / "before.sqlite3", folder / "raw.sqlite3")
    raw = write_raw(folder / "raw.sqlite3", rows_written(folder / "before.sqlite3", file))
    _line("first list of a process", first)
    _line("list, made anew", again)
    _line("list after one edit", median(lists))
    _line("one entry into the index", median(indexed))
    _line("one save", median(saves))
    _line("the same rows, raw", raw)
    click.echo(f"{'ratio':<26} {raw / median(saves):>9.2f} ×  (0.3 × to reach, under load)")
    click.echo(f"{'most memory':<26} {resident_mb():>9.0f} MB  (150 MB to reach)")


def _cpu_ms(work: Any) -> float:
    start = process_time()
    work()
    return (process_time() - start) * 1000


def _line(what: str, ms: float) -> None:
    click.echo(f"{what:<26} {ms:>9.1f} ms CPU")


@click.command()
@click.argument("sizes", nargs=-1, type=click.IntRange(SAVES + WARM_UP))
def main(sizes: Sequence[int]) -> None:
    """Measure with catalogues of these sizes."""
    for size in sizes or (10_000,):
        with TemporaryDirectory() as name:
            folder = Path(name)
            click.echo(f"\nsaving, {size:,} practices")
            fill(folder / "saving.sqlite3", size)
            measure(folder / "saving.sqlite3", folder)


if __name__ == "__main__":
    main()
