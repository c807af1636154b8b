"""As what somebody gets an answer: GeoJSON or another JSON for programmes, a page for people."""

import enum
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
from flask import Response, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from directory.errors import DirectoryError
from directory.ogc.links import HTML, JSON
from directory.web.errors import show_page
from directory.web.prepared import Prepared

_DUMPING = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS
_NAME = "f"


class Form(enum.StrEnum):
    """The forms; each value is the one of `f` in the address."""

    JSON = "json"
    HTML = "html"


class NoSuchForm(DirectoryError):
    """Somebody takes none of our forms."""

    status = 406
    title = "Nicht in dieser Form"


def settle_errors() -> None:
    """Let people who ask for a page get one if something goes wrong, too."""
    given = request.args.get(_NAME)
    if given == Form.HTML or (given is None and _accepted(_accept(), JSON) is Form.HTML):
        show_page()


def answer(document: Callable[[], Any], page: Callable[[], str], mimetype: str = JSON) -> Response:
    """Answer with the `document` as `mimetype` or with the `page`, whichever is wanted.

    Raises:
        NoSuchForm: neither is.
    """
    given = request.args.get(_NAME)
    form = Form(given) if given else _accepted(_accept(), mimetype)
    if form is None:
        raise NoSuchForm(
            "Diese Adresse gibt es als JSON und als Seite: Ergänzen Sie f=json oder f=html."
        )
    if form is Form.HTML:
        prepared = Prepared(page().encode(), HTML)
    else:
        prepared = Prepared(orjson.dumps(document(), option=_DUMPING), mimetype)
    response = prepared.response(request)
    if given is None:
        response.vary.add("Accept")
    return response


def _accept() -> str:
    return request.headers.get("Accept", "")


@lru_cache(maxsize=1_000)
def _accepted(accept: str, mimetype: str) -> Form | None:
    """Return which form somebody takes best who sends this `Accept`; of equals JSON."""
    if not accept:
        return Form.JSON
    wanted = parse_accept_header(accept, MIMEAccept)
    # Whoever asks for JSON gets the kind of JSON that stands here, whatever its version.
    json = max(wanted.quality(one) for one in (mimetype, mimetype.partition(";")[0], JSON))
    html = wanted.quality(HTML)
    if not json and not html:
        return None
    return Form.JSON if json >= html else Form.HTML
