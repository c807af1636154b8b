"""The real server under load: many visitors and an editor at once, then eight writers.

    make bench
    python -m tests.benchmarks.load --postgres --seconds 60

Everything happens on this machine, in temporary folders, on loopback, and is stopped in the end.
Nothing is asserted. What the columns mean and what to reach: docs/speed.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import sleep

import click
from sqlalchemy import select

from directory import create_app
from directory.config import Settings
from directory.db import create_database_engine, db
from directory.practices.models import Practice
from tests.benchmarks.day import SHARES, Catalogue, questions
from tests.benchmarks.desk import Desk
from tests.benchmarks.serving import Server, directory, machine_seconds, served
from tests.benchmarks.visitors import Answered, Question, Visit, visit
from tests.benchmarks.writing import PROCESSES, THREADS, write
from tests.postgres import throw_away_cluster

KEY = "bench-key-bench-key-bench-key-bench-key"
CONNECTIONS = 64
CORES = 2
# More than a fast server can answer in a second, of which it is told in advance
_PLANNED_PER_SECOND = 1_500
# What the visitors of a phase ask where CPU time is measured kind by kind
_OF_A_KIND = 60
_FEW_CONNECTIONS = 8
# From one edit to the next: right after a start, and then steadily
_PAUSE_SECONDS, _STEADY_PAUSE_SECONDS = 5, 60
# What visitors ask again and again in the steady part: 4,600 addresses
_STEADY_QUESTIONS = 12_000
# One of each kind, in the catalogue of the seed
_SEEDED = (
    *("/", "/praxisbeispiele", "/suche?q=Ehrenamt", "/kommunen", "/kommunen/hemer", "/karte"),
    *("/kommunen/hemer/vergleichbar", "/map/kommunen.json", "/api/v1/practices", "/themen"),
    *("/api/v1/suggest?q=ver", "/praxisbeispiele.atom", "/veranstaltungen", "/ogc/collections"),
)
_SAVES_EACH, _RAW_EACH = 25, 250


@click.command()
@click.option("--practices", default=10_000, show_default=True, help="Size of the catalogue.")
@click.option("--connections", default=CONNECTIONS, show_default=True, help="Visitors at once.")
@click.option("--seconds", default=30, show_default=True, help="How long they ask at first.")
@click.option("--steady", default=120, show_default=True, help="How many seconds more, steadily.")
@click.option("--workers", default=2, show_default=True, help="Processes of the server.")
@click.option("--postgres", is_flag=True, help="On PostgreSQL instead of SQLite.")
def main(
    practices: int, connections: int, seconds: int, steady: int, workers: int, *, postgres: bool
) -> None:
    """Start the server with a made-up catalogue and measure it."""
    with TemporaryDirectory() as name, _database(Path(name), postgres=postgres) as url:
        folder = Path(name)
        directory(url, folder, "generate", "--practices", str(practices))
        _measure_start(folder)
        with served(url, folder, "--workers", str(workers), DIRECTORY_SECRET_KEY=KEY) as server:
            click.echo(
                f"start with {practices:,} practices until the first answer: {_start(server)}"
            )
            _measure_day(server, url, folder, connections, seconds, steady)
            for complaint in server.complaints[:5]:
                click.echo(f"log: {complaint}")
        _measure_writers(url)


@contextmanager
def _database(folder: Path, *, postgres: bool) -> Iterator[str]:
    if not postgres:
        yield f"sqlite:///{folder / 'load.sqlite3'}"
        return
    with throw_away_cluster() as cluster:
        cluster.create("load")
        yield cluster.url("load")


def _measure_start(folder: Path) -> None:
    """Print how long the second `make run` takes, with the catalogue of the seed."""
    instance = folder / "seeded"
    instance.mkdir()
    url = f"sqlite:///{instance / 'directory.sqlite3'}"
    directory(url, instance, "init")
    with served(url, instance, "--init", DIRECTORY_SECRET_KEY=KEY) as server:
        click.echo(f"second `make run` until the first answer: {_start(server)}; reach: < 2 s")
        click.echo(f"  {_memory(server)}")
        # Often enough that each worker has made each of them
        visit(
            server.port,
            [Question("seeded", path) for path in _SEEDED] * _FEW_CONNECTIONS,
            connections=_FEW_CONNECTIONS,
        )
        click.echo(f"  {_memory(server)} after one of each kind; reach: < 150 MB")


def _start(server: Server) -> str:
    return f"{server.first_answer_seconds:.1f} s, {server.cpu_seconds:.1f} s CPU"


def _memory(server: Server) -> str:
    return "workers: " + "; ".join(map(str, server.memory))


def _measure_day(
    server: Server, url: str, folder: Path, connections: int, seconds: int, steady: int
) -> None:
    settings = Settings(database_url=url, instance_dir=folder, secret_key=KEY)
    app = create_app(settings)
    engine = create_database_engine(url)
    asked = questions(Catalogue.of(engine))
    with engine.connect() as connection:
        slug, ags = connection.execute(select(Practice.slug, Practice.ags).limit(1)).one()
    desk = Desk(app, f"http://127.0.0.1:{server.port}", slug, ags)
    # Each worker reads what it needs of the catalogue when it is first asked.
    warm_up = list(islice(asked, _PLANNED_PER_SECOND))
    visit(server.port, warm_up, connections=connections, seconds=seconds / 2)

    click.echo(f"\njust started: an edit every {_PAUSE_SECONDS} s")
    planned = list(islice(asked, seconds * _PLANNED_PER_SECOND))
    _measure_visit(server, desk, planned, connections, seconds, _PAUSE_SECONDS)

    again = list(islice(asked, _STEADY_QUESTIONS))
    visit(server.port, again, connections=connections)
    click.echo(
        f"\nsteadily: an edit every {_STEADY_PAUSE_SECONDS} s, {len(again):,} questions over and "
        "over, all asked once before"
    )
    planned = list(islice(cycle(again), steady * _PLANNED_PER_SECOND))
    _measure_visit(server, desk, planned, connections, steady, _STEADY_PAUSE_SECONDS)
    _print_costs(server, desk, asked)
    with app.app_context():
        db.engine.dispose()
    engine.dispose()


def _measure_visit(
    server: Server,
    desk: Desk,
    planned: Sequence[Question],
    connections: int,
    seconds: int,
    pause_seconds: int,
) -> None:
    """Print how visitors who ask what is `planned` fare while the desk publishes."""
    desk.forget()
    edits = desk.published
    before, others_before = server.cpu_seconds, machine_seconds()
    with _working(desk, pause_seconds):
        seen = visit(server.port, planned, connections=connections, seconds=seconds)
    spent, others = server.cpu_seconds - before, machine_seconds() - others_before
    _print_kinds([*seen.answers, *desk.answers])
    _print_load(seen, spent, others - spent - seen.cpu_seconds)
    edits = desk.published - edits
    click.echo(f"{_memory(server)} after {len(seen.answers):,} requests and {edits} edits")


@contextmanager
def _working(desk: Desk, pause_seconds: int) -> Iterator[None]:
    """Let the desk publish something every so many seconds meanwhile."""
    over = Event()
    thread = Thread(target=desk.work, args=(pause_seconds, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _print_kinds(answers: Sequence[Answered]) -> None:
    kinds = defaultdict(list)
    for one in answers:
        kinds[one.kind].append(one)
    click.echo(
        f"\n{'kind':<18} {'asked':>6} {'304':>5} {'p50':>7} {'p95':>7} {'p99':>7} ms  errors"
    )
    for kind, those in [*sorted(kinds.items()), ("all", list(answers))]:
        errors = Counter(one.status for one in those if not one.is_good)
        unchanged = sum(one.status == 304 for one in those)
        times = [one.ms for one in those]
        figures = " ".join(f"{_percentile(times, share):7.0f}" for share in (50, 95, 99))
        click.echo(f"{kind:<18} {len(those):>6} {unchanged:>5} {figures}     {dict(errors) or '–'}")


def _percentile(values: Sequence[float], share: int) -> float:
    return sorted(values)[len(values) * share // 100]


def _print_load(seen: Visit, server_seconds: float, others_seconds: float) -> None:
    total = len(seen.answers)
    ours, theirs = (1000 * each / total for each in (server_seconds, seen.cpu_seconds))
    errors = sum(not one.is_good for one in seen.answers)
    busy = others_seconds / seen.seconds
    click.echo(
        f"\n{total / seen.seconds:.0f} requests/s, {errors} errors; reach: ≥ 400, p99 < 300 ms, 0\n"
        f"CPU per request: server {ours:.2f} ms, visitors {theirs:.2f} ms\n"
        f"so {CORES} free cores carry {1000 * CORES / ours:.0f} requests/s, "
        f"with the visitors on them {1000 * CORES / (ours + theirs):.0f}\n"
        f"other work meanwhile: {busy:.1f} cores"
        + (" – too much to judge requests/s and times by" if busy > 0.2 else "")
    )


def _print_costs(server: Server, desk: Desk, asked: Iterator[Question]) -> None:
    """Print what each kind costs the server: right after an edit, and once more."""
    common = [Question("common", path) for path in ("/", "/praxisbeispiele", "/karte")]
    desk.publish()
    edit = _cpu_ms(server, common * 2 * _FEW_CONNECTIONS) * len(common) * 2 * _FEW_CONNECTIONS
    click.echo(f"\nwhat an edit makes all workers do anew: {edit:.0f} ms CPU")
    click.echo(f"{'ms CPU per request':<18} {'new':>7} {'again':>7}")
    for kind in SHARES:
        those = list(islice((one for one in asked if one.kind == kind), _OF_A_KIND))
        new, again = _cpu_ms(server, those), _cpu_ms(server, those)
        click.echo(f"{kind:<18} {new:>7.1f} {again:>7.1f}")


def _cpu_ms(server: Server, those: Sequence[Question]) -> float:
    before = server.cpu_seconds
    visit(server.port, those, connections=_FEW_CONNECTIONS)
    return 1000 * (server.cpu_seconds - before) / len(those)


def _measure_writers(url: str) -> None:
    """Print what eight writers manage, and beside it what they would manage without us."""
    click.echo(f"\n{PROCESSES} processes with {THREADS} writers each, saving practices")
    ours = write(url, _SAVES_EACH)
    lines = [("our saves", ours)]
    if url.startswith("sqlite"):
        sleep(1)
        raw = write(url, _RAW_EACH, raw=True)
        lines.append(("raw commits", raw))
        click.echo(f"{ours.per_second / raw.per_second:.2f} × of raw; reach: ≥ 0.3 ×, 0 errors")
    for name, done in lines:
        cpu_ms = 1000 * done.cpu_seconds / done.saved
        click.echo(
            f"{name:<12} {done.per_second:7.0f} per s, {cpu_ms:.2f} ms CPU each, "
            f"p99 {_percentile(done.ms, 99):.0f} ms, errors: {dict(Counter(done.failed)) or '–'}"
        )


if __name__ == "__main__":
    main()
