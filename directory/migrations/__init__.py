"""The schema through time. Alembic stays behind these functions and is imported only here."""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

VERSIONS = Path(__file__).parent / "versions"
_REVISION = re.compile(r'^revision = "(\w+)"', re.MULTILINE)
_FOLLOWS = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)

# Any number does; it only has to be the same for all who migrate this database.
_ADVISORY_LOCK = 5_314_000


@cache
def head_revision() -> str:
    """Return the newest revision, read from the files without loading Alembic (0.2 s).

    It is the only one that no other revision follows.
    """
    (head,) = known_revisions() - _found_in_files(_FOLLOWS)
    return head


@cache
def known_revisions() -> frozenset[str]:
    """Return all revisions that this programme can bring a database to and from."""
    return _found_in_files(_REVISION)


def _found_in_files(pattern: re.Pattern[str]) -> frozenset[str]:
    texts = (file.read_text(encoding="utf-8") for file in VERSIONS.glob("2*.py"))
    return frozenset(match[1] for text in texts if (match := pattern.search(text)))


def current_revision(engine: Engine) -> str | None:
    """Return the revision the database is at; None: no schema yet."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        revision: str | None = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar()
    return revision


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to `revision`; of several processes at once, one works and the rest wait."""
    from alembic import command

    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _ADVISORY_LOCK})
            connection.commit()
        try:
            with connection.execution_options(directory_writes=True).begin():
                command.upgrade(_config(connection), revision)
        finally:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _ADVISORY_LOCK})
                connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to `revision`."""
    from alembic import command

    with engine.connect() as connection, connection.begin():
        command.downgrade(_config(connection), revision)


def rebuild(connection: Connection, revision: str) -> None:
    """Take all tables away and make those of `revision`, empty, in the caller's transaction."""
    from alembic import command

    if inspect(connection).has_table("alembic_version"):
        command.downgrade(_config(connection), "base")
    command.upgrade(_config(connection), revision)


def upgrade_within(connection: Connection) -> None:
    """Bring the schema to the newest revision in the caller's transaction."""
    from alembic import command

    command.upgrade(_config(connection), "head")


def wait_for_turn(connection: Connection) -> None:
    """Let nobody else migrate until the caller's transaction ends."""
    # On SQLite only one can have begun to write.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK})


def _config(connection: object) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "directory:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
