"""What a request costs, in CPU time of this process, beside what it is compared with.

    make bench SIZES="10000 100000"

Everything is measured in one run on one machine, so the ratios hold where milliseconds do not.
Nothing is asserted. What the columns mean and what to reach: docs/speed.md.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import click
from flask import Flask, Response
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder

from directory import create_app
from directory.config import Settings
from directory.db import begin_write, create_database_engine, db
from directory.migrations import upgrade
from directory.resources import resource_dir
from directory.search.lists.numbering import kind_token
from directory.search.words import answers
from directory.search.words.question import Concept
from directory.seeding.install import install_seed
from directory.seeding.synthetic import generate

KEY = "bench-key-bench-key-bench-key-bench-key"
FRESH = {"Cookie": "x=1"}
BROTLI = {"Accept-Encoding": "br"}
LIST = "/praxisbeispiele"
JSON_LIST = "/api/v1/practices"
MAP = "/map/kommunen.geojson?mitglied=alle"
CARDS = """<!doctype html><title>Liste</title><h1>{{ rows|length }} Praxisbeispiele</h1><ol>
{% for row in rows %}<li><h2><a href="/praxisbeispiele/{{ row.slug }}">{{ row.title }}</a></h2>
<p>{{ row.summary }}</p><p>{{ row.place }}, {{ row.state }}, {{ row.year }}</p>
<ul>{% for term in row.terms %}<li>{{ term }}</li>{% endfor %}</ul></li>{% endfor %}</ol>"""
# Entries by relevance, then a count per value for each facet: what a tuned program would ask.
HITS = """
SELECT e.key FROM (
  SELECT rowid FROM search_fts WHERE search_fts MATCH ? ORDER BY rank LIMIT 20
) f JOIN search_entry e ON e.id = f.rowid
"""
FACETS = """
WITH hit AS MATERIALIZED (
  SELECT p.id, p.state, p.ags FROM search_fts f
  JOIN search_entry e ON e.id = f.rowid JOIN practice p ON p.slug = e.key
  WHERE search_fts MATCH ?
), place AS MATERIALIZED (
  SELECT m.kind, m.district_ags, m.county_ags, x.ags IS NOT NULL AS member,
    CASE WHEN m.population < 10000 THEN 1 WHEN m.population < 20000 THEN 2
      WHEN m.population < 50000 THEN 3 WHEN m.population < 100000 THEN 4
      WHEN m.population < 500000 THEN 5 ELSE 6 END AS size
  FROM hit JOIN municipality m ON m.ags = hit.ags
  LEFT JOIN membership x ON x.ags = m.ags AND x.evidence = 'documented'
)
SELECT 'term', t.term_slug, count(*) FROM hit
  JOIN practice_term t ON t.practice_id = hit.id GROUP BY 2
