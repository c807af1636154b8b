"""What light answers cost beside a Flask application that says hello, and the map of all places.

    make bench

CPU time of this process, in ratios within one run; the map page is measured in Chromium, beside
the page folium makes of the same places. Nothing is asserted: docs/speed.md says what to reach.
"""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import select

from directory import create_app
from directory.config import Settings
from directory.db import db
from directory.municipalities.models import Level, Municipality
from tests.benchmarks.map_page import measure_map
from tests.benchmarks.run import BROTLI, FRESH, KEY, Site, Table, cpu_ms, fill, hello_site

PRACTICES = 2_000
PAGES = {
    "detail page": "/praxisbeispiele/probeeintrag-1",
    "profile": "/kommunen/ahaus",
    "peers": "/kommunen/ahaus/vergleichbar",
    "home": "/",
    "map page, all places": "/karte?mitglied=alle",
}
# Questions of programmes: 300 in a minute are allowed, so not many more than these are measured.
ITEMS = {
    "an example as JSON": ("/api/v1/practices/1", "≤ 3 ×"),
    "a municipality as JSON": ("/api/v1/municipalities/05554004", "≤ 3 ×"),
    "peers as JSON": ("/api/v1/municipalities/05554004/peers", "≤ 4 ×"),
}
SUGGEST = "/api/v1/suggest?q="
PLACES = "/map/kommunen.json?mitglied=alle"


def measure_answers(site: Site, table: Table) -> None:
    """Add the lines of each kind of light answer."""
    plain = hello_site(b"")
    hello = cpu_ms(plain.checked("/"), 400)
    nothing = cpu_ms(site.checked("/healthz"), 400)
    table.add("floor: a view of ours that does nothing", nothing, "hello", hello)
    for name, path in PAGES.items():
        made = cpu_ms(site.checked(path, **FRESH))
        table.add(f"{name}, made anew", made, "hello", hello)
        kept = cpu_ms(site.checked(path, **BROTLI), 400)
        table.add(f"{name}, kept", kept, "hello", hello, "≤ 4 ×")
        known = {"If-None-Match": site.headers["ETag"]}
        unchanged = cpu_ms(site.checked(path, "304 NOT MODIFIED", **known), 400)
        table.add(f"{name}, 304", unchanged, "hello", hello, "≤ 1.2 ×")
    for name, (path, reach) in ITEMS.items():
        made = cpu_ms(site.checked(path, **FRESH))
        table.add(f"{name}, made anew", made, "hello", hello, reach)
        kept = cpu_ms(site.checked(path, **BROTLI), 400)
        table.add(f"{name}, kept", kept, "hello", hello, reach)
    shown = cpu_ms(in_turn(site, never_shown()), 60)
    table.add("example not shown before", shown, "hello", hello, "≤ 5 ×")
    others = in_turn(site, never_compared(site))
    table.add("peers of a place not compared before", cpu_ms(others, 60), "hello", hello, "≤ 4 ×")
    new = cpu_ms(in_turn(site, never_asked()), 150)
    table.add("suggestions, never asked before", new, "hello", hello, "≤ 4 ×")
    kept = cpu_ms(site.checked(f"{SUGGEST}nachb", **BROTLI), 400)
    table.add("suggestions, asked before", kept, "hello", hello, "≤ 4 ×")


def in_turn(site: Site, addresses: Iterator[str]) -> Callable[[], bytes]:
    """Return what asks for the next of `addresses` each time it is called.

    Like the question of hello, all of them are put together before anything is measured.
    """
    asks = iter([site.request(address, **BROTLI) for address in addresses])
    return lambda: next(asks)()  # noqa: PLW0108 - the next one each time


def never_shown() -> Iterator[str]:
    """Yield the pages of examples from the whole catalogue, each of them once."""
    yield from (f"/praxisbeispiele/probeeintrag-{number}" for number in range(7, PRACTICES, 29))


def never_compared(site: Site) -> Iterator[str]:
    """Yield the pages of the peers of municipalities of all sizes, each of them once."""
    with site.app.app_context():
        slugs = db.session.scalars(
            select(Municipality.slug)
            .where(Municipality.level == Level.MUNICIPALITY)
            .order_by(Municipality.ags)
        ).all()
    yield from (f"/kommunen/{slug}/vergleichbar" for slug in slugs[7::120])


def never_asked() -> Iterator[str]:
    """Yield addresses of suggestions that nobody has asked for yet."""
    for letters in product("nbvskmg", "aeiou", "rnstlcm"):
        yield SUGGEST + "".join(letters)


def measure_places(site: Site, table: Table) -> None:
    """Add the lines of the map data of all places."""
    new = cpu_ms(in_turn(site, (f"{PLACES}&n={number}" for number in range(20))), 5)
    kept = site.checked(PLACES, **BROTLI)
    wire = kept()
    plain = hello_site(wire)
    memory = cpu_ms(plain.checked("/kept"), 400)
    table.add("points of all places, new", new, "same bytes from memory", memory)
    table.add("points, kept", cpu_ms(kept, 400), "same bytes from memory", memory, "≤ 2 ×")
    click.echo(f"points on the wire (brotli): {len(wire) / 1000:.1f} kB; reach: ≤ 60 kB")


@click.command()
def main() -> None:
    """Measure with all municipalities and a few practices."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "answers.sqlite3"
        fill(file, PRACTICES)
        url = f"sqlite:///{file}"
        site = Site(create_app(Settings(database_url=url, instance_dir=folder, secret_key=KEY)))
        table = Table()
        measure_answers(site, table)
        measure_places(site, table)
        with site.app.app_context():
            db.engine.dispose()
        measure_map(file)


if __name__ == "__main__":
    main()
