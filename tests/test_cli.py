"""The `directory` command: one sentence when something is wrong, and an exit code to match."""

import datetime as dt
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from directory.cli import main
from directory.config import Settings
from directory.db import begin_write, create_database_engine, utc_now
from directory.files.models import StoredFile
from directory.files.operations import keep_upload
from directory.files.storage import FolderStorage
from directory.practices.models import PracticeAttachment
from directory.resources import resource_dir
from tests.commands import run
from tests.factories import build_practice
from tests.uploads import photo

KEY = {"DIRECTORY_SECRET_KEY": "k" * 40}
COMMANDS = (
    "serve",
    "init",
    "seed",
    "reindex",
    "check",
    "feedback",
    "db upgrade",
    "mail send",
    "mail list",
    "mail bounce",
    "mail test",
    "files clean",
)


def sentence_of(result: Result) -> str:
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    lines = [line for line in result.output.strip().splitlines() if line]
    assert len(lines) == 1, result.output
    return lines[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = run(f"{command} --help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_init_fills_an_empty_installation_and_does_nothing_the_second_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'directory.sqlite3'}"
    first = run("init", url)
    assert first.exit_code == 0, first.output
    assert "Praxisbeispiele: 153" in first.output
    second = run("init", url)
    assert (second.exit_code, second.output) == (0, "")
    assert run("check", url).exit_code == 0


@pytest.mark.parametrize("command", ["serve", "seed", "check", "reindex"])
def test_an_empty_database_is_named_in_one_sentence(command: str, tmp_path: Path) -> None:
    sentence = sentence_of(run(command, f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    assert "directory init" in sentence


def test_a_database_of_another_schema_is_named_in_one_sentence(database_url: str) -> None:
    engine = create_database_engine(database_url)
    _execute(engine, "UPDATE alembic_version SET version_num = 'of_tomorrow'")
    engine.dispose()
    for command in ("serve", "seed", "check"):
        sentence = sentence_of(run(command, database_url))
        assert "of_tomorrow" in sentence


def test_a_locked_database_is_named_in_one_sentence(sqlite_databases, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("directory.db._TURN_SECONDS", 0.1)
    with sqlite_databases.empty() as url:
        holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        assert "locked" in sentence_of(run("seed", url))
        holder.close()
        assert run("seed", url).exit_code == 0


def test_a_folder_that_is_missing_is_named_in_one_sentence() -> None:
    sentence_of(run("check", "sqlite:////nonexistent/folder/directory.sqlite3"))


def test_a_server_that_does_not_answer_is_named_in_one_sentence() -> None:
    sentence_of(run("check", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"))


def test_wrong_settings_are_all_named_together() -> None:
    environment = {
        "DIRECTORY_DATABASE_URL": "mysql://localhost/x",
        "DIRECTORY_SECRET_KEY": "short",
        "DIRECTORY_BASE_URL": "ftp://example.org",
    }
    result = CliRunner().invoke(main, ["check"], env=environment)
    assert result.exit_code == 1
    for name in environment:
        assert name in result.output


def test_production_refuses_to_start_without_an_impressum() -> None:
    environment = {"DIRECTORY_PRODUCTION": "1", "DIRECTORY_INSTANCE": "/nonexistent"}
    result = CliRunner().invoke(main, ["check"], env=environment)
    assert result.exit_code == 1
    assert "DIRECTORY_OPERATOR" in result.output
    assert "DIRECTORY_SECRET_KEY" in result.output


def test_a_broken_seed_is_named_by_file_and_line_and_nothing_is_loaded(
    database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "seed"
    shutil.copytree(resource_dir("seed"), folder)
    contacts = (folder / "contacts.csv").read_text(encoding="utf-8").splitlines()
    contacts[4] = contacts[4].replace(contacts[4].split(",")[0], "05999999", 1)
    (folder / "contacts.csv").write_text("\n".join(contacts) + "\n", encoding="utf-8")
    result = run(f"seed --folder {folder}", database_url)
    assert result.exit_code == 1
    assert "contacts.csv:5" in result.output
    engine = create_database_engine(database_url)
    with engine.connect() as connection:
        for table in ("municipality", "practice", "contact_point", "audit_entry", "search_entry"):
            count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()  # noqa: S608
            assert (table, count) == (table, 0)
    engine.dispose()


def _execute(engine: Engine, statement: str) -> None:
    with Session(engine) as session:
        begin_write(session)
        session.execute(text(statement))
        session.commit()


def test_a_message_is_shown_and_closed_by_its_receipt(database_url: str) -> None:
    from directory.feedback.operations import leave_message

    engine = create_database_engine(database_url)
    with Session(engine) as session:
        begin_write(session)
        receipt = leave_message(
            session, page="/karte", message="Die Karte ist zu bunt.", reply_to="a@example.org"
        ).receipt
        session.commit()
    engine.dispose()
    assert "a@example.org" in run("feedback", database_url).output
    assert run(f"feedback --close {receipt}", database_url).exit_code == 0
    after = run("feedback", database_url).output
    assert receipt not in after
    assert "a@example.org" not in after
    assert "X9-0000" in sentence_of(run("feedback --close X9-0000", database_url))


def test_files_nobody_uses_are_cleaned_away_after_a_week(database_url: str, tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files")
    with _session(database_url) as session:
        old, fresh = (
            keep_upload(session, storage, data=photo(width), filename="a", by="anna").names
            for width in (300, 310)
        )
        begun = f"{'ab' * 32}.pdf.8f2c11aa.part"
        storage.put(begun, b"half of it")
        session.execute(
            update(StoredFile)
            .where(StoredFile.width == 300)
            .values(uploaded_at=utc_now() - dt.timedelta(days=8))
        )
        session.commit()
    for name in (*old, begun):
        os.utime(tmp_path / "files" / name, (0, 0))
    (tmp_path / "files" / "liesmich.txt").write_text("Nicht von uns.")

    result = run("files clean", database_url, tmp_path)
    assert result.exit_code == 0, result.output
    assert "1 Datei ohne Verwendung vergessen, 2 Teile aus der Ablage gelöscht." in result.output
    assert sorted(path.name for path in (tmp_path / "files").iterdir()) == [*fresh, "liesmich.txt"]
    assert "0 Dateien ohne Verwendung" in run("files clean", database_url, tmp_path).output


def test_what_a_practice_shows_is_never_cleaned_away(database_url: str, tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files")
    with _session(database_url) as session:
        stored = keep_upload(session, storage, data=photo(300), filename="a", by="anna")
        stored.uploaded_at = utc_now() - dt.timedelta(days=99)
        practice = build_practice(session)
        practice.attachments.append(
            PracticeAttachment(position=1, sha256=stored.sha256, kind=stored.kind)
        )
        names = stored.names
        session.commit()
    for name in names:
        os.utime(tmp_path / "files" / name, (0, 0))
    assert "0 Dateien ohne Verwendung" in run("files clean", database_url, tmp_path).output
    assert sorted(storage.names()) == names


def test_files_that_are_missing_are_named_by_check(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'directory.sqlite3'}"
    assert run("init", url, tmp_path).exit_code == 0
    storage = FolderStorage(tmp_path / "files")
    with _session(url) as session:
        (name,) = keep_upload(session, storage, data=photo(300), filename="a", by="anna").names
        session.commit()
    assert run("check", url, tmp_path).exit_code == 0
    storage.delete(name)
    sentence = sentence_of(run("check", url, tmp_path))
    assert f"1 Datei, zuerst {name}" in sentence
    assert "Sicherung" in sentence


@contextmanager
def _session(url: str) -> Iterator[Session]:
    engine = create_database_engine(url)
    with Session(engine) as session:
        begin_write(session)
        yield session
    engine.dispose()


def test_map_tiles_can_be_switched_off() -> None:
    assert Settings.from_environment(KEY | {"DIRECTORY_TILES_URL": ""}).tiles_origin is None
    assert Settings.from_environment(KEY).tiles_origin == "https://sgx.geodatenzentrum.de"


@pytest.mark.slow
def test_a_wheel_serves_the_same_pages_from_an_empty_folder(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    dist = tmp_path / "dist"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", dist],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = dist.glob("*.whl")
    installed = tmp_path / "installed"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            installed,
            wheel,
        ],
        check=True,
        capture_output=True,
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    script = (
        "import directory, pathlib\n"
        "from directory.cli import main\n"
        "from directory.app import create_app\n"
        f"assert pathlib.Path(directory.__file__).is_relative_to({str(installed)!r})\n"
        "main(['init'], standalone_mode=False)\n"
        "client = create_app().test_client()\n"
        "for path in ('/', '/kommunen/hemer', '/karte', '/praxisbeispiele', '/lizenzen'):\n"
        "    answer = client.get(path)\n"
        "    assert answer.status_code == 200, path\n"
        "    assert 'css/site.css' in answer.text\n"
        "prefix = client.application.config['ASSET_PREFIX']\n"
        "for asset in ('css/site.css', 'vendor/leaflet/leaflet.js', 'js/map.js'):\n"
        "    with client.get(prefix + asset) as answer:\n"
        "        assert answer.status_code == 200, asset\n"
    )
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=empty,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (empty / "instance" / "directory.sqlite3").exists()


def test_garbage_is_looked_for_again_once_all_is_imported() -> None:
    assert gc.isenabled()
    # What was imported is passed by for good.
    assert gc.get_freeze_count() > 100_000
