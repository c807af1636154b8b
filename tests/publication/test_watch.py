"""The version of the catalogue is told at once, whoever changed it, on a connection that lasts."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from directory.db import begin_write, create_database_engine
from directory.lookups import Reader
from directory.publication.catalogue import advance
from directory.publication.watch import VersionWatch
from tests.changes import change

CHANGE = """
import sys
from sqlalchemy.orm import Session
from directory.db import begin_write, create_database_engine
from directory.publication.catalogue import advance

with Session(create_database_engine(sys.argv[1])) as session:
    begin_write(session)
    advance(session)
    session.commit()
"""


def test_an_empty_catalogue_has_version_0(session: Session) -> None:
    assert VersionWatch(Reader(session.get_bind())).version() == 0  # type: ignore[arg-type]


def test_each_change_is_told_once_it_is_committed(database_url: str) -> None:
    writer, engine = create_database_engine(database_url), create_database_engine(database_url)
    watch = VersionWatch(Reader(engine))
    for number in range(1, 4):
        with Session(writer) as session:
            begin_write(session)
            advance(session)
            session.flush()
            assert watch.version() == number - 1
            session.commit()
            assert watch.version() == number
    writer.dispose()
    engine.dispose()


def test_a_change_of_another_process_is_told_at_once(database_url: str) -> None:
    engine = create_database_engine(database_url)
    watch = VersionWatch(Reader(engine))
    for number in range(3):
        assert watch.version() == number
        subprocess.run([sys.executable, "-c", CHANGE, database_url], check=True)
    assert watch.version() == 3
    engine.dispose()


def test_asking_leaves_no_transaction_open(session: Session, database_url: str) -> None:
    engine = create_database_engine(database_url)
    watch = VersionWatch(Reader(engine))
    assert watch.version() == 0
    change(engine)
    if engine.dialect.name == "sqlite":
        busy = session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
        assert busy == 0
    else:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        mine = " AND datname = current_database() AND pid <> pg_backend_pid()"
        assert session.scalar(text(waiting + mine)) == 0
    engine.dispose()


def test_a_lost_connection_is_opened_again(database_url: str) -> None:
    engine, other = create_database_engine(database_url), create_database_engine(database_url)
    reader = Reader(engine)
    watch = VersionWatch(reader)
    assert watch.version() == 0
    if engine.dialect.name == "sqlite":
        reader._connection.dbapi_connection.close()  # noqa: SLF001 - what else breaks a file?
    else:
        with other.connect() as connection:
            end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            mine = " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(text(end + mine))
    change(other)
    assert watch.version() == 1
    engine.dispose()
    assert watch.version() == 1
    engine.dispose()
    other.dispose()


def test_a_database_that_does_not_answer_has_no_version(tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path}/missing/file.sqlite3",
        f"sqlite:///{tmp_path}/without-tables.sqlite3",
        f"postgresql:///nothing?host={tmp_path}",
    ):
        engine = create_database_engine(url)
        assert VersionWatch(Reader(engine)).version() is None
        engine.dispose()


def test_after_a_fork_each_process_asks_for_itself(database_url: str) -> None:
    engine = create_database_engine(database_url)
    watch = VersionWatch(Reader(engine))
    assert watch.version() == 0
    change(engine)
    child = os.fork()
    if child == 0:
        os._exit(10 + (watch.version() or 0))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 11
    assert watch.version() == 1
    engine.dispose()
