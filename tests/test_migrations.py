"""The schema: what the models say is what the migrations build, on both databases."""

import re
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from directory import migrations
from directory.db import create_database_engine
from directory.migrations.metadata import include_object, metadata


def test_models_equal_migrations(database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_database_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": include_object, "compare_type": True, "render_as_batch": True},
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_revision_is_read_without_alembic(database_url: str) -> None:
    engine = create_database_engine(database_url)
    assert migrations.current_revision(engine) == migrations.head_revision()
    engine.dispose()


@pytest.mark.parametrize(
    "file", sorted(migrations.VERSIONS.glob("2*.py")), ids=lambda file: file.stem
)
def test_each_migration_is_named_by_date_and_revision(file: Path) -> None:
    assert re.fullmatch(r"\d{4}_\d\d_\d\d_[a-z_]+", file.stem)
    assert f'revision = "{file.stem[11:]}"' in file.read_text()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    engine = create_database_engine(database_url)
    before = sorted(inspect(engine).get_table_names())
    migrations.upgrade(engine)
    assert sorted(inspect(engine).get_table_names()) == before
    engine.dispose()


def test_the_schema_can_be_taken_away_and_built_again(database_url: str) -> None:
    engine = create_database_engine(database_url)
    migrations.downgrade(engine, "base")
    left = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
    assert left == []
    migrations.upgrade(engine)
    assert migrations.current_revision(engine) == migrations.head_revision()
    engine.dispose()


def test_sqlite_keeps_what_it_acknowledged(sqlite_databases) -> None:  # type: ignore[no-untyped-def]
    with sqlite_databases.empty() as url:
        engine = create_database_engine(url)
        with engine.connect() as connection:
            asked = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            }
        engine.dispose()
    assert asked == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
