"""What geographic programmes ask: OGC API Features below `/ogc`, as GeoJSON and as pages."""

from flask import Flask

from directory.accounts.guards import declare
from directory.accounts.open_doors import open_to_all
from directory.accounts.rights import Right
from directory.ogc import views


def init_app(app: Flask) -> None:
    """Register everything below `/ogc`, openly for programmes on other sites."""
    open_to_all(app, "/ogc")
    app.register_blueprint(declare(views.bp, Right.PUBLIC))
