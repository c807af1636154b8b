"""What visitors see: every public page, one module for each subject.

Profiles link everything with everything, so pages stand above all subjects and know them; the
subjects do not know the pages.
"""

from flask import Flask

from directory.accounts.guards import declare
from directory.accounts.rights import Right
from directory.pages import (
    bookmarks,
    cache,
    comparison,
    events,
    failed_queries,
    health,
    municipalities,
    own,
    peers,
    practices,
    required,
    resources,
    search,
    shortlist,
    suggest,
    topics,
)
from directory.pages import map as map_pages


def init_app(app: Flask) -> None:
    """Register all public pages."""
    bookmarks.init_app(app)
    app.url_map.converters["ags"] = municipalities.AgsConverter
    for module in (
        required,  # the blueprint of `home` with all that every public body owes
        peers,  # the blueprint of `municipalities` with who is like them
        comparison,
        practices,
        map_pages,
        topics,
        events,
        resources,
        search,
        shortlist,
        own,
        suggest,
        health,
    ):
        app.register_blueprint(declare(module.bp, Right.PUBLIC))
    failed_queries.init_app(app)
    cache.init_app(app)
