"""The map of all places in Chromium, beside the page folium makes of the same places.

Both come from servers on this machine, compressed as they can be, into a browser that has kept
nothing. A page is ready when its markers are on the screen.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import sin
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import brotli
import click
import folium
from branca.element import Figure
from folium.plugins import FastMarkerCluster
from playwright.sync_api import Browser, CDPSession, Page
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from directory.db import create_database_engine
from directory.municipalities.models import Municipality
from tests.browser import chromium
from tests.live import listening

MAP = "/karte?mitglied=alle"
ROUNDS = 5
SLOWER = 4
MOVES = 60
# Notes when the markers are there, and every task that holds the page up.
WATCH = """
window.seen = {tasks: []};
seen.there = new Promise((resolve) => { seen.tell = resolve; });
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) seen.tasks.push([one.startTime, one.duration]);
}).observe({type: "longtask", buffered: true});
const look = () => {
  if (seen.ready || !document.querySelector(READY)) return;
  seen.ready = performance.now();
  seen.tell();
};
new MutationObserver(look).observe(document, {subtree: true, childList: true, attributes: true});
"""
# Notes every frame from now on.
COUNT = """
seen.frames = [];
const note = (now) => { seen.frames.push(now); requestAnimationFrame(note); };
requestAnimationFrame(note);
"""
OURS, FOLIUM = ".map[data-ready]", ".marker-cluster"
MODULES = Path(__file__).parents[2] / "node_modules"
SECONDS_TO_START = 60
FILES = (
    "leaflet/dist/leaflet.js",
    "leaflet/dist/leaflet.css",
    "leaflet.markercluster/dist/leaflet.markercluster.js",
    "leaflet.markercluster/dist/MarkerCluster.css",
    "leaflet.markercluster/dist/MarkerCluster.Default.css",
)
# One marker for each row; without a callback folium asks for yet another library of icons.
CALLBACK = "function (row) { return L.marker([row[0], row[1]], {title: row[2]}); }"


@dataclass
class Visit:
    """What one visit took: milliseconds until ready, longest task, bytes on the wire by kind.

    `frames` are those shown in a second while the map is dragged.
    """

    ready_ms: float
    longest_ms: float
    frames: float
    wire: Counter[str] = field(default_factory=Counter)

    @property
    def bytes(self) -> int:
        return self.wire.total()


def measure_map(file: Path) -> None:
    """Print both pages, at full speed and on a slower processor.

    Raises:
        click.ClickException: If folium's page cannot be made here.
    """
    missing = [path for path in FILES if not (MODULES / path).is_file()]
    if missing:
        raise click.ClickException(
            f"Für die Vergleichskarte fehlt node_modules/{missing[0]}: „make bench“ holt es, "
            "„npm ci“ ohne „--omit=dev“ auch."
        )
    with (
        our_site(f"sqlite:///{file}") as ours,
        folium_site(places(file)) as theirs,
        chromium() as browser,
    ):
        pages = {
            "our map": (ours + MAP, OURS),
            "folium's FastMarkerCluster": (theirs, FOLIUM),
        }
        for slower in (1, SLOWER):
            of = f" on a CPU {slower} × slower" if slower > 1 else ""
            # In turn, so that whatever else the machine does disturbs both alike.
            rounds = [
                {name: visit(browser, *page, slower) for name, page in pages.items()}
                for _ in range(ROUNDS)
            ]
            for name in pages:
                visits = [one[name] for one in rounds]
                ms = median(one.ready_ms for one in visits)
                longest = median(one.longest_ms for one in visits)
                frames = median(one.frames for one in visits)
                click.echo(
                    f"{name + of:<45} ready {ms:6.0f} ms, longest task {longest:4.0f} ms, "
                    f"{visits[0].bytes / 1000:5.0f} kB on the wire, "
                    f"dragged at {frames:2.0f} frames a second"
                )
                if slower == 1:
                    parts = visits[0].wire.most_common()
                    click.echo("    " + ", ".join(f"{n} {b / 1000:.1f} kB" for n, b in parts))


def visit(browser: Browser, address: str, ready: str, slower: int) -> Visit:
    """Open `address` with nothing kept, and wait until `ready` is there and all is quiet."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    page.add_init_script(WATCH.replace("READY", repr(ready)))
    session = context.new_cdp_session(page)
    wire = watch_wire(session)
    if slower > 1:
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(address, wait_until="load")
    # Not by a locator: the page would compile what Playwright brings along for that, in the midst
    # of ours, but only after folium's, whose markers are there before it has loaded.
    session.send("Runtime.evaluate", {"expression": "seen.there", "awaitPromise": True})
    page.wait_for_timeout(400)
    seen = page.evaluate("seen")
    longest = max((ms for _, ms in seen["tasks"]), default=0)
    frames = drag(page)
    context.close()
    return Visit(seen["ready"], longest, frames, wire)


