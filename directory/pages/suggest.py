"""`/api/v1/suggest`: what may be meant while somebody types."""

import orjson
from flask import Blueprint, Response, request, url_for

from directory.db import db
from directory.search.suggest import suggestions
from directory.text import clean

bp = Blueprint("suggest", __name__)

_KINDS = {"municipality": "Kommune", "topic": "Thema", "practice": "Praxisbeispiel"}


@bp.get("/api/v1/suggest")
def index() -> Response:
    """Answer with typed suggestions, places first."""
    found = suggestions(db.session, clean(request.args.get("q", "")))
    items = [
        {
            "kind": one.kind,
            "kind_label": _KINDS[one.kind],
            "label": one.label,
            "url": _address(one.kind, one.key),
            "detail": one.detail,
        }
        for one in found
    ]
    response = Response(orjson.dumps({"items": items}), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _address(kind: str, key: str) -> str:
    match kind:
        case "municipality":
            return url_for("municipalities.by_key", ags=key)
        case "topic":
            return url_for("topics.detail", slug=key)
        case _:
            return url_for("practices.detail", slug=key)
