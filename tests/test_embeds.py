"""What other people's sites show of the directory, and the page that makes the lines for it."""

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from directory.db import db
from directory.errors import Unavailable
from directory.municipalities.models import Municipality
from directory.publication.models import Status
from tests.browser import Browser, assert_accessible
from tests.factories import build_practice
from tests.pages import Page, checked, get

SLUG = "aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien"
EMBEDS = (
    "/embed/karte",
    "/embed/karte?ebene=praxisbeispiele&thema=vernetzung",
    "/embed/praxisbeispiele?thema=vernetzung",
    f"/embed/praxisbeispiele/{SLUG}",
)


def embedded(client: FlaskClient, path: str) -> Page:
    return get(client, path, framed=False)


@pytest.mark.parametrize("path", EMBEDS)
def test_a_frame_is_bare_and_leaves_nothing(client: FlaskClient, path: str) -> None:
    page = embedded(client, path)
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "X-Frame-Options" not in page.headers
    assert "Set-Cookie" not in page.headers
    assert not page.all("script, form, input, button, nav.site-nav")
    assert "Links öffnen einen neuen Tab" in page.text
    assert "Statistisches Bundesamt (Destatis)" in page.text


@pytest.mark.parametrize("path", EMBEDS)
def test_its_links_open_the_directory_elsewhere(client: FlaskClient, path: str) -> None:
    page = embedded(client, path)
    leading_away = [
        one for one in page.all("a[href]") if not one["href"].startswith(("#", "/embed/"))
    ]
    assert len(leading_away) >= 3
    for link in leading_away:
        assert (link.get("target"), link.get("rel")) == ("_blank", "noopener"), link


def test_a_kept_frame_may_still_be_framed_and_nothing_else(client: FlaskClient) -> None:
    for _ in range(2):
        assert "frame-ancestors *" in client.get("/embed/karte").headers["Content-Security-Policy"]
        for path in ("/karte", "/praxisbeispiele", "/einbetten", "/embed", "/anmelden"):
            policy = client.get(path).headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy, path


def test_settings_can_name_who_may_embed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = ("https://www.hemer.de", "https://*.nrw.de")
    settings = replace(app.config["DIRECTORY"], embedding_sites=sites)
    monkeypatch.setitem(app.config, "DIRECTORY", settings)
    policy = app.test_client().get("/embed/karte").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://www.hemer.de https://*.nrw.de" in policy


@pytest.mark.parametrize(
    ("embed", "path"),
    [
        ("/embed/praxisbeispiele?thema=vernetzung&kreis=05962", "/praxisbeispiele"),
        ("/embed/praxisbeispiele?q=ehrenamtskarte", "/praxisbeispiele"),
        ("/embed/praxisbeispiele?ort=Bonn&umkreis=50", "/praxisbeispiele"),
        ("/embed/karte?kreis=05962", "/kommunen"),
        ("/embed/karte?ebene=praxisbeispiele&thema=vernetzung", "/praxisbeispiele"),
    ],
)
def test_it_answers_the_same_question_as_the_page(
    client: FlaskClient, embed: str, path: str
) -> None:
    query = embed.partition("?")[2].replace("ebene=praxisbeispiele&", "")
    whole = get(client, f"{path}?{query}")
    page = embedded(client, embed)
    assert page.one(".embed__total").text == whole.one(".results-bar__total").text
    titles = [one.text for one in page.all(".embed__list h3, ol.near a")]
    assert titles == [one.text for one in whole.all("ol.entries .card__title")]


def test_long_lists_go_on_within_the_frame(client: FlaskClient) -> None:
    page = embedded(client, "/embed/praxisbeispiele")
    second = page.one(".pagination a[rel=next]")["href"]
    assert second == "/embed/praxisbeispiele?seite=2"
    assert embedded(client, second).all(".embed__list h3")


def test_what_is_not_understood_is_said(client: FlaskClient) -> None:
    page = embedded(client, "/embed/praxisbeispiele?thema=gibtsnicht&umkreis=-3&erfunden=1")
    assert page.all(".notice")
    assert embedded(client, "/embed/karte?ebene=mond&bbox=1,2,3").all(".notice")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED])
