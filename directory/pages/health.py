"""`/healthz` and `/readyz`, for whoever watches over the installation."""

import orjson
from flask import Blueprint, Response

from directory.db import db
from directory.migrations import current_revision, head_revision
from directory.publication.catalogue import current_version
from directory.search import index

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """Say that the process answers."""
    return _answer({"status": "ok"})


@bp.get("/readyz")
def ready() -> Response:
    """Say whether database, schema and index are ready; 503 names what is not."""
    checks = {
        "schema": current_revision(db.engine) == head_revision(),
        "catalogue": current_version(db.session) > 0,
        "index": index.is_current(db.session),
    }
    ok = all(checks.values())
    response = _answer({"status": "ok" if ok else "not ready", "checks": checks})
    if not ok:
        response.status_code = 503
        response.headers["Retry-After"] = "10"
    return response


def _answer(body: dict[str, object]) -> Response:
    response = Response(orjson.dumps(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
