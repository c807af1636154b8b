"""Answers that are compressed once, revalidated by digest, and kept within bounds."""

import gzip
from dataclasses import dataclass

import brotli
import pytest
from flask import Flask, request

from directory.web.prepared import Prepared, Shelf

BODY = b'{"type":"FeatureCollection"}' * 50


def answer(
    headers: dict[str, str], prepared: Prepared | None = None
) -> tuple[int, dict[str, str], bytes]:
    with Flask("x").test_request_context(headers=headers):
        response = (prepared or Prepared(BODY, "application/geo+json")).response(request)
        return response.status_code, dict(response.headers), response.get_data()


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("br, gzip, deflate", "br", brotli.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.1", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_everybody_gets_the_same_in_the_best_encoding_they_take(
    accepted: str, encoding: str | None, decode: object
) -> None:
    status, headers, body = answer({"Accept-Encoding": accepted})
    assert (status, headers.get("Content-Encoding")) == (200, encoding)
    assert headers["Content-Type"] == "application/geo+json"
    assert headers["Vary"] == "Accept-Encoding"
    assert decode(body) == BODY  # type: ignore[operator]


def test_who_has_it_already_gets_nothing_again() -> None:
    _, headers, _ = answer({})
    for known in (headers["ETag"], f'"x", {headers["ETag"]}', headers["ETag"].removeprefix("W/")):
        status, again, body = answer({"If-None-Match": known, "Accept-Encoding": "br"})
        assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
        assert "Content-Encoding" not in again


def test_another_content_has_another_digest() -> None:
    other = Prepared(BODY + b" ", "application/geo+json")
    _, headers, _ = answer({})
    status, _, _ = answer({"If-None-Match": headers["ETag"]}, other)
    assert status == 200


def test_compressing_happens_once() -> None:
    prepared = Prepared(BODY, "text/plain")
    assert prepared.brotli is prepared.brotli
    assert prepared.gzip is prepared.gzip


@dataclass
class Thing:
    size: int


def test_the_shelf_drops_what_was_wanted_least_recently() -> None:
    shelf: Shelf[Thing] = Shelf(limit_bytes=30)
    for name in "abc":
        shelf.put(name, Thing(10))
    shelf.get("a")
    shelf.put("d", Thing(10))
    assert [name for name in "abcd" if shelf.get(name)] == ["a", "c", "d"]


def test_the_shelf_never_exceeds_its_limit_by_more_than_one() -> None:
    shelf: Shelf[Thing] = Shelf(limit_bytes=100)
    for number in range(1000):
        shelf.put(str(number), Thing(number % 40))
        assert sum(thing.size for one in range(1000) if (thing := shelf.get(str(one)))) <= 100
    shelf.put("large", Thing(500))
    assert (len(shelf), shelf.get("large")) == (1, Thing(500))


def test_a_value_put_again_counts_once() -> None:
    shelf: Shelf[Thing] = Shelf(limit_bytes=20)
    for _ in range(5):
        shelf.put("a", Thing(10))
    shelf.put("b", Thing(10))
    assert len(shelf) == 2
