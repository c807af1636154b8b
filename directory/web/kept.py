"""Answers sent again without asking Flask: as they were made, as long as what they show stays.

A layer of WSGI directly around Flask, behind proxies and static files. It sends again whatever an
answer was made from :class:`~directory.web.prepared.Prepared` for a reader without cookies: the
same status, the same headers, the compression this reader takes, or 304. A request that brings a
cookie or a token, or that is more than GET or HEAD, always goes to Flask.

What has to be made waits in line, so that what is there need not: who reads in one line, who is
signed in or sends something in another. Who watches over the process goes by both.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, g
from werkzeug.http import parse_etags

from directory.web.prepared import (
    KEPT,
    Encoding,
    Prepared,
    Shelf,
    best_encoding,
    decoded,
    takes,
)
from directory.web.turns import Turns

_LIMIT_BYTES = 32_000_000
# How many answers one process makes at the same time for readers, and as many for all others.
# Python does one thing at a time, so more would only take longer each; fewer would let all wait
# behind a long list that somebody downloads.
AT_ONCE = 4
# What tells whether the process answers is asked when it is busy, with a patience of seconds.
_FOR_WATCHERS = {"/healthz", "/readyz"}
# Headers that depend on the form in which a body is sent
_OF_FORM = {"content-encoding", "content-length", "content-type"}
# Headers that tell one reader something; sending again what is kept counts for nobody.
_OF_ONE_READER = {"ratelimit"}
_NOT_MODIFIED = f"{HTTPStatus.NOT_MODIFIED:d} NOT MODIFIED"

_Headers = list[tuple[str, str]]
# Names the state of everything that is shown; None: it cannot be told now, so nothing is kept.
State = Callable[[], str | None]


class KeptAnswers:
    """The layer; it lets everything pass until it is told how to know the `state`."""

    def __init__(self, application: WSGIApplication) -> None:
        """Stand in front of `application`."""
        self.state: State = lambda: None
        self._application = application
        self._shelf: Shelf[_Answer] = Shelf(_LIMIT_BYTES)
        self.readers, self.others = Turns(AT_ONCE), Turns(AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the shelf, or in turn let Flask answer and keep that if it may be kept."""
        if environ["PATH_INFO"] in _FOR_WATCHERS:
            return self._application(environ, start_response)
        if not _is_anybody(environ):
            with self.others:
                return self._application(environ, start_response)
        state = self.state()
        answer = self._find(environ, state)
        if answer is None:
            with self.readers as waited:
                if waited:
                    # Whoever was before this one may have made it, or changed what there is.
                    state = self.state()
                    answer = self._find(environ, state)
                if answer is None:
                    return self._make(environ, start_response, state)
        return answer.send(environ, start_response)

    def _find(self, environ: WSGIEnvironment, state: str | None) -> "_Answer | None":
        if state is None:
            return None
        for name in _names(environ, state):
            answer = self._shelf.get(name)
            if answer is not None:
                break
        # Who does not take this form is refused or not, as the view behind it likes.
        if answer is None or not takes(environ.get("HTTP_ACCEPT", ""), answer.mimetype):
            return None
        if not answer.is_in(answer.encoding_for(environ)):
            answer = answer.also_in(answer.encoding_for(environ))
            self._shelf.put(name, answer)
        return answer

    def _make(
        self, environ: WSGIEnvironment, start_response: StartResponse, state: str | None
    ) -> Iterable[bytes]:
        def start(status: str, headers: _Headers, error: Any = None) -> Any:
            prepared = environ.get(KEPT)
            if state is not None and prepared is not None and _can_be_kept(status, headers):
                name, negotiated = _names(environ, state)
                shelf_mark = negotiated if _is_negotiated(headers) else name
                self._shelf.put(shelf_mark, _Answer.of(prepared, environ, headers))
            return start_response(status, headers, error)

        return self._application(environ, start)


def init_app(app: Flask) -> None:
    """Put the layer around `app`; other layers come around this one."""
    layer = KeptAnswers(app.wsgi_app)
    app.extensions["kept"] = layer
    app.wsgi_app = layer  # type: ignore[method-assign]


