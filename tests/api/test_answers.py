"""How answers travel: forms, ETag and 304, other sites, limits, errors."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.allowances import Allowance, TooManyQuestions
from directory.accounts.open_doors import count_question
from directory.api.operations import OPERATIONS
from directory.db import db
from tests.signing_in import signed_in

PATH = "/api/v1/topics?limit=1"


def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(PATH)
    assert first.headers["Cache-Control"] == "no-cache"
    for _ in range(2):  # made anew, then kept
        again = client.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(PATH, headers={"If-None-Match": '"anders"'}).data == first.data


@pytest.mark.parametrize("path", [PATH, "/api/v1/practices/0", "/api/v1/topics?farbe=rot"])
def test_scripts_of_other_sites_may_read(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://kommune.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_browser_may_ask_before_reading_but_not_before_writing(client: FlaskClient) -> None:
    asking = {"Origin": "https://kommune.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/api/v1/practices", headers=asking)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/kommunen", "/karte", "/api/docs", "/healthz"])
def test_only_the_interface_is_open_to_other_sites(client: FlaskClient, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(path).headers


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        *((one, 200) for one in ("", "*/*", "application/json", "text/html, */*;q=0.1")),
        *((one, 406) for one in ("text/html", "application/json;q=0", "text/csv, image/*")),
    ],
)
def test_who_takes_no_json_gets_none(client: FlaskClient, accept: str, status: int) -> None:
    client.get(PATH)  # kept from now on
    answer = client.get(PATH, headers={"Accept": accept} if accept else {})
    assert answer.status_code == status
    if status == 406:
        assert answer.mimetype == "application/problem+json"


def test_what_can_only_be_read_says_so(client: FlaskClient) -> None:
    answer = client.delete(PATH)
    assert answer.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))
    assert answer.mimetype == "application/problem+json"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_answers_are_the_same_whoever_asks(app: Flask) -> None:
    stranger, editor = app.test_client(), signed_in(app)
    for operation in OPERATIONS:
        if not operation.in_path:
            path = f"/api/v1{operation.rule}"
            answer = editor.get(path)
            assert answer.data == stranger.get(path).data
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == operation.cache_control


def test_the_three_hundredth_question_of_a_minute_is_the_last(app: Flask) -> None:
    app.extensions["allowance"] = Allowance(300, clock=lambda: 60.0)
    client = app.test_client()
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(280):
            count_question()
    for number in range(20):
        answer = client.get(f"/api/v1/topics?limit=1&offset={number}")
        assert answer.status_code == 200, number
    assert answer.headers["RateLimit-Policy"] == '"default";q=300;w=60'
    assert answer.headers["RateLimit"] == '"default";r=0;t=60'
    refused = client.get("/api/v1/topics?limit=2")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert refused.mimetype == "application/problem+json"
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    kept = client.get("/api/v1/topics?limit=1&offset=3")
    assert kept.status_code == 200  # what is kept costs nothing
    assert "RateLimit" not in kept.headers
    other = client.get("/api/v1/topics?limit=2", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 200


def test_workers_count_together_and_the_next_minute_counts_anew(any_app: Flask) -> None:
    now = [60.0]
    with any_app.app_context():
        workers = [Allowance(100, clock=lambda: now[0]) for _ in range(2)]
        taken, waits = 0, set()
        for number in range(400):
            try:
                workers[number % 2].take(db.engine, "a" * 64)
                taken += 1
            except TooManyQuestions as error:
                waits.add(error.retry_after_seconds)
        # Of each worker but one the first twenty are not counted.
        assert 100 <= taken <= 120
        assert waits == {60}
        now[0] += 60
        assert workers[0].take(db.engine, "a" * 64).questions == 99