def drag(page: Page) -> float:
    """Pull the map to and fro and let it run out; returns frames per second meanwhile."""
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    x, y = box["x"] + 300, box["y"] + 200
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(COUNT)
    for step in range(MOVES):
        across = 120 * sin(step / 10)
        page.mouse.move(x + across, y + across / 2)
    page.mouse.up()
    page.wait_for_timeout(300)
    first, *others = page.evaluate("seen.frames")
    return 1000 * len(others) / float(others[-1] - first)


def watch_wire(session: CDPSession) -> Counter[str]:
    """Return a counter of bytes by kind of file, which fills while the page loads."""
    kinds: dict[str, str] = {}
    wire: Counter[str] = Counter()

    def received(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = kind_of(event["response"]["url"], event["type"])

    def finished(event: dict[str, Any]) -> None:
        wire[kinds.get(event["requestId"], "other")] += int(event["encodedDataLength"])

    session.on("Network.responseReceived", received)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    return wire


def kind_of(url: str, type_: str) -> str:
    """Return what a file is counted as."""
    path = urlsplit(url).path
    parts = {
        "/map/grenzen": "outlines",
        "/map/rahmen": "js",
        "/map/grundkarte": "drawn ground",
        "/map/kommunen": "places",
    }
    for beginning, kind in parts.items():
        if path.startswith(beginning):
            return kind
    for part, kind in (("/vendor/kern", "KERN css"), ("leaflet.js", "leaflet.js")):
        if part in path:
            return kind
    return {"Document": "page", "Stylesheet": "css", "Script": "js", "Font": "font"}.get(
        type_, type_.lower()
    )


@contextmanager
def our_site(database_url: str) -> Iterator[str]:
    """Our application in its own server and process."""
    with listening() as (_, address):
        pass
    port = str(urlsplit(address).port)
    environment = {
        **os.environ,
        "DIRECTORY_DATABASE_URL": database_url,
        "DIRECTORY_SECRET_KEY": "bench-key-bench-key-bench-key-bench-key",
    }
    command = [sys.executable, "-m", "directory.cli", "serve", "--port", port, "--workers", "1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(address + "/healthz")
            for _ in range(2):
                urlopen(address + MAP).read()  # noqa: S310 - our own address
            yield address
        finally:
            server.terminate()


def wait_for(address: str) -> None:
    for _ in range(SECONDS_TO_START * 10):
        try:
            urlopen(address).read()  # noqa: S310 - our own address
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise click.ClickException(f"{address} antwortet nicht.")


def places(file: Path) -> list[Row[tuple[str, float, float]]]:
    """All places that have a point."""
    engine = create_database_engine(f"sqlite:///{file}")
    with Session(engine) as session:
        rows = session.execute(
            select(Municipality.name, Municipality.lat, Municipality.lon).where(
                Municipality.lat.is_not(None)
            )
        ).all()
    engine.dispose()
    return list(rows)


class LocalMap(folium.Map):  # type: ignore[misc]
    """folium's map with the same Leaflet, from the same machine, and nothing it does not need."""

    default_js = [("leaflet", "leaflet.js")]  # noqa: RUF012 - folium's attributes
    default_css = [("leaflet_css", "leaflet.css")]  # noqa: RUF012


class LocalCluster(FastMarkerCluster):  # type: ignore[misc]
    """Its fast cluster of markers, likewise."""

    default_js = [("markerclusterjs", "leaflet.markercluster.js")]  # noqa: RUF012
    default_css = [  # noqa: RUF012
        ("markerclustercss", "MarkerCluster.css"),
        ("markerclusterdefaultcss", "MarkerCluster.Default.css"),
    ]


def folium_page(rows: list[Row[tuple[str, float, float]]]) -> bytes:
    """The page folium makes of all places: all of their data stand in it."""
    drawn = LocalMap(location=(51.0, 10.3), zoom_start=6, tiles=None)
    # Not as an argument: folium keeps that for the tile layer alone.
    drawn.options["max_zoom"] = 18
    data = [[round(row.lat, 5), round(row.lon, 5), row.name] for row in rows]
    LocalCluster(data, callback=CALLBACK).add_to(drawn)
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    page: bytes = figure.render().encode()
    return page


@contextmanager
def folium_site(rows: list[Row[tuple[str, float, float]]]) -> Iterator[str]:
    """That page and its files, compressed beforehand."""
    files = {f"/{Path(path).name}": (MODULES / path).read_bytes() for path in FILES}
    files["/"] = folium_page(rows)
    packed = {name: brotli.compress(body, quality=9) for name, body in files.items()}
    types = {".js": "text/javascript", ".css": "text/css"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            body = packed.get(path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", types.get(Path(path).suffix, "text/html"))
            self.send_header("Content-Length", str(len(body or b"")))
            if body is not None:
                self.send_header("Content-Encoding", "br")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