def test_what_is_not_published_is_not_embedded(app: Flask, status: Status) -> None:
    with app.app_context():
        hemer = db.session.get_one(Municipality, "05962016")
        one = build_practice(db.session, hemer, status=status, title="Kanarienvogel")
        slug = one.slug
        db.session.commit()
    client = app.test_client()
    gone = get(client, f"/embed/praxisbeispiele/{slug}", status=404)
    assert "frame-ancestors *" in gone.headers["Content-Security-Policy"]
    for path in ("/embed/praxisbeispiele?kreis=05962", "/embed/karte?ebene=praxisbeispiele"):
        assert "Kanarienvogel" not in client.get(path).get_data(as_text=True)
    assert "iframe" not in client.get(f"/einbetten?was=beispiel&beispiel={slug}").get_data(
        as_text=True
    )


@pytest.mark.parametrize("path", EMBEDS)
def test_what_goes_wrong_can_be_read_in_the_frame(
    app: Flask, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise Unavailable("Die Datenbank antwortet gerade nicht.")

    for name in ("get_reference", "practices.find_by_slug"):
        monkeypatch.setattr(f"directory.pages.embeds.{name}", gone)
    page = get(app.test_client(), path, status=503, framed=False)
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Die Datenbank antwortet gerade nicht." in page.text
    assert page.all("a[href]")
    assert all(link["target"] == "_blank" for link in page.all("a[href]"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/embed/gibt-es-nicht", 404), ("GET", "/embed/", 404), ("POST", EMBEDS[0], 405)],
)
def test_addresses_that_nobody_embeds_say_so_in_the_frame(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    page = checked(path, client.open(path, method=method), status=status, framed=False)
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not page.all("header")
    assert all(link["target"] == "_blank" for link in page.all("a[href]"))
    elsewhere = client.get("/embedded")
    assert "frame-ancestors 'none'" in elsewhere.headers["Content-Security-Policy"]


def lines(page: Page) -> dict[str, str]:
    """Attributes of the frame that a page of orders gives to copy."""
    snippet = page.one("textarea#zeilen").text
    assert re.fullmatch(r"<iframe( [a-z]+=\"[^\"<>]*\")+></iframe>", snippet)
    found = dict(re.findall(r' ([a-z]+)="([^"]*)"', snippet))
    return {name: html.unescape(value) for name, value in found.items()}


@pytest.mark.parametrize(
    ("query", "src"),
    [
        ("", "/embed/karte?ebene=kommunen"),
        ("was=karte&kreis=05962", "/embed/karte?ebene=kommunen&kreis=05962"),
        (
            "was=karte-beispiele&thema=vernetzung",
            "/embed/karte?ebene=praxisbeispiele&thema=vernetzung",
        ),
        (
            "was=praxisbeispiele&q=jugend&thema=&ort=Bonn&umkreis=50&zielgruppe=jugendliche",
            "/embed/praxisbeispiele?q=jugend&zielgruppe=jugendliche&ort=Bonn&umkreis=50",
        ),
        (f"was=beispiel&beispiel={SLUG}", f"/embed/praxisbeispiele/{SLUG}"),
        (
            f"was=beispiel&beispiel=https://example.org/praxisbeispiele/{SLUG}?x=1%23quellen",
            f"/embed/praxisbeispiele/{SLUG}",
        ),
    ],
)
def test_the_page_makes_lines_that_work(
    client: FlaskClient, site_app: Flask, query: str, src: str
) -> None:
    page = get(client, f"/einbetten?{query}")
    base = site_app.config["DIRECTORY"].base_url
    found = lines(page)
    assert found["src"] == base + src
    assert found["title"]
    assert (found["width"], found["height"]) == ("100%", "600")
    assert page.one("iframe")["src"] == src
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    embedded(client, src)


def test_title_and_height_are_taken_as_typed(client: FlaskClient) -> None:
    page = get(client, '/einbetten?titel=Unser+"Bürgerrat"+<b>%26+mehr&hoehe=450')
    found = lines(page)
    assert found["title"] == 'Unser "Bürgerrat" <b>& mehr'
    assert found["height"] == "450"
    assert page.one("input#titel")["value"] == found["title"]


def test_a_title_that_nobody_chose_follows_the_content(client: FlaskClient) -> None:
    page = get(client, "/einbetten?was=praxisbeispiele&titel=Karte+der+Kommunen")
    assert lines(page)["title"] == "Liste der Praxisbeispiele"


@pytest.mark.parametrize("height", ["-1", "0", "99999", "12abc", "²", "1e3"])
def test_a_height_that_cannot_be_is_refused_with_a_sentence(
    client: FlaskClient, height: str
) -> None:
    page = get(client, f"/einbetten?hoehe={height}")
    assert "von 200 bis 2.000" in page.one("#hoehe-fehler").text
    assert lines(page)["height"] == "600"


def test_rubbish_is_answered_with_sentences(client: FlaskClient) -> None:
    page = get(client, "/einbetten?was=mond&thema=gibtsnicht&umkreis=x&beispiel=%00%ED")
    assert len(page.all(".notice")) >= 2
    assert lines(page)["src"].endswith("/embed/karte?ebene=kommunen")


def test_an_example_is_asked_for_and_only_then_complained_about(client: FlaskClient) -> None:
    asked = get(client, "/einbetten?was=beispiel")
    assert not asked.has("#beispiel-fehler")
    assert not asked.has("iframe, textarea")
    wrong = get(client, "/einbetten?was=beispiel&beispiel=gibt-es-nicht")
    assert "aus diesem Verzeichnis" in wrong.one("#beispiel-fehler").text
    assert wrong.one("input#beispiel")["value"] == "gibt-es-nicht"


def test_lists_lead_to_their_lines(client: FlaskClient) -> None:
    page = get(client, "/praxisbeispiele?thema=vernetzung")
    href = page.link("Diese Liste einbetten")
    assert href == "/einbetten?was=praxisbeispiele&thema=vernetzung"
    src = lines(get(client, href))["src"]
    assert src.endswith("/embed/praxisbeispiele?thema=vernetzung")


def test_maps_and_examples_lead_to_their_lines(client: FlaskClient) -> None:
    href = get(client, "/karte?kreis=05962").link("Diese Karte einbetten")
    assert lines(get(client, href))["src"].endswith("/embed/karte?ebene=kommunen&kreis=05962")
    href = get(client, "/karte?ebene=praxisbeispiele").link("Diese Karte einbetten")
    assert lines(get(client, href))["src"].endswith("/embed/karte?ebene=praxisbeispiele")
    href = get(client, f"/praxisbeispiele/{SLUG}").link("Auf der eigenen Website zeigen")
    assert lines(get(client, href))["src"].endswith(f"/embed/praxisbeispiele/{SLUG}")


@pytest.fixture
def elsewhere() -> Iterator["Elsewhere"]:
    """A site of somebody else, on a port of its own."""
    with Elsewhere() as other:
        yield other


class Elsewhere:
    """Shows one page with a frame of whatever it is told."""

    def __init__(self) -> None:
        outer = self
        self.src = ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = (
                    "<!doctype html><html lang=de><title>Rathaus</title><h1>Rathaus</h1>"
                    f'<iframe src="{html.escape(outer.src)}" title="Rahmen" height="500"></iframe>'
                )
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Another name of the machine is another site.
        self.base = f"http://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("path", EMBEDS)
def test_it_shows_on_another_site(
    browser: Browser, site: str, elsewhere: Elsewhere, path: str
) -> None:
    elsewhere.src = site + path
    page = browser.new_page(site=elsewhere.base, allowed_hosts=("127.0.0.1",))
    page.goto("/")
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_have_text(re.compile(r"\w"))
    if "karte" in path:
        expect(frame.locator("svg.svg-map a").first).to_be_visible()
    assert page.context.cookies() == []
    with page.context.expect_page() as opened:
        frame.get_by_text("Im Kommunen-Verzeichnis ansehen").click()
    opened.value.wait_for_url(f"{site}/**")
    assert page.url == f"{elsewhere.base}/"
    assert "localhost" in page.url
    assert all(site in url for url in browser.requests_elsewhere)


def test_other_pages_refuse_to_be_framed(browser: Browser, site: str, elsewhere: Elsewhere) -> None:
    for path in ("/praxisbeispiele", "/anmelden", "/einbetten"):
        elsewhere.src = site + path
        page = browser.new_page(
            site=elsewhere.base,
            allowed_hosts=("127.0.0.1",),
            allowed_errors="frame-ancestors|ERR_BLOCKED|Refused to frame|refused to connect",
        )
        page.goto("/")
        page.frames[1].wait_for_url("chrome-error://**", wait_until="commit")


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_frames_and_their_page_are_for_everybody(browser: Browser, colour_scheme: str) -> None:
    page = browser.new_page(width=320, colour_scheme=colour_scheme)  # type: ignore[arg-type]
    for path in (*EMBEDS, "/einbetten?was=praxisbeispiele", "/einbetten?was=beispiel&hoehe=1"):
        page.goto(path)
        assert_accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, (path, wide)
