"""Where all views about accounts register. Their pages are nobody else's: no cache keeps them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.orm import Session

from directory.accounts.guards import current_account
from directory.accounts.models import Account
from directory.config import Settings
from directory.db import db

bp = Blueprint("accounts", __name__)


@bp.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Forbid keeping, and tell no other site the address: it may hold a token."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@dataclass(frozen=True)
class House:
    """What accounts need of the floors above them, handed down by `create_app`.

    `note(session, action=, by=, key=, details=)` writes the audit trail, `place_names(session)`
    gives the names of all municipalities by key.
    """

    note: Callable[..., object]
    place_names: Callable[[Session], Mapping[str, str]]


_HOUSE = "directory accounts"


def remember_house(app: Flask, house: House) -> None:
    """Keep what was handed down."""
    app.extensions[_HOUSE] = house


def place_names() -> Mapping[str, str]:
    """Return the names of all municipalities by key."""
    house: House = current_app.extensions[_HOUSE]
    return house.place_names(db.session)


def note(action: str, account: Account, **details: Any) -> None:
    """Write down who did what to `account`; by its opaque name, so that it can be erased."""
    by = current_account()
    house: House = current_app.extensions[_HOUSE]
    house.note(
        db.session,
        action=action,
        by=by.actor if by else account.actor,
        key=account.actor,
        details=details,
    )


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.config["DIRECTORY"]
    return found


def typed(name: str) -> str:
    """Return what a form says under `name`, as it was typed."""
    return request.form.get(name, "")
