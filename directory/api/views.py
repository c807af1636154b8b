"""`/api/v1`: every read of the table, answered in one way."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import NotAcceptable
from werkzeug.routing import BaseConverter

from directory.accounts.allowances import Allowance, Left, TooManyQuestions
from directory.accounts.door import visitor_subject
from directory.api.operations import OPERATIONS, Operation
from directory.api.parameters import read
from directory.db import db
from directory.search.reference import Reference, get_reference
from directory.web.prepared import Prepared, takes

PREFIX = "/api/v1"
JSON = "application/json"
PER_MINUTE = 300

bp = Blueprint("api", __name__, url_prefix=PREFIX)

_DUMPING = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
_READING = {"GET", "HEAD", "OPTIONS"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_EXPOSED = "ETag, RateLimit, RateLimit-Policy, Retry-After"


class EntryIdConverter(BaseConverter):
    """The number of an entry, as far as it fits into a column for numbers."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


def init_app(app: Flask) -> None:
    """Answer below `/api/v1`, openly for programmes on other sites, but not without end."""
    app.extensions["allowance"] = Allowance(PER_MINUTE)
    app.url_map.converters["entry_id"] = EntryIdConverter
    app.after_request(_open_for_reading)


def dumped(answer: Any) -> bytes:
    """Return an answer as JSON."""
    return orjson.dumps(answer, option=_DUMPING)


def answering(operation: Operation) -> Callable[..., Response]:
    """Return the view of one read."""

    def view(**values: Any) -> Response:
        admit(counts=operation.counts)
        asked = read(request.path, request.args, operation.in_query, reference)
        answer = Prepared(dumped(operation.read(asked, **values)), JSON)
        return answer.response(request, cache_control=operation.cache_control)

    return view


def reference() -> Reference:
    """Return what questions are checked and labelled with."""
    return get_reference(db.session)


def admit(*, counts: bool = True) -> None:
    """Let a reader in who takes JSON and, if it `counts`, has not asked too much in this minute.

    Raises:
        NotAcceptable: they want something else.
        TooManyQuestions: they have.
    """
    if not takes(request.headers.get("Accept", ""), JSON):
        raise NotAcceptable
    if not (counts and current_app.config.get("COUNT_QUESTIONS", True)):
        return
    allowance: Allowance = current_app.extensions["allowance"]
    try:
        g.questions_left = allowance.take(db.engine, visitor_subject())
    except TooManyQuestions as error:
        g.questions_left = error.left
        raise


def _open_for_reading(response: Response) -> Response:
    """Let scripts of other sites read, and tell how many questions are left."""
    if not request.path.startswith(f"{PREFIX}/"):
        return response
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


for _operation in OPERATIONS:
    bp.add_url_rule(_operation.rule, _operation.name, answering(_operation), methods=["GET"])
