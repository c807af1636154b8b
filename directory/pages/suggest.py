"""`/api/v1/suggest`: what may be meant while somebody types."""

import orjson
from flask import Blueprint, Response, request, url_for

from directory.db import db
from directory.search.suggest import suggestions
from directory.text import clean
from directory.web.prepared import Prepared

bp = Blueprint("suggest", __name__)

_KINDS = {"municipality": "Kommune", "topic": "Thema", "practice": "Praxisbeispiel"}
_ANY_AGS = "05"


@bp.get("/api/v1/suggest")
def index() -> Response:
    """Answer with typed suggestions, places first."""
    found = suggestions(db.session, clean(request.args.get("q", "")))
    # Keys need no quoting, so one address per kind gives the beginning of them all.
    beginnings = {kind: _beginning(kind) for kind in {one.kind for one in found}}
    items = [
        {
            "kind": one.kind,
            "kind_label": _KINDS[one.kind],
            "label": one.label,
            "url": beginnings[one.kind] + one.key,
            "detail": one.detail,
        }
        for one in found
    ]
    answer = Prepared(orjson.dumps({"items": items}), "application/json")
    return answer.response(request, cache_control="public, max-age=300")


def _beginning(kind: str) -> str:
    """Return the address of an entry of this kind, without its key."""
    match kind:
        case "municipality":
            return url_for("municipalities.by_key", ags=_ANY_AGS).removesuffix(_ANY_AGS)
        case "topic":
            return url_for("topics.detail", slug="-").removesuffix("-")
        case _:
            return url_for("practices.detail", slug="-").removesuffix("-")
