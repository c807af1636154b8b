"""What programmes ask: JSON below `/api/v1`, described in OpenAPI and on a page for people."""

from flask import Flask

from directory.accounts.guards import declare
from directory.accounts.rights import Right
from directory.api import described, views


def init_app(app: Flask) -> None:
    """Register everything below `/api`."""
    views.init_app(app)
    for blueprint in (views.bp, described.pages):
        app.register_blueprint(declare(blueprint, Right.PUBLIC))
