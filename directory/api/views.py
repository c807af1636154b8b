"""`/api/v1`: every operation of the table, reads answered in one way and writes in another."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import NotAcceptable
from werkzeug.routing import BaseConverter

from directory.accounts.bearers import get_bearer
from directory.accounts.guards import takes_tokens
from directory.accounts.models import Account
from directory.accounts.open_doors import count_question, open_to_all
from directory.api.bodies import Sent, TagNeeded, UnknownForm, read_body
from directory.api.drafts import address
from directory.api.operations import ALL, Operation
from directory.api.parameters import read
from directory.api.tags import JSON, tagged
from directory.api.writing import Written
from directory.db import begin_write, db
from directory.search.lists.reference import Reference, get_reference
from directory.web.prepared import takes

PREFIX = "/api/v1"

bp = Blueprint("api", __name__, url_prefix=PREFIX)


class EntryIdConverter(BaseConverter):
    """The number of an entry, as far as it fits into a column for numbers."""

    regex = r"[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


def init_app(app: Flask) -> None:
    """Answer below `/api/v1`, openly for programmes on other sites, but not without end."""
    app.url_map.converters["entry_id"] = EntryIdConverter
    open_to_all(app, PREFIX)


def answering(operation: Operation) -> Callable[..., Response]:
    """Return the view of one operation."""
    if operation.scope is None:
        return _reading(operation)
    private = _writing if operation.body else _private_reading
    return takes_tokens(operation.scope)(private(operation))


def _reading(operation: Operation) -> Callable[..., Response]:
    def view(**values: Any) -> Response:
        admit(counts=operation.counts)
        asked = read(request.path, request.args, operation.in_query, reference)
        answer = tagged(operation.do(asked, **values))
        return answer.response(request, cache_control=operation.cache_control)

    return view


def _private_reading(operation: Operation) -> Callable[..., Response]:
    def view(**values: Any) -> Response:
        account = admit_bearer(operation)
        asked = read(request.path, request.args, operation.in_query, reference)
        return tagged(operation.do(asked, by=account, **values)).response(request)

    return view


def _writing(operation: Operation) -> Callable[..., Response]:
    def view(**values: Any) -> Response:
        account = admit_bearer(operation)
        read(request.path, request.args, operation.in_query, reference)
        sent = _sent(operation)
        begin_write(db.session)
        written: Written = operation.do(sent, by=account, **values)
        db.session.commit()
        return _answered(written)

    return view


def _sent(operation: Operation) -> Sent:
    """Return what this request sends; raise what is wrong with its form."""
    assert operation.body is not None  # noqa: S101 - only writes ask
    if request.mimetype not in operation.types_taken:
        raise UnknownForm(operation.types_taken, f"Accept-{operation.method.title()}")
    values = read_body(operation.body, request.get_data())
    if operation.needs_tag and ("If-Match" not in request.headers or request.if_match.star_tag):
        raise TagNeeded
    return Sent(values, request.if_match)


def _answered(written: Written) -> Response:
    answer = tagged(written.draft)
    headers = {"ETag": answer.etag, "Content-Location": address(written.draft.id)}
    if written.is_new:
        headers["Location"] = address(written.draft.id)
    status = 201 if written.is_new else 200
    return Response(answer.body, status, headers, mimetype=JSON)


def reference() -> Reference:
    """Return what questions are checked and labelled with."""
    return get_reference(db.session)


def admit_bearer(operation: Operation) -> Account:
    """Return in whose name a programme asks that takes JSON and shows a token for this.

    Raises:
        NotAcceptable: it wants something else.
        TokenNeeded, ScopeMissing, TooManyQuestions: see :mod:`directory.accounts.bearers`.
    """
    assert operation.scope is not None  # noqa: S101 - others have no bearers
    admit(counts=False)
    return get_bearer(operation.scope)


def admit(*, counts: bool = True) -> None:
    """Let a reader in who takes JSON and, if it `counts`, has not asked too much in this minute.

    Raises:
        NotAcceptable: they want something else.
        TooManyQuestions: they have.
    """
    if not takes(request.headers.get("Accept", ""), JSON):
        raise NotAcceptable
    if counts:
        count_question()


for _operation in ALL:
    bp.add_url_rule(
        _operation.rule, _operation.name, answering(_operation), methods=[_operation.method]
    )
