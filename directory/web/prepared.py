"""Answers made once and sent many times: their bytes, a digest, and both compressions."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import Generic, Literal, Protocol, TypeVar

import brotli  # type: ignore[import-untyped]
from flask import Request, Response
from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import parse_accept_header
from werkzeug.utils import get_content_type

REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"
# Under this name a request carries what it was answered with, for `web/kept`.
KEPT = "directory.kept"

# More effort makes 1 % less of a page, but takes up to nine times as long.
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
# What fits into one packet of the network is not sent sooner for being shorter.
_SHORT_BYTES = 1_000

Encoding = Literal["br", "gzip", ""]

# What is compressed within itself; to compress it again costs time and gains nothing.
_PACKED = {"application/pdf", "image/png"}


@dataclass(frozen=True, eq=False)
class Prepared:
    """One answer, compressed when first asked for; with more effort if it `stays` for good."""

    body: bytes
    mimetype: str
    stays: bool = False

    @cached_property
    def digest(self) -> str:
        """Twelve characters that stand for the content."""
        return hashlib.sha256(self.body).hexdigest()[:12]

    @cached_property
    def brotli(self) -> bytes:
        """The body in brotli."""
        quality = 10 if self.stays else _BROTLI_QUALITY
        # A window larger than the text only costs: of 2 kB 0.8 ms instead of 0.04.
        window = min(max(len(self.body).bit_length(), 10), 22)
        compressed: bytes = brotli.compress(
            self.body, mode=brotli.MODE_TEXT, quality=quality, lgwin=window
        )
        return compressed

    @cached_property
    def gzip(self) -> bytes:
        """The body in gzip."""
        return gzip.compress(self.body, 9 if self.stays else _GZIP_LEVEL, mtime=0)

    @property
    def etag(self) -> str:
        """Weak: the same whichever way it was compressed."""
        return f'W/"{self.digest}"'

    @property
    def content_type(self) -> str:
        """The type with the encoding of its characters, where it is a text."""
        return get_content_type(self.mimetype, "utf-8")

    def encoding_for(self, accepted: str) -> Encoding:
        """Return in which encoding somebody gets it who sends this `Accept-Encoding`."""
        if self.mimetype in _PACKED or len(self.body) < _SHORT_BYTES:
            return ""
        return best_encoding(accepted)

    def encoded(self, encoding: Encoding) -> bytes:
        """The body in this encoding, plain for none."""
        match encoding:
            case "br":
                return self.brotli
            case "gzip":
                return self.gzip
            case _:
                return self.body

    def response(self, request: Request, *, cache_control: str = REVALIDATE) -> Response:
        """Answer `request`: 304 if it has this already, else in the best encoding it takes."""
        request.environ[KEPT] = self
        headers = {
            "Cache-Control": cache_control,
            "ETag": self.etag,
            "Vary": "Accept-Encoding",
        }
        if request.if_none_match.contains_weak(self.digest):
            return Response(status=304, headers=headers, mimetype=self.mimetype)
        encoding = self.encoding_for(request.headers.get("Accept-Encoding", ""))
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(self.encoded(encoding), headers=headers, mimetype=self.mimetype)


@lru_cache(maxsize=1_000)
def best_encoding(accepted: str) -> Encoding:
    """Return which of ours somebody takes best who sends this `Accept-Encoding`."""
    accept: Accept = parse_accept_header(accepted, Accept)
    best = accept.best_match(("br", "gzip"))
    return "br" if best == "br" else "gzip" if best == "gzip" else ""


def decoded(body: bytes, encoding: Encoding) -> bytes:
    """Return what was encoded like that."""
    match encoding:
        case "br":
            text: bytes = brotli.decompress(body)
            return text
        case "gzip":
            return gzip.decompress(body)
        case _:
            return body


@lru_cache(maxsize=1_000)
def takes(accepted: str, mimetype: str) -> bool:
    """Tell whether somebody who sends this `Accept` takes an answer of this type."""
    return not accepted or parse_accept_header(accepted, MIMEAccept).quality(mimetype) > 0


class Sized(Protocol):
    """Something whose share of a shelf can be told."""

    @property
    def size(self) -> int:
        """Bytes it takes up, roughly."""


T = TypeVar("T", bound=Sized)


class Shelf(Generic[T]):
    """The most recently used values by name, of a limited size altogether."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._size = 0
        self._values: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, name: str) -> T | None:
        """Return the value and remember that it was wanted."""
        with self._lock:
            if name in self._values:
                self._values.move_to_end(name)
            return self._values.get(name)

    def put(self, name: str, value: T) -> None:
        """Keep the value; what was not wanted for longest makes room, at least one stays."""
        with self._lock:
            if name in self._values:
                self._size -= self._values.pop(name).size
            self._values[name] = value
            self._size += value.size
            while self._size > self._limit and len(self._values) > 1:
                _, dropped = self._values.popitem(last=False)
                self._size -= dropped.size
