"""What visitors see: every public page, one module for each subject.

Profiles link everything with everything, so pages stand above all subjects and know them; the
subjects do not know the pages.
"""

from flask import Flask

from directory.pages import (
    cache,
    events,
    health,
    municipalities,
    practices,
    required,
    resources,
    search,
    topics,
)
from directory.pages import map as map_pages


def init_app(app: Flask) -> None:
    """Register all public pages."""
    app.url_map.converters["ags"] = municipalities.AgsConverter
    for module in (
        required,  # the blueprint of `home` with all that every public body owes
        municipalities,
        practices,
        map_pages,
        topics,
        events,
        resources,
        search,
        health,
    ):
        app.register_blueprint(module.bp)
    cache.init_app(app)