UNION ALL SELECT 'state', state, count(*) FROM hit GROUP BY 2
UNION ALL SELECT 'size', size, count(*) FROM place GROUP BY 2
UNION ALL SELECT 'kind', kind, count(*) FROM place GROUP BY 2
UNION ALL SELECT 'district', district_ags, count(*) FROM place GROUP BY 2
UNION ALL SELECT 'county', county_ags, count(*) FROM place GROUP BY 2
UNION ALL SELECT 'member', member, count(*) FROM place GROUP BY 2
"""
# Parents first, so that foreign keys hold.
COPIED = (
    "practice",
    "practice_term",
    "practice_source",
    "search_entry",
    "search_posting",
    "suggestion",
)
WARM_UP, ENOUGH_MS = 3, 2_000


def cpu_ms(
    work: Callable[[], object], times: int = 40, before: Callable[[], object] = int
) -> float:
    """Return the median CPU time of `work` in milliseconds; `before` each is not counted.

    Slow work is done less often, but at least five times after warming up.
    """
    measured: list[float] = []
    for number in range(times + WARM_UP):
        before()
        start = process_time()
        work()
        if number >= WARM_UP:
            measured.append((process_time() - start) * 1000)
        if len(measured) >= 5 and sum(measured) > ENOUGH_MS:
            break
    return median(measured)


@dataclass
class Site:
    """One application, asked without a socket and without a test client in between."""

    app: Flask
    status: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, path: str, **headers: str) -> Callable[[], bytes]:
        """Return what asks for `path` each time it is called, and gives the body."""
        environ = EnvironBuilder(path=path, headers=headers).get_environ()

        def start(status: str, pairs: list[tuple[str, str]], _error: Any = None) -> Any:
            self.status, self.headers = status, dict(pairs)

        def ask() -> bytes:
            body = self.app(dict(environ), start)
            try:
                return b"".join(body)
            finally:
                if hasattr(body, "close"):
                    body.close()

        return ask

    def checked(self, path: str, status: str = "200 OK", **headers: str) -> Callable[[], bytes]:
        """The same, once it is sure that the answer is the expected one."""
        ask = self.request(path, **headers)
        ask()
        if self.status != status:
            raise click.ClickException(f"{path}: {self.status} statt {status}")
        return ask


class Table:
    """The lines as they come: what, CPU, compared with, ratio, figure to reach."""

    def __init__(self) -> None:
        self._line("what", "ms CPU", "compared with", "ms CPU", "ratio", "reach")

    def add(self, what: str, ms: float, other: str, other_ms: float, reach: str = "") -> None:
        ratio = f"{ms / other_ms:.1f} ×"
        self._line(what, f"{ms:.3f}", other, f"{other_ms:.3f}", ratio, reach)

    def _line(self, *cells: str) -> None:
        what, ms, other, other_ms, ratio, reach = cells
        click.echo(f"{what:<42} {ms:>9}  {other:<30} {other_ms:>9} {ratio:>9}  {reach}")


def hello_site(kept: bytes) -> Site:
    """What things are compared with: the least a page costs in Flask."""
    app = Flask("hello")
    template = app.jinja_env.from_string(CARDS)
    rows = [
        {
            "slug": f"probeeintrag-{number}",
            "title": f"Probeeintrag {number}: Nachbarschaftswerkstatt in Musterstadt",
            "summary": "Gemeinsam mit Vereinen entstanden Treff, Börse und Beratung. " * 4,
            "place": "Musterstadt",
            "state": "laufend",
            "year": 2020,
            "terms": ["Beteiligung", "Vermittlung", "Vereine", "Börse"],
        }
        for number in range(20)
    ]
    app.add_url_rule("/", "hello", lambda: "Hallo")
    app.add_url_rule("/cards", "cards", lambda: template.render(rows=rows))
    app.add_url_rule("/kept", "kept", lambda: Response(kept, mimetype="application/geo+json"))
    return Site(app)


def measure(file: Path, folder: Path) -> float:
    """Print the table for the catalogue in `file`; return the p95 of new searches in ms CPU."""
    settings = Settings(database_url=f"sqlite:///{file}", instance_dir=folder, secret_key=KEY)
    site = Site(create_app(settings))
    # Questions are counted as always, but nobody else may ask that many in a minute.
    site.app.extensions["allowance"].most = 1_000_000
    start = process_time()
    site.checked(LIST)()
    click.echo(
        f"first list of a process: {process_time() - start:.2f} s CPU, {resident_mb():.0f} MB"
    )
    with site.app.app_context():
        engine = db.engine

        def forget() -> None:
            with site.app.app_context():
                answers.forget(db.session)

    # A name in the address that means nothing makes each of these a question of its own.
    news = [site.request(f"{MAP}&n={number}", **BROTLI) for number in range(12)]

    def ask_anew() -> bytes:
        return news.pop()()

    cold = cpu_ms(ask_anew, times=5)
    kept_map = site.checked(MAP, **BROTLI)
    wire = kept_map()
    etag = site.headers["ETag"]
    plain = hello_site(wire)
    hello = cpu_ms(plain.checked("/"), 400)
    cards = cpu_ms(plain.checked("/cards"))
    memory = cpu_ms(plain.checked("/kept"), 400)
    table = Table()

    with closing(sqlite3.connect(file)) as raw:
        for label, words in queries(raw):
            with site.app.app_context():
                found = answers.answer(db.session, "practice", words)
            expression = fts_expression(found)
            sql = "SELECT count(*) FROM search_fts WHERE search_fts MATCH ?"
            hits = raw.execute(sql, (expression,)).fetchone()[0]
            if hits != found.hits.bit_count():
                raise click.ClickException(f"„{words}“: {found.hits.bit_count()} statt {hits}")
            click.echo(f"„{words}“: {hits:,} hits")
            floor = cpu_ms(lambda one=expression: raw_search(raw, one))  # type: ignore[misc]
            asked = {
                "search": site.checked(search_path(words), **FRESH),
                "JSON": site.checked(search_path(words, JSON_LIST), **FRESH),
            }
            for name, asking in asked.items():
                new, again = cpu_ms(asking, before=forget), cpu_ms(asking)
                table.add(f"{name} {label}, new", new, "raw FTS + facets", floor, "≤ 1.5 ×")
                table.add(f"{name} {label}, asked before", again, "raw FTS + facets", floor)
        times = [
            cpu_ms(site.checked(search_path(words), **FRESH), 1, before=forget)
            for words in many_queries(raw)
        ]
    p95 = sorted(times)[int(len(times) * 0.95)]
    click.echo(f"search, new: median {median(times):.1f}, p95 {p95:.1f} ms CPU of {len(times)}")

    fresh = cpu_ms(site.checked(LIST, **FRESH))
    table.add("list page, made anew", fresh, "Jinja, 20 cards, no database", cards, "≤ 4 ×")
    table.add("list page, kept", cpu_ms(site.checked(LIST, **BROTLI), 400), "hello", hello)
    detail = f"{LIST}/probeeintrag-1"
    table.add(
        "detail page, made anew", cpu_ms(site.checked(detail, **FRESH)), "hello", hello, "≤ 5 ×"
    )
    table.add(
        "detail page, kept", cpu_ms(site.checked(detail, **BROTLI), 400), "hello", hello, "≤ 5 ×"
    )
    page_etag = site.headers["ETag"]
    unchanged = site.checked(detail, "304 NOT MODIFIED", **{"If-None-Match": page_etag})
    table.add("304 of a page", cpu_ms(unchanged, 400), "hello", hello, "≤ 1.2 ×")
    suggest = site.checked("/api/v1/suggest?q=nachb")
    table.add("suggestions", cpu_ms(suggest), "hello", hello, "≤ 4 ×")
    peers = "/kommunen/ahaus/vergleichbar"
    table.add("peers, made anew", cpu_ms(site.checked(peers, **FRESH)), "hello", hello, "≤ 4 ×")
    table.add("peers, kept", cpu_ms(site.checked(peers, **BROTLI), 400), "hello", hello, "≤ 4 ×")
    table.add("map of all municipalities, new", cold, "same bytes from memory", memory)
    table.add("map, kept", cpu_ms(kept_map, 400), "same bytes from memory", memory, "≤ 2 ×")
    unchanged = site.checked(MAP, "304 NOT MODIFIED", **{"If-None-Match": etag})
    table.add("map, 304", cpu_ms(unchanged, 400), "hello", hello, "≤ 1.2 ×")
    click.echo(f"map on the wire (brotli): {len(wire) / 1000:.0f} kB; reach: ≤ 60 kB")
    with site.app.app_context():
        engine.dispose()
    return p95


def search_path(words: str, path: str = LIST) -> str:
    """Return the address of the list of practices that hold some words, as a page or as JSON."""
    return f"{path}?q={words.replace(' ', '+')}"


def resident_mb() -> float:
    """Return how much memory this process has ever taken, in MB; Linux counts in kB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1000


