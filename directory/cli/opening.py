"""Opening the database for a command; what goes wrong becomes one sentence and exit code 1."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from directory import migrations
from directory.config import Settings
from directory.db import create_database_engine
from directory.errors import ConfigurationError, DirectoryError, Unavailable


def read_settings() -> Settings:
    """Read the settings from the environment."""
    try:
        return Settings.from_environment(os.environ)
    except ConfigurationError as error:
        raise click.ClickException(error.sentence) from error


@contextmanager
def open_database(settings: Settings, *, may_create: bool = False) -> Iterator[Engine]:
    """Open the database for one command; what goes wrong becomes one sentence and exit code 1."""
    engine = create_database_engine(settings.database_url)
    try:
        if may_create and engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        yield engine
    except DirectoryError as error:
        raise click.ClickException(error.sentence) from error
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"Die Datenbank antwortet nicht: {reason}") from error
    finally:
        engine.dispose()


@contextmanager
def ready_database() -> Iterator[tuple[Settings, Engine]]:
    """Open a database that has this programme's schema."""
    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        yield settings, engine


def require_schema(engine: Engine) -> None:
    """Refuse a database whose schema is not this programme's."""
    current, head = migrations.current_revision(engine), migrations.head_revision()
    if current is None:
        raise Unavailable("Die Datenbank ist noch leer; bitte zuerst `directory init` ausführen.")
    if current != head:
        raise Unavailable(
            f"Die Datenbank hat das Schema „{current}“, das Programm erwartet „{head}“; "
            "bitte `directory db upgrade` ausführen oder das passende Programm starten."
        )
