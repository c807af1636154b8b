"""Writers of SQLite wait in line for each other; a session knows what it has at hand."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from directory import db
from directory.db import at_hand, begin_write, create_database_engine
from directory.publication.models import AuditEntry


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_database_engine(f"sqlite:///{tmp_path / 'line.sqlite3'}")
    with Session(engine) as session:
        begin_write(session)
        session.execute(text("CREATE TABLE note (number INTEGER)"))
        session.commit()
    yield engine
    engine.dispose()


def save(engine: Engine, seconds: float = 0) -> None:
    with Session(engine) as session:
        begin_write(session)
        session.execute(text("INSERT INTO note VALUES (1)"))
        sleep(seconds)
        session.commit()


def test_who_has_just_saved_does_not_come_before_those_who_wait(engine: Engine) -> None:
    coming, done, rounds = Event(), Event(), []

    def save_once() -> None:
        coming.set()
        save(engine)
        done.set()

    with ThreadPoolExecutor(1) as other:
        with Session(engine) as first:
            begin_write(first)
            waiting = other.submit(save_once)
            coming.wait()
            sleep(0.1)  # by then it stands in line, on a busy machine as well
        while not done.is_set() and len(rounds) < 40:
            save(engine, 0.03)
            rounds.append(monotonic())
        waiting.result()
    assert len(rounds) < 6


def test_eight_at_once_all_save(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda _: save(engine, 0.005), range(40)))
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM note")) == 40


def test_the_lock_of_somebody_who_never_ends_is_told_in_the_end(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "_TURN_SECONDS", 0.1)
    with Session(engine) as endless:
        begin_write(endless)
        with pytest.raises(OperationalError, match="locked"):
            save(engine)
        endless.rollback()
    save(engine)


def test_what_was_read_before_a_commit_is_not_at_hand_after_it(session: Session) -> None:
    entry = AuditEntry(actor="befehl", action="created")
    session.add(entry)
    session.flush()
    assert at_hand(session, AuditEntry, [entry.id, entry.id + 1]) == {entry.id: entry}
    number = entry.id
    session.commit()
    assert at_hand(session, AuditEntry, [number]) == {}