def fts_expression(found: answers.Answer) -> str:
    """Return what our search looks for as one expression of FTS5: concepts, each in any way."""

    def one_of(parts: Iterable[str]) -> str:
        return f"({' OR '.join(parts)})"

    def all_of(parts: Iterable[str]) -> str:
        return f"({' AND '.join(parts)})"

    def held(concept: Concept) -> str:
        return one_of(
            all_of(one_of(f'"{token}"' for token in slot) for slot in way.slots)
            for way in concept.strict or concept.loose
        )

    words = one_of(all_of(map(held, chosen)) for chosen in found.held)
    return all_of([f'"{kind_token("practice")}"', words])


def many_queries(raw: sqlite3.Connection) -> list[str]:
    """Return words from the most frequent to rare ones, alone and in pairs."""
    rows = raw.execute(
        "SELECT word FROM search_token WHERE kind = 'practice' AND word IS NOT NULL "
        "AND token NOT IN (SELECT token FROM search_token WHERE kind = 'municipality') "
        "AND documents >= 10 AND length(word) > 4 ORDER BY documents DESC, token"
    ).fetchall()
    words = [word for (word,) in rows if word.isalpha()]
    # Half of them from the most frequent ones, the others from all.
    chosen = [*words[:100:10], *words[100 :: max(len(words) // 10, 1)]]
    return [*chosen, *(f"{one} {other}" for one, other in zip(chosen, chosen[3:], strict=False))]


def queries(raw: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield a frequent word, a rare one (a made-up name of three syllables) and several words."""
    yield "frequent", "Ehrenamt"
    rows = raw.execute(
        # A word that is a place as well would be read as one.
        "SELECT word FROM search_token WHERE kind = 'practice' AND word IS NOT NULL "
        "AND token NOT IN (SELECT token FROM search_token WHERE kind = 'municipality') "
        # With fewer hits than ten, related words would be asked for as well.
        "AND documents >= 10 ORDER BY documents, token"
    )
    yield "rare", next(word for (word,) in rows if word.isalpha() and len(word) == 6)
    yield "three words", "Jugend Verein Beratung"


def raw_search(raw: sqlite3.Connection, expression: str) -> tuple[list[Any], list[Any]]:
    """Find the first twenty and count each facet."""
    return (
        raw.execute(HITS, (expression,)).fetchall(),
        raw.execute(FACETS, (expression,)).fetchall(),
    )


def new_database(file: Path) -> str:
    """Make an empty, migrated SQLite file; return its address."""
    url = f"sqlite:///{file}"
    engine = create_database_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def fill(file: Path, practices: int) -> None:
    """Generate a catalogue into `file` and print how fast that went."""
    engine = create_database_engine(new_database(file))
    written: list[tuple[float, int]] = []
    indexed: list[float] = []
    with Session(engine) as session:
        begin_write(session)
        generate(
            session,
            resource_dir("seed"),
            practices=practices,
            on_written=lambda number: written.append((process_time(), number)),
            on_indexed=lambda _: indexed.append(process_time()),
        )
        session.commit()
    end = process_time()
    engine.dispose()
    # The clock starts after the first of them, because municipalities were dealt with before.
    if len(written) > 1:
        rate = (practices - written[0][1]) / (written[-1][0] - written[0][0])
        click.echo(f"practices written: {rate:,.0f} per s CPU")
    click.echo(f"practices indexed: {practices / (end - indexed[0]):,.0f} per s CPU")
    click.echo(f"file: {file.stat().st_size / 1e6:,.0f} MB")


def compare_loading(file: Path, folder: Path) -> None:
    """Print how fast the seed is loaded, and how fast the bare rows go into the same tables."""
    engine = create_database_engine(new_database(folder / "seed.sqlite3"))
    start = process_time()
    report = install_seed(engine, resource_dir("seed"))
    seconds = process_time() - start
    engine.dispose()
    rows = sum(one.rows for one in report.counts.values()) if report else 0
    click.echo(f"seed, checked, with history and index: {rows / seconds:,.0f} rows per s CPU")

    new_database(folder / "raw.sqlite3")
    with (
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(folder / "raw.sqlite3")) as target,
    ):
        for name in ("municipality", "term"):
            copy(source, target, name)
        practices, seconds = 0, 0.0
        for name in COPIED:
            number, spent = copy(source, target, name)
            practices = practices or number
            seconds += spent
        start = process_time()
        target.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")
        target.commit()
        seconds += process_time() - start
    click.echo(f"raw executemany of the same practices: {practices / seconds:,.0f} per s CPU")


def copy(source: sqlite3.Connection, target: sqlite3.Connection, name: str) -> tuple[int, float]:
    """Copy one table; return rows and CPU seconds for writing."""
    rows = source.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own names
    marks = ", ".join("?" * len(rows[0]))
    start = process_time()
    target.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608
    return len(rows), process_time() - start


@click.command()
@click.argument("sizes", nargs=-1, type=click.IntRange(1))
def main(sizes: Sequence[int]) -> None:
    """Measure with catalogues of these sizes."""
    p95: dict[int, float] = {}
    for size in sizes or (10_000,):
        with TemporaryDirectory() as name:
            folder = Path(name)
            click.echo(f"\n{size:,} practices")
            fill(folder / "bench.sqlite3", size)
            compare_loading(folder / "bench.sqlite3", folder)
            p95[size] = measure(folder / "bench.sqlite3", folder)
    first = min(p95)
    for size, ms in sorted(p95.items()):
        if size != first:
            growth = f"{ms / p95[first]:.1f} ×"
            click.echo(f"growth of search p95, {first:,} → {size:,}: {growth}; reach: ≤ 4 ×")


if __name__ == "__main__":
    main()
