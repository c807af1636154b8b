"""What is the same for everybody is sent again without asking Flask, until something changes."""

import gzip
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Semaphore
from time import sleep

import brotli
import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from directory.web import kept
from directory.web.prepared import Prepared

TEXT = b"Ehrenamt " * 400


class Hall:
    """A town hall with a few answers, and how often somebody had to make them."""

    def __init__(self) -> None:
        self.app = Flask("hall")
        self.asked: Counter[str] = Counter()
        self.version: str | None = "1"
        kept.init_app(self.app)
        kept.keep_while(self.app, lambda: self.version)
        self.app.before_request(lambda: self.asked.update([request.path]))
        self.app.add_url_rule("/seite", view_func=self.page)
        self.app.add_url_rule("/keks", view_func=self.cookie)
        self.app.add_url_rule("/geheim", view_func=self.secret)
        self.app.add_url_rule("/frisch", view_func=lambda: "frisch")

    def page(self) -> Response:
        response = Prepared(TEXT, "text/plain").response(request)
        response.headers["X-Own"] = "bleibt"
        return response

    def cookie(self) -> Response:
        response = Prepared(TEXT, "text/plain").response(request)
        response.set_cookie("a", "b")
        return response

    def secret(self) -> Response:
        return Prepared(TEXT, "text/plain").response(request, cache_control="no-store")

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()


class Slow:
    """A page of the hall, `/langsam`, that takes until it may go on."""

    def __init__(self, hall: Hall) -> None:
        self.go_on = Event()
        self._begun = Semaphore(0)
        self._hall = hall
        hall.app.add_url_rule("/langsam", view_func=self._page)

    def wait_for_readers(self) -> None:
        """Wait until so many readers are served as may be at once."""
        for _ in range(kept.AT_ONCE):
            assert self._begun.acquire(timeout=10)

    def wait_for_line(self) -> None:
        """Wait until another reader waits behind those."""
        line = self._hall.app.extensions["kept"].readers
        while not line.waiting:
            sleep(0.001)

    def _page(self) -> Response:
        self._begun.release()
        assert self.go_on.wait(10)
        return self._hall.page()


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.mark.parametrize(
    ("accepted", "decode"),
    [("br, gzip", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)],
)
def test_an_answer_is_sent_again_as_it_was(hall: Hall, accepted: str, decode: object) -> None:
    first = hall.client.get("/seite", headers={"Accept-Encoding": accepted})
    again = hall.client.get("/seite", headers={"Accept-Encoding": accepted})
    assert hall.asked["/seite"] == 1
    assert dict(again.headers) == dict(first.headers)
    assert again.headers["X-Own"] == "bleibt"
    assert again.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert again.data == first.data
    assert decode(again.data) == TEXT  # type: ignore[operator]


def test_everybody_gets_their_own_compression_of_it(hall: Hall) -> None:
    hall.client.get("/seite", headers={"Accept-Encoding": "br"})
    plain = hall.client.get("/seite")
    assert (plain.data, "Content-Encoding" in plain.headers) == (TEXT, False)
    assert hall.asked["/seite"] == 1


def test_what_is_kept_takes_the_room_of_its_compression_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kept, "_LIMIT_BYTES", 20_000)
    hall, addresses = Hall(), [f"/seite?{number}" for number in range(9)]
    for _ in range(2):
        for address in addresses:
            hall.client.get(address, headers={"Accept-Encoding": "br"})
    assert hall.asked["/seite"] == 9
    # In its full length as well, for somebody who takes no compression: now others have to go.
    assert hall.client.get(addresses[-1]).data == TEXT
    assert hall.asked["/seite"] == 9
    hall.client.get(addresses[0], headers={"Accept-Encoding": "br"})
    assert hall.asked["/seite"] == 10


def test_each_compression_is_made_from_any_other(hall: Hall) -> None:
    answers = {}
    for encoding in ("br", "gzip", "", "br", "gzip", ""):
        answer = hall.client.get("/seite", headers={"Accept-Encoding": encoding})
        known = answers.setdefault(encoding, (answer.data, dict(answer.headers)))
        assert known == (answer.data, dict(answer.headers))
    assert brotli.decompress(answers["br"][0]) == TEXT
    assert gzip.decompress(answers["gzip"][0]) == TEXT
    assert answers[""][0] == TEXT
    assert hall.asked["/seite"] == 1


def test_who_has_it_gets_304_with_the_same_headers(hall: Hall) -> None:
    known = {"If-None-Match": hall.client.get("/seite").headers["ETag"]}
    fresh = hall.client.get("/seite", headers=known)
    for several in (known["If-None-Match"], f'"x", {known["If-None-Match"]}', "*"):
        again = hall.client.get("/seite", headers={"If-None-Match": several})
        assert (again.status_code, again.data) == (304, b"")
        assert dict(again.headers) == dict(fresh.headers)
    other = hall.client.get("/seite", headers={"If-None-Match": '"x"'})
    assert (other.status_code, other.data) == (200, TEXT)
    assert hall.asked["/seite"] == 1


def test_a_304_of_flask_is_enough_to_keep_the_answer(hall: Hall) -> None:
    known = {"If-None-Match": Prepared(TEXT, "text/plain").etag}
    assert hall.client.get("/seite", headers=known).status_code == 304
    full = hall.client.get("/seite")
    assert (full.status_code, full.data) == (200, TEXT)
    assert full.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert hall.asked["/seite"] == 1


def test_head_has_the_headers_alone(hall: Hall) -> None:
    whole = hall.client.get("/seite")
    head = hall.client.head("/seite")
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)
    assert hall.asked["/seite"] == 1


