"""What an import costs beside the same rows written raw, in CPU time of this process.

    python -m tests.benchmarks.importing 10000

The file is planned, written through the operations of the editors, published and indexed. Then the
very rows that this left in the tables and in the index are written once more into an empty copy of
the schema by plain `executemany`. Nothing is asserted; the figure to reach is 0.6 ×.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time

import click
from sqlalchemy.orm import Session

from directory.db import begin_write, create_database_engine
from directory.importing import applying
from directory.importing.kinds import PRACTICES
from directory.importing.mapping import guess
from directory.importing.planning import plan
from directory.migrations import upgrade
from directory.resources import resource_dir
from directory.search import index
from directory.seeding.install import install_seed
from directory.seeding.synthetic_texts import SyntheticTexts
from directory.sheets.table import Cell, Table

# What importing practices writes to; parents first.
WRITTEN = (
    *("practice", "practice_term", "practice_source", "revision", "audit_entry", "decision"),
    *("import_batch", "import_row", "search_entry", "search_token", "suggestion"),
)
HEADINGS = (
    *("Kommune", "Titel", "Kurzfassung", "Ausgangslage", "Vorgehen", "Ergebnis"),
    *("Gelingensbedingungen", "Stolpersteine", "Beteiligte", "Status", "Beginn", "Themen"),
    "Quellen",
)


def rows(total: int) -> Iterator[tuple[int, list[Cell]]]:
    """Yield a header and `total` practices of about 150 words each."""
    texts = SyntheticTexts(Random(1), ["Ehrenamt", "Beteiligung", "Vereine"])  # noqa: S311
    yield 1, list(HEADINGS)
    for number in range(2, total + 2):
        words = texts.sentences(11)
        parts = (words[:2], words[2:5], words[5:9], words[9:])
        yield (
            number,
            [
                "Hemer",
                f"Probeeintrag {number} {texts.name()}",
                *(" ".join(part) for part in parts),
                "Ratsbeschluss | Geduld",
                "Zu wenig Zeit",
                f"Verein {texts.name()}",
                "laufend",
                "2015",
                "Anerkennungskultur | Digitalisierung",
                f"Quelle <https://example.org/{number}> (2020)",
            ],
        )


@click.command()
@click.argument("total", default=10_000, type=click.IntRange(1, 20_000))
def main(total: int) -> None:
    """Import TOTAL made-up practices into the seeded catalogue and write them raw."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "import.sqlite3"
        engine = create_database_engine(f"sqlite:///{file}")
        upgrade(engine)
        empty = _schema(file)
        install_seed(engine, resource_dir("seed"))
        table = Table.of(rows(total))
        indexing = _timed_index()
        with Session(engine) as session:
            start = process_time()
            planned = plan(session, PRACTICES, table, guess(PRACTICES, table.columns))
            session.rollback()
            checked = process_time()
            begin_write(session)
            applying.apply(session, planned, by="befehl", filename="bench")
            session.commit()
            done = process_time()
        engine.dispose()
        raw = _raw(file, Path(folder) / "raw.sqlite3", empty)
    click.echo(planned.summary)
    _line("checking", checked - start, total)
    _line("writing", done - checked - sum(indexing), total)
    _line("indexing", sum(indexing), total)
    _line("import", done - start, total)
    _line("raw executemany", raw, total)
    click.echo(f"{'ratio':<16} {raw / (done - start):>8.2f} ×  (0.6 × to reach)")
    click.echo(f"{'without index':<16} {raw / (done - start - sum(indexing)):>8.2f} ×")


def _timed_index() -> list[float]:
    """Note how long the index takes, which is made by another part of the house."""
    spent: list[float] = []
    rebuild = index.rebuild

    def timed(session: Session) -> int:
        start = process_time()
        total = rebuild(session)
        spent.append(process_time() - start)
        return total

    applying.index.rebuild = timed  # type: ignore[assignment]
    return spent


def _schema(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
            "AND (name NOT LIKE 'search_fts_%') AND name NOT LIKE 'sqlite_%'"
        )
        return [sql for (sql,) in found]


def _raw(file: Path, copy: Path, schema: list[str]) -> float:
    """Return how long the same rows take without us: plain `sqlite3`, one transaction."""
    with closing(sqlite3.connect(file)) as source:
        content = {name: source.execute(f"SELECT * FROM {name}").fetchall() for name in WRITTEN}  # noqa: S608
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        for sql in schema:
            connection.execute(sql)
        start = process_time()
        connection.execute("BEGIN IMMEDIATE")
        for name, written in content.items():
            places = ", ".join("?" * len(written[0]))
            connection.executemany(f"INSERT INTO {name} VALUES ({places})", written)  # noqa: S608
        connection.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")
        connection.execute("COMMIT")
        return process_time() - start


def _line(what: str, seconds: float, total: int) -> None:
    click.echo(f"{what:<16} {seconds:>8.2f} s  {total / seconds:>8.0f} rows/s")


if __name__ == "__main__":
    main()
