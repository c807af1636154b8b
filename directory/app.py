"""The application's table of contents."""

import os

from flask import Flask
from jinja2 import StrictUndefined

from directory import accounts, api, db, feeds, lookups, ogc, pages
from directory.accounts.blueprint import House
from directory.config import Settings
from directory.contacts.vouching import note_undeliverable
from directory.editorial import views as editorial
from directory.mail import postman
from directory.municipalities.queries import names
from directory.publication import history
from directory.resources import resource_dir
from directory.web import (
    addresses,
    assets,
    compression,
    errors,
    filters,
    kept,
    markup,
    moulds,
    proxies,
    security,
)
from directory.web.light import LightFlask


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together; without `settings` they are read from the environment."""
    settings = settings or Settings.from_environment(os.environ)
    app = _bare_app(settings)

    # Web kit
    security.init_app(app, base_url=settings.base_url)
    errors.init_app(app)
    filters.init_app(app)
    addresses.init_app(app)
    moulds.init_app(app)
    kept.init_app(app)
    markup.init_app(app)
    assets.init_app(app)
    compression.init_app(app)
    proxies.init_app(app, count=settings.proxies)

    # Data
    db.init_app(app)
    lookups.init_app(app)

    # Who is asking
    accounts.init_app(app, House(note=history.note, place_names=names))

    # Mail
    postman.init_app(app, on_undeliverable=note_undeliverable)

    # Subjects
    pages.init_app(app, may_also_see_file=editorial.files.may_see_file)
    feeds.init_app(app)
    editorial.init_app(app)
    api.init_app(app)
    ogc.init_app(app)
    return app


def _bare_app(settings: Settings) -> Flask:
    app = LightFlask(
        "directory", template_folder=str(resource_dir("templates")), static_folder=None
    )
    app.config.update(
        DIRECTORY=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        SESSION_COOKIE_NAME="sitzung",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        # The token of a form lives as long as its session: nobody loses a long text to a clock.
        WTF_CSRF_TIME_LIMIT=None,
        SQLALCHEMY_ENGINES={"default": db.engine_options(settings.database_url)},
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        COMPRESS_MIMETYPES=["text/html", "application/json", "application/problem+json"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_MIN_SIZE=1_000,
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=200_000,
        MAX_FORM_PARTS=100,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    return app
