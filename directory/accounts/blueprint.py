"""Where all views about accounts register. Their pages are nobody else's: no cache keeps them."""

from flask import Blueprint, Response, current_app, request

from directory.config import Settings

bp = Blueprint("accounts", __name__)


@bp.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Forbid keeping, and tell no other site the address: it may hold a token."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.config["DIRECTORY"]
    return found


def typed(name: str) -> str:
    """Return what a form says under `name`, as it was typed."""
    return request.form.get(name, "")
