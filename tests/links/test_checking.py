"""Addresses are checked politely and remembered, never inside private networks."""

import datetime as dt
import ipaddress
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy.orm import Session

from directory.links import checking, collecting, queries
from directory.links.checking import Finding
from directory.web.outgoing import OutsideAnswer, Unreachable, ask

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


class Answering(BaseHTTPRequestHandler):
    """A web site with a page, a page that has gone, one that moved and one that never ends."""

    asked: list[tuple[str, str]] = []  # noqa: RUF012 - one list for the whole server is meant

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.asked.append((self.command, self.path))
        status, target = {
            "/da": (200, ""),
            "/umgezogen": (301, "/da"),
            "/kein-head": (405 if self.command == "HEAD" else 200, ""),
            "/kreis": (302, "/kreis"),
            "/intern": (302, "http://10.0.0.1/geheim"),
        }.get(self.path, (404, ""))
        self.send_response(status)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Address of a web site on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Answering)
    Answering.asked.clear()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def here(url: str, **options: object) -> OutsideAnswer:
    """Ask as the command does, but on this machine."""
    options.pop("contact", None)
    is_loopback = ipaddress.ip_address("127.0.0.1")
    return ask(url, allowed=lambda address: address == is_loopback, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/da",
        "http://localhost:{port}/da",
        "http://[::1]:{port}/da",
        "http://0.0.0.0:{port}/da",
        "http://2130706433:{port}/da",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https:[broken",
        "http://",
    ],
)
def test_nobody_is_sent_into_our_own_network(elsewhere: str, url: str) -> None:
    with pytest.raises(Unreachable):
        ask(url.format(port=elsewhere.rsplit(":", 1)[-1]), deadline_s=2)
    assert Answering.asked == []


def test_a_redirect_leads_into_no_private_network_either(elsewhere: str) -> None:
    with pytest.raises(Unreachable, match="öffentlichen Internet"):
        here(f"{elsewhere}/intern")


def test_pages_are_found_gone_and_moved(elsewhere: str) -> None:
    asked_at: dict[str, float] = {}
    found = {
        path: checking.check(
            elsewhere + path, contact="", asked_at=asked_at, ask=here, pause=lambda _: None
        )
        for path in ("/da", "/umgezogen", "/kein-head", "/weg", "/kreis")
    }
    assert found == {
        "/da": Finding(200, None),
        "/umgezogen": Finding(200, None),
        "/kein-head": Finding(200, None),
        "/weg": Finding(404, "antwortet mit 404"),
        "/kreis": Finding(None, "leitet zu oft weiter"),
    }


def test_each_host_gets_its_pause(elsewhere: str) -> None:
    pauses: list[float] = []
    asked_at: dict[str, float] = {}
    for _ in range(2):
        checking.check(
            f"{elsewhere}/da", contact="", asked_at=asked_at, ask=here, pause=pauses.append
        )
    assert len(pauses) == 1
    assert 0 < pauses[0] <= checking.PAUSE_S


def test_hosts_take_turns() -> None:
    urls = ["https://a/1", "https://a/2", "https://a/3", "https://b/1"]
    assert list(checking.in_turns(urls)) == [
        "https://a/1",
        "https://b/1",
        "https://a/2",
        "https://a/3",
    ]


def test_one_bad_day_is_no_broken_link(session: Session) -> None:
    url = "https://www.hemer.de/ehrenamt"
    checking.note(session, url, Finding(None, "antwortet nicht"), now=NOW)
    assert queries.broken(session, now=NOW) == {}
    later = NOW + queries.PATIENCE
    checking.note(session, url, Finding(503, "antwortet mit 503"), now=later)
    assert queries.broken(session, now=later)[url].trouble == "antwortet mit 503"
    assert queries.broken(session, now=later)[url].failing_since == NOW
    checking.note(session, url, Finding(200, None), now=later)
    assert queries.broken(session, now=later) == {}


def test_what_answered_is_left_alone_for_a_month(session: Session) -> None:
    checking.note(session, "https://a/", Finding(200, None), now=NOW)
    checking.note(session, "https://b/", Finding(404, "antwortet mit 404"), now=NOW)
    urls = ["https://a/", "https://b/", "https://c/"]
    assert checking.due(session, urls, now=NOW) == ["https://c/"]
    assert checking.due(session, urls, now=NOW + checking.REST_AFTER_FAILURE) == [
        "https://c/",
        "https://b/",
    ]
    assert len(checking.due(session, urls, now=NOW + checking.REST)) == 3


def test_every_address_of_the_catalogue_is_known_with_its_entry(catalogue: Session) -> None:
    found = list(collecting.mentions(catalogue))
    assert len({mention.kind for mention in found}) == 6
    assert all(mention.url.startswith("http") for mention in found)
    assert len(collecting.addresses(catalogue)) == len({mention.url for mention in found})
