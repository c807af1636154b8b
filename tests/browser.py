"""Headless Chromium, and what it must never have to complain about.

Pages opened through :class:`Browser` are watched: a request to another host, a breach of the
content security policy, an error on the console or in a script fails the test that opened them.
The browser cannot reach other hosts anyway.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    WebError,
    expect,
    sync_playwright,
)

from tests.services import CHROMIUM

# Milliseconds a busy machine may need; what waits ends as soon as it holds.
PATIENCE = 30_000
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
QUIET_START = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # No name but our own leads anywhere, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  const place = `${event.sourceFile || event.documentURI}:${event.lineNumber}`;
  console.error(`CSP ${event.effectiveDirective} blocks ${event.blockedURI} in ${place}`);
});
"""
# Whatever an allowed host is asked for, it answers with this: one transparent pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """One browser process; every page gets a fresh profile of its own."""
    executable = CHROMIUM.needed()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=QUIET_START,
            chromium_sandbox=os.geteuid() != 0,  # as root it cannot have one
        )
        yield browser
        browser.close()


class Browser:
    """Opens pages of the server at `site` and remembers what was wrong with them."""

    def __init__(self, chromium: Chromium, site: str) -> None:
        self._chromium = chromium
        self._site = site
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.requests_elsewhere: list[str] = []  # to allowed hosts only

    def new_page(
        self,
        *,
        width: int = 1280,
        height: int = 900,
        colour_scheme: Literal["light", "dark"] = "light",
        javascript: bool = True,
        reduced_motion: bool = False,
        forced_colours: bool = False,
        site: str | None = None,
        allowed_hosts: tuple[str, ...] = (),
        allowed_errors: str | None = None,
    ) -> Page:
        """Open an empty page; `page.goto("/karte")` is relative to `site`.

        The `allowed_hosts` may be asked in this test and answer with a transparent pixel;
        `allowed_errors` is a pattern of the errors the test provokes on the console or in a
        script, for example `"404"`.
        """
        site = site or self._site
        context = self._chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            color_scheme=colour_scheme,
            forced_colors="active" if forced_colours else "none",
            java_script_enabled=javascript,
            locale="de-DE",
            reduced_motion="reduce" if reduced_motion else "no-preference",
            timezone_id="Europe/Berlin",
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL_VIOLATIONS)
        for host in allowed_hosts:
            context.route(f"https://{host}/**", _answer_with_pixel)
        self._contexts.append(context)
        self._watch(context, site, allowed_hosts, allowed_errors)
        return context.new_page()

    def _watch(
        self,
        context: BrowserContext,
        site: str,
        allowed_hosts: tuple[str, ...],
        allowed_errors: str | None,
    ) -> None:
        def request_sent(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme in {"http", "https", "ws", "wss"} and not url.startswith(f"{site}/"):
                if parts.hostname in allowed_hosts:
                    self.requests_elsewhere.append(url)
                else:
                    self.complaints.append(f"request to another host: {url}")

        def is_allowed(error: str) -> bool:
            return bool(allowed_errors and re.search(allowed_errors, error))

        def console_wrote(message: ConsoleMessage) -> None:
            if message.type == "error" and not is_allowed(message.text):
                where = message.location.get("url", "")
                self.complaints.append(f"console: {message.text} ({where})")

        def script_failed(error: WebError) -> None:
            if not is_allowed(str(error.error)):
                self.complaints.append(f"script: {error.error}")

        context.on("request", lambda request: request_sent(request.url))
        context.on("console", console_wrote)
        context.on("weberror", script_failed)

    def close(self) -> None:
        """Close all pages; fails if one of them gave reason to complain."""
        for context in self._contexts:
            context.close()
        complaints = list(dict.fromkeys(self.complaints))
        assert not complaints, "\n  ".join(["The browser complains:", *complaints])


class Violation(NamedTuple):
    """One rule of accessibility that one element breaks."""

    rule: str
    help: str
    target: str
    html: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.help}\n    {self.target}\n    {self.html}"


def axe(page: Page) -> list[Violation]:
    """What axe finds against WCAG 2.2 AA and good practice on `page`, once it has loaded."""
    page.wait_for_load_state()
    page.evaluate(_axe_source())
    result = page.evaluate(
        # Without `preload`: it reads style sheets into a <style> of its own, which our policy bars.
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], preload: false})",
        AXE_TAGS,
    )
    return [
        Violation(rule["id"], rule["help"], " ".join(map(str, node["target"])), node["html"][:300])
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with every violation axe finds on `page`, readably."""
    found = axe(page)
    assert not found, "\n  ".join([f"{page.url} has {len(found)} violations:", *map(str, found)])


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def _answer_with_pixel(route: Route) -> None:
    route.fulfill(body=PIXEL, content_type="image/png")
