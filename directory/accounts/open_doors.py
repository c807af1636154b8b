"""Doors for anybody's programmes: they may read and fetch, but not without end."""

from flask import Flask, Response, current_app, g, request

from directory.accounts.allowances import Allowance, Left, TooManyQuestions
from directory.accounts.door import visitor_subject
from directory.db import db

# Behind all these doors together
PER_MINUTE = 300
# Files made for whoever asks, of all kinds together: the dearest keeps a processor busy for seconds
FILES_PER_MINUTE = 60

_READING = {"GET", "HEAD", "OPTIONS"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_EXPOSED = "Content-Crs, ETag, RateLimit, RateLimit-Policy, Retry-After"


def init_app(app: Flask) -> None:
    """Count what visitors ask and fetch."""
    app.extensions["allowance"] = Allowance(PER_MINUTE)
    app.extensions["file allowance"] = Allowance(FILES_PER_MINUTE, of="Dateien")


def open_to_all(app: Flask, prefix: str) -> None:
    """Let scripts of other sites read below `prefix`, and tell how many questions are left."""

    @app.after_request
    def open_for_reading(response: Response) -> Response:
        path = request.path
        return _opened(response) if path == prefix or path.startswith(f"{prefix}/") else response


def count_question() -> None:
    """Count one question of this visitor.

    Raises:
        TooManyQuestions: they have asked too much in this minute.
    """
    if not current_app.config.get("COUNT_QUESTIONS", True):
        return
    allowance: Allowance = current_app.extensions["allowance"]
    try:
        g.questions_left = allowance.take(db.engine, visitor_subject())
    except TooManyQuestions as error:
        g.questions_left = error.left
        raise


def count_file() -> None:
    """Count one file that is made for this visitor: a table, a fact sheet, a picture for links.

    What is sent again from memory is not made, so it is not counted.

    Raises:
        TooManyQuestions: they have had too many in this minute.
    """
    if current_app.config.get("COUNT_QUESTIONS", True):
        allowance: Allowance = current_app.extensions["file allowance"]
        allowance.take(db.engine, visitor_subject("files"))


def _opened(response: Response) -> Response:
    if request.method in _READING:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response.headers.update(_PREFLIGHT)
    left: Left | None = g.get("questions_left")
    if left is not None:
        seconds = current_app.extensions["allowance"].seconds
        response.headers["RateLimit-Policy"] = f'"default";q={left.most};w={seconds}'
        response.headers["RateLimit"] = f'"default";r={left.questions};t={left.seconds}'
    return response
