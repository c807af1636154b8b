"""The site itself, for commands that give out what it would tell anybody."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from directory.app import create_app
from directory.config import Settings
from directory.db import db
from directory.web.inside import quiet


@contextmanager
def open_site(settings: Settings) -> Iterator[Flask]:
    """Put the application together for one command, and close its connections in the end."""
    app = quiet(create_app(settings))
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()