def test_another_state_is_another_answer(hall: Hall) -> None:
    hall.client.get("/seite")
    hall.version = "2"
    hall.client.get("/seite")
    assert hall.asked["/seite"] == 2


def test_nothing_is_kept_while_nobody_knows_the_state(hall: Hall) -> None:
    hall.version = None
    for _ in range(2):
        assert hall.client.get("/seite").data == TEXT
    assert hall.asked["/seite"] == 2


def test_other_addresses_hosts_and_schemes_have_other_answers(hall: Hall) -> None:
    for address in ("/seite", "/seite?a=1", "/seite?a=2"):
        hall.client.get(address)
    hall.client.get("/seite", base_url="http://anderswo.example")
    hall.client.get("/seite", base_url="https://localhost")
    assert hall.asked["/seite"] == 5


def test_cookies_posts_and_answers_that_set_a_cookie_go_to_flask(hall: Hall) -> None:
    hall.client.get("/seite")
    client = hall.client
    client.set_cookie("merkliste", "hemer")
    client.get("/seite")
    assert hall.asked["/seite"] == 2
    assert hall.client.post("/seite").status_code == 405
    for path in ("/keks", "/frisch"):
        for _ in range(2):
            hall.client.get(path)
        assert hall.asked[path] == 2


def test_who_shows_a_token_gets_and_leaves_nothing_on_the_shelf(hall: Hall) -> None:
    shown = {"Authorization": "Bearer x"}
    for number in (1, 2):
        hall.client.get("/seite", headers=shown)
        assert hall.asked["/seite"] == number
    hall.client.get("/seite")
    hall.client.get("/seite")
    assert hall.asked["/seite"] == 3
    hall.client.get("/seite", headers=shown)
    assert hall.asked["/seite"] == 4


def test_what_nobody_may_store_is_not_stored_here(hall: Hall) -> None:
    for number in (1, 2):
        assert hall.client.get("/geheim").headers["Cache-Control"] == "no-store"
        assert hall.asked["/geheim"] == number


def test_each_form_that_accept_chooses_is_kept_for_itself(hall: Hall) -> None:
    def chosen() -> Response:
        form = request.accept_mimetypes.best_match(["text/plain", "text/html"])
        response = Prepared(f"als {form}".encode(), form).response(request)
        response.vary.add("Accept")
        return response

    hall.app.add_url_rule("/form", view_func=chosen)
    # Everybody takes anything, and prefers something else.
    plain, page = ("text/plain, */*;q=0.5", "text/html, */*;q=0.5")
    for _ in range(2):
        for accepted, text in ((plain, "als text/plain"), (page, "als text/html")):
            answer = hall.client.get("/form", headers={"Accept": accepted})
            assert answer.text == text
            assert set(answer.headers["Vary"].split(", ")) == {"Accept-Encoding", "Accept"}
    assert hall.asked["/form"] == 2


def test_who_waits_gets_what_another_made_meanwhile(hall: Hall) -> None:
    many = kept.AT_ONCE + 3
    slow = Slow(hall)
    with ThreadPoolExecutor(many + 1) as people:
        readers = [people.submit(hall.client.get, "/langsam") for _ in range(many)]
        slow.wait_for_readers()
        # Neither who asks for something else that is there nor who is signed in has to wait.
        signed_in = hall.client
        signed_in.set_cookie("sitzung", "x")
        assert people.submit(signed_in.get, "/seite").result(10).data == TEXT
        slow.go_on.set()
        assert {reader.result(10).data for reader in readers} == {TEXT}
    assert hall.asked["/langsam"] == kept.AT_ONCE


def test_what_is_there_is_sent_while_others_wait(hall: Hall) -> None:
    slow = Slow(hall)
    hall.client.get("/seite")
    with ThreadPoolExecutor(10) as people:
        waiting = [people.submit(hall.client.get, f"/langsam?{number}") for number in range(6)]
        slow.wait_for_readers()
        assert people.submit(hall.client.get, "/seite").result(10).data == TEXT
        assert hall.asked["/langsam"] == kept.AT_ONCE
        slow.go_on.set()
        assert {one.result(10).data for one in waiting} == {TEXT}
    assert hall.asked["/langsam"] == 6


def test_who_watches_over_the_process_goes_by_all_who_wait(any_app: Flask) -> None:
    lines = any_app.extensions["kept"].readers, any_app.extensions["kept"].others
    with ThreadPoolExecutor(2) as watchers, ExitStack() as counters:
        for line in lines * kept.AT_ONCE:
            counters.enter_context(line)
        for path in ("/healthz", "/readyz"):
            answer = watchers.submit(any_app.test_client().get, path).result(10)
            assert (answer.status_code, answer.json["status"]) == (200, "ok")
        page = watchers.submit(any_app.test_client().get, "/impressum")
        while not lines[0].waiting:
            sleep(0.001)
        counters.close()
        assert page.result(10).status_code == 200


def test_who_waited_over_a_change_gets_and_leaves_what_is_new(hall: Hall) -> None:
    slow = Slow(hall)
    with ThreadPoolExecutor(10) as people:
        for number in range(kept.AT_ONCE):
            people.submit(hall.client.get, f"/langsam?{number}")
        slow.wait_for_readers()
        late = people.submit(hall.client.get, "/seite")
        slow.wait_for_line()
        hall.version = "2"
        slow.go_on.set()
        assert late.result(10).data == TEXT
    assert hall.asked["/seite"] == 1
    hall.client.get("/seite")
    assert hall.asked["/seite"] == 1
