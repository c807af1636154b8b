"""Everything is in a backup, and everything comes back: on the same database or another one."""

import datetime as dt
import threading
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from directory.accounts.models import SignedInSession
from directory.backup.contents import LEFT_OUT, forms
from directory.db import begin_write, create_database_engine, utc_now
from directory.files.models import StoredFile
from directory.files.operations import keep_upload
from directory.files.storage import FolderStorage
from directory.migrations import downgrade, head_revision
from directory.migrations.metadata import metadata
from directory.parcels.tables import rows_of
from directory.practices.models import Practice, PracticeAttachment
from directory.publication.models import CatalogueState, EntryKind, Status, WorkingCopy
from tests.commands import done, refused
from tests.conftest import running
from tests.databases import Databases
from tests.factories import build_account, build_practice
from tests.uploads import photo


def all_rows(url: str) -> dict[str, list[Any]]:
    engine = create_database_engine(url)
    with engine.connect() as connection:
        found = {one.name: list(rows_of(connection, one)) for one in forms()}
    engine.dispose()
    # The versions are raised on purpose: nobody may take the old catalogue for the new one.
    for row in found["catalogue_state"]:
        del row["version"], row["ground"]
    return found


def fill(url: str, instance: Path) -> None:
    """Add what the seed has not: an account that is signed in, a draft, a copy, an upload."""
    engine = create_database_engine(url)
    with Session(engine) as session:
        begin_write(session)
        account = build_account(session, name="Büro „Ehrenamt“ 😀")
        session.add(SignedInSession(account=account, key_hash="a" * 64, device="Firefox"))
        practice = build_practice(session, status=Status.DRAFT, started_year=1987)
        session.add(
            WorkingCopy(
                kind=EntryKind.PRACTICE,
                key=practice.slug,
                fields={"title": "Änderung"},
                author=account.actor,
            )
        )
        storage = FolderStorage(instance / "files")
        stored = keep_upload(session, storage, data=photo(300), filename="a", by="anna")
        practice.attachments.append(
            PracticeAttachment(position=1, sha256=stored.sha256, kind=stored.kind)
        )
        session.commit()
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def other(request: pytest.FixtureRequest) -> Databases:
    """Databases to restore to, again on both."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    return found


def test_everything_comes_back_on_every_database(
    databases: Databases, other: Databases, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    with databases.seeded() as source, other.empty() as target:
        fill(source, here)
        done(f"backup {tmp_path}/b.zip", source, here)
        assert "Alle melden sich neu an" in done(f"restore {tmp_path}/b.zip", target, there)
        expected = all_rows(source)
        assert all_rows(target) == expected
        assert len(expected["practice"]) == 154
        assert sorted(FolderStorage(there / "files").names()) == sorted(
            FolderStorage(here / "files").names()
        )
        assert_goes_on(target)
        done("check", target, there)
        with running(target, there) as app:
            assert app.test_client().get("/readyz").status_code == 200
            answer = app.test_client().get("/api/v1/practices?q=heimatpreis")
            assert answer.get_json()["total"] > 0


def assert_goes_on(url: str) -> None:
    """New entries get new numbers, and nobody is signed in."""
    engine = create_database_engine(url)
    with Session(engine) as session:
        begin_write(session)
        highest = max(session.scalars(select(Practice.id)))
        assert build_practice(session).id == highest + 1
        assert session.scalars(select(SignedInSession)).all() == []
        session.rollback()
    engine.dispose()


def test_each_table_is_saved_or_left_out_on_purpose() -> None:
    assert {one.name for one in forms()} | LEFT_OUT == set(metadata.tables)


def test_what_is_there_is_replaced_only_by_force(databases: Databases, tmp_path: Path) -> None:
    with databases.seeded() as source, databases.seeded() as target:
        done(f"backup {tmp_path}/b", source, tmp_path)
        fill(target, tmp_path)
        before = all_rows(target)
        assert "--force" in refused(f"restore {tmp_path}/b", target, tmp_path)
        assert all_rows(target) == before
        done(f"restore --force {tmp_path}/b", target, tmp_path)
        assert all_rows(target) == all_rows(source)


def test_a_database_without_a_schema_gets_one(sqlite_databases, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with sqlite_databases.seeded() as source:
        done(f"backup {tmp_path}/b.zip", source, tmp_path)
        new = f"sqlite:///{tmp_path}/new/directory.sqlite3"
        done(f"restore {tmp_path}/b.zip", new, tmp_path)
        assert all_rows(new) == all_rows(source)


@pytest.mark.slow
def test_a_backup_of_an_older_programme_is_brought_up_to_date(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.seeded() as source, databases.empty() as target:
        done(f"backup {tmp_path}/b", source, tmp_path)
        # As an older programme would have written it: without what came later.
        older = "keep_handovers"
        engine = create_database_engine(source)
        downgrade(engine, older)
        with engine.connect() as connection:
            tables = set(engine.dialect.get_table_names(connection))
            columns = {
                name: {one["name"] for one in engine.dialect.get_columns(connection, name)}
                for name in tables
            }
        engine.dispose()
        rewrite(tmp_path / "b", older, columns)
        done(f"restore {tmp_path}/b", target, tmp_path)
        engine = create_database_engine(target)
        with engine.connect() as connection:
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
            practices = connection.scalar(text("SELECT count(*) FROM practice"))
        engine.dispose()
        assert (version, practices) == (head_revision(), 153)


def rewrite(folder: Path, revision: str, columns: dict[str, set[str]]) -> None:
    """Turn a backup into one of an older schema, and make its manifest anew."""
    from directory.parcels.writing import new_parcel

    said = orjson.loads((folder / "sicherung.json").read_bytes())
    kept = [table for table in said["tables"] if table["name"] in columns]
    for table in kept:
        names = table["columns"].keys() & columns[table["name"]]
        table["columns"] = {name: table["columns"][name] for name in sorted(names)}
    said |= {"revision": revision, "tables": kept}
    with new_parcel(folder.with_name("older"), moment=utc_now()) as parcel:
        parcel.add("sicherung.json", orjson.dumps(said))
        for table in kept:
            name = f"tabellen/{table['name']}.json"
            rows = orjson.loads((folder / name).read_bytes())
            lines = [orjson.dumps({c: row[c] for c in table["columns"]}) for row in rows]
            parcel.add(name, b"[\n" + b",\n".join(lines) + b"\n]\n" if lines else b"[\n]\n")
    import shutil

    shutil.rmtree(folder)
    folder.with_name("older").rename(folder)


def test_a_backup_of_a_newer_programme_names_its_schema(
    sqlite_databases: Databases, tmp_path: Path
) -> None:
    with sqlite_databases.seeded() as source, sqlite_databases.empty() as target:
        done(f"backup {tmp_path}/b", source, tmp_path)
        columns = {one.name: set(one.columns) for one in forms()}
        rewrite(tmp_path / "b", "of_tomorrow", columns)
        before = all_rows(target)
        output = refused(f"restore {tmp_path}/b", target, tmp_path)
        assert "of_tomorrow" in output
        assert "Programm aktualisieren" in output
        assert all_rows(target) == before


def test_a_damaged_backup_changes_nothing(databases: Databases, tmp_path: Path) -> None:
    with databases.seeded() as source, databases.seeded() as target:
        done(f"backup {tmp_path}/b", source, tmp_path)
        before = all_rows(target)
        file = tmp_path / "b/tabellen/practice.json"
        file.write_bytes(file.read_bytes().replace(b"Ehrenamt", b"Ehrenamd", 1))
        output = refused(f"restore --force {tmp_path}/b", target, tmp_path)
        assert "practice.json wurde verändert" in output
        assert all_rows(target) == before


def test_an_archive_is_no_backup(sqlite_databases: Databases, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("manifest-sha256.txt", "")
    with sqlite_databases.empty() as target:
        assert "keine Sicherung" in refused(f"restore {tmp_path}/b.zip", target, tmp_path)


def test_a_lost_file_is_named_and_the_rest_is_saved(
    sqlite_databases: Databases, tmp_path: Path
) -> None:
    with sqlite_databases.seeded() as source, sqlite_databases.empty() as target:
        fill(source, tmp_path)
        for file in (tmp_path / "files").iterdir():
            file.unlink()
        assert "fehlten schon vorher" in refused(f"backup {tmp_path}/b", source, tmp_path)
        done(f"restore {tmp_path}/b", target, tmp_path)
        assert all_rows(target)["stored_file"] == all_rows(source)["stored_file"]


@pytest.mark.slow
def test_a_backup_while_others_write_shows_one_moment(databases: Databases, tmp_path: Path) -> None:
    """Each writer adds a file row and its import row together; a backup has both or neither."""
    with databases.seeded() as source, databases.empty() as target:
        stop, written = threading.Event(), []

        def write() -> None:
            engine: Engine = create_database_engine(source)
            while not stop.is_set():
                number = len(written)
                with Session(engine) as session:
                    begin_write(session)
                    session.add(
                        StoredFile(
                            sha256=f"{number:064x}",
                            media_type="application/pdf",
                            size_bytes=1,
                            uploaded_by="anna",
                        )
                    )
                    state = session.get_one(CatalogueState, 1)
                    state.changed_at = dt.datetime.fromtimestamp(number + 1, dt.UTC)
                    session.commit()
                written.append(number)
            engine.dispose()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            while len(written) < 3:
                stop.wait(0.01)
            acknowledged = len(written)
            # Their files do not exist, which the command says; the rows are what counts here.
            refused(f"backup {tmp_path}/b.zip", source, tmp_path)
        finally:
            stop.set()
            writer.join()
        done(f"restore {tmp_path}/b.zip", target, tmp_path)
        rows = all_rows(target)
        (state,) = rows["catalogue_state"]
        assert len(rows["stored_file"]) >= acknowledged
        assert state["changed_at"] == dt.datetime.fromtimestamp(len(rows["stored_file"]), dt.UTC)
