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
    embeds,
    events,
    failed_queries,
    files,
    health,
    hints,
    municipalities,
    own,
    peers,
    practices,
    prints,
    required,
    resources,
    search,
    share_cards,
    shortlist,
    subscriptions,
    topics,
)
from directory.pages import map as map_pages
from directory.pages.components import jsonld


def init_app(app: Flask, *, may_also_see_file: files.MaySee = files.nobody_else) -> None:
    """Register all public pages; `may_also_see_file` shows drafts' files to those who may."""
    bookmarks.init_app(app)
    jsonld.init_app(app)
    share_cards.init_app(app)
    files.init_app(app, may_also_see=may_also_see_file)
    app.url_map.converters["ags"] = municipalities.AgsConverter
    for module in (
        required,  # the blueprint of `home` with all that every public body owes
        peers,  # the blueprint of `municipalities` with who is like them
        comparison,
        practices,
        prints,
        embeds,
        share_cards,
        map_pages,
        topics,
        events,
        resources,
        files,
        search,
        shortlist,
        own,
        hints,
        subscriptions,
        health,
    ):
        app.register_blueprint(declare(module.bp, Right.PUBLIC))
    failed_queries.init_app(app)
    cache.init_app(app)
