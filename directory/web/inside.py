"""Asking the site what it would tell anybody, without a network: for commands."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import orjson
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from directory.errors import Unavailable

_OK = 200


def quiet(app: Flask) -> Flask:
    """Let `app` count nothing and send no letters: only its own commands ask it."""
    app.config.update(COUNT_QUESTIONS=False, COUNT_FAILED_QUERIES=False, DELIVER_MAIL=False)
    # It is asked under its public address, and by nobody else.
    app.config["TRUSTED_HOSTS"] = None
    return app


def ask(app: Flask, address: str) -> Iterator[bytes]:
    """Yield what an anonymous reader gets from `address` (`/kommunen.csv?kreis=05962`).

    Raises:
        Unavailable: the answer is an error.
    """
    parts = urlsplit(address)
    base_url = app.config["DIRECTORY"].base_url
    builder = EnvironBuilder(parts.path, query_string=parts.query, base_url=f"{base_url}/")
    pieces, status, _ = run_wsgi_app(app, builder.get_environ(), buffered=False)
    try:
        if int(status.split()[0]) != _OK:
            raise Unavailable(_sentence(b"".join(pieces)) or f"{address} antwortet mit {status}.")
        yield from pieces
    finally:
        if (close := getattr(pieces, "close", None)) is not None:
            close()
        builder.close()


def _sentence(problem: bytes) -> str:
    """Return what a problem (RFC 9457) says to people; empty if it is none."""
    try:
        return str(orjson.loads(problem)["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def ask_all(app: Flask, address: str) -> bytes:
    """Return the same in one piece."""
    return b"".join(ask(app, address))