def keep_while(app: Flask, state: State) -> None:
    """Keep the answers of `app` as long as `state` returns the same."""
    app.extensions["kept"].state = state


def make_anew_each_time() -> None:
    """Let this one answer not be kept: making it does something, such as counting."""
    g.is_made_anew_each_time = True


def is_made_anew_each_time() -> bool:
    """Tell whether somebody asked for that while making this answer."""
    return "is_made_anew_each_time" in g


@dataclass(frozen=True, eq=False)
class _Answer:
    """One answer in the encodings it was asked for: compressed it takes a sixth of its text."""

    digest: str
    mimetype: str
    is_compressed: bool
    # Headers that are the same in each encoding
    headers: _Headers
    # Encoding → body, and headers with those of this encoding
    forms: Mapping[Encoding, tuple[bytes, _Headers]]

    @classmethod
    def of(cls, prepared: Prepared, environ: WSGIEnvironment, headers: _Headers) -> "_Answer":
        """Keep `prepared` as it was sent to the one who asked, with these headers."""
        bare = [pair for pair in headers if pair[0].lower() not in _OF_FORM | _OF_ONE_READER]
        answer = cls(
            digest=prepared.digest,
            mimetype=prepared.mimetype,
            is_compressed=prepared.encoding_for("br") == "br",
            headers=bare,
            forms={},
        )
        return answer._with(prepared, answer.encoding_for(environ))

    @property
    def size(self) -> int:
        """Bytes it takes up, roughly."""
        return 2_000 + sum(len(body) for body, _ in self.forms.values())

    def encoding_for(self, environ: WSGIEnvironment) -> Encoding:
        """Return in which encoding whoever asks gets it."""
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        return best_encoding(accepted) if self.is_compressed else ""

    def is_in(self, encoding: Encoding) -> bool:
        """Tell whether somebody has asked for it in this encoding."""
        return encoding in self.forms

    def also_in(self, encoding: Encoding) -> "_Answer":
        """Return the same in one more encoding."""
        known, (body, _) = next(iter(self.forms.items()))
        return self._with(Prepared(decoded(body, known), self.mimetype), encoding)

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with it in the encoding that fits, or with 304."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (known == f'W/"{self.digest}"' or _contains(known, self.digest)):
            start_response(_NOT_MODIFIED, list(self.headers))
            return []
        body, headers = self.forms[self.encoding_for(environ)]
        start_response("200 OK", list(headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _with(self, prepared: Prepared, encoding: Encoding) -> "_Answer":
        body = prepared.encoded(encoding)
        headers = [("Content-Type", prepared.content_type), *self.headers]
        headers.append(("Content-Length", str(len(body))))
        if encoding:
            headers.append(("Content-Encoding", encoding))
        return replace(self, forms={**self.forms, encoding: (body, headers)})


def _is_anybody(environ: WSGIEnvironment) -> bool:
    """Whether somebody reads who does not say who they are."""
    return (
        environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and "HTTP_COOKIE" not in environ
        and "HTTP_AUTHORIZATION" not in environ
    )


def _names(environ: WSGIEnvironment, state: str) -> tuple[str, str]:
    """Return all that an answer may depend on; where `Accept` chooses its form, with that."""
    host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
    path = f"{environ.get('SCRIPT_NAME', '')}{environ['PATH_INFO']}"
    query = environ.get("QUERY_STRING", "")
    name = f"{state} {environ['wsgi.url_scheme']} {host} {path}?{query}"
    return name, f"{name} {environ.get('HTTP_ACCEPT', '')}"


def _can_be_kept(status: str, headers: _Headers) -> bool:
    # Who has it already makes it known to the others as well: both answers say the same.
    return status.startswith(("200", "304")) and not any(
        name.lower() == "set-cookie" or (name, value) == ("Cache-Control", "no-store")
        for name, value in headers
    )


def _is_negotiated(headers: _Headers) -> bool:
    """Tell whether the answer says that another `Accept` may get another one."""
    given = ",".join(value for name, value in headers if name.lower() == "vary")
    return "accept" in {part.strip().lower() for part in given.split(",")}


@lru_cache(maxsize=1_000)
def _contains(known: str, digest: str) -> bool:
    return parse_etags(known).contains_weak(digest)
