"""Writers of SQLite wait in line for each other; plain rows are kept as entities would be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import Engine, Float, bindparam, literal, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from directory import db
from directory.db import (
    Lookup,
    at_hand,
    begin_write,
    create_database_engine,
    insert_rows,
    utc_now,
)
from directory.publication.models import AuditEntry, EntryKind


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


# With every column, and without one that has a default
@pytest.mark.parametrize("said", [{"details": {"wort": "für „uns“"}}, {}])
def test_plain_rows_are_kept_as_entities_would_be(
    session: Session, said: dict[str, dict[str, str]]
) -> None:
    now = utc_now()
    rows: list[dict[str, Any]] = [
        {"actor": "befehl", "action": "created", "kind": EntryKind.PRACTICE, "key": None, **said},
        {"actor": "befehl", "action": "changed", "kind": None, "key": "hemer-heimatpreis", **said},
    ]
    insert_rows(session, AuditEntry, [{**row, "at": now} for row in rows])
    session.add(AuditEntry(**rows[0], at=now))
    session.flush()
    columns = AuditEntry.__table__.columns
    kept = session.execute(select(*columns).order_by(AuditEntry.id)).all()
    assert [tuple(row[1:]) for row in kept] == [
        (now, "befehl", "created", EntryKind.PRACTICE, None, said.get("details", {})),
        (now, "befehl", "changed", None, "hemer-heimatpreis", said.get("details", {})),
        (now, "befehl", "created", EntryKind.PRACTICE, None, said.get("details", {})),
    ]


def test_what_was_read_before_a_commit_is_not_at_hand_after_it(session: Session) -> None:
    entry = AuditEntry(actor="befehl", action="created")
    session.add(entry)
    session.flush()
    assert at_hand(session, AuditEntry, [entry.id, entry.id + 1]) == {entry.id: entry}
    number = entry.id
    session.commit()
    assert at_hand(session, AuditEntry, [number]) == {}


@pytest.mark.parametrize("value", ["Bürgerbus „Linie 7“", "\ud800", [None, True, 1.5]])
def test_json_comes_back_as_it_was_kept(session: Session, value: object) -> None:
    insert_rows(
        session, AuditEntry, [{"actor": "befehl", "action": "changed", "details": {"value": value}}]
    )
    assert session.scalar(select(AuditEntry.details)) == {"value": value}


ENTRIES = AuditEntry.__table__.c


def test_a_lookup_gives_what_a_statement_gives(session: Session) -> None:
    begin_write(session)
    statement = (
        select(AuditEntry.at, AuditEntry.kind, ENTRIES.key, ENTRIES.details)
        .where(
            ENTRIES.actor == bindparam("actor"), ENTRIES.id.in_(bindparam("ids", expanding=True))
        )
        .order_by(ENTRIES.id)
    )
    lookup = Lookup(statement)
    for number, kind in enumerate((EntryKind.PRACTICE, None, EntryKind.EVENT)):
        details = {"number": [number, "ü"]}
        # Not flushed yet: a lookup sees what its session holds, as any statement does.
        session.add(AuditEntry(actor="anna", action="changed", kind=kind, details=details))
    ids = list(session.scalars(select(AuditEntry.id)))
    assert len(ids) == 3
    for some in (ids, ids[1:], []):
        expected = [
            tuple(row) for row in session.execute(statement, {"actor": "anna", "ids": some})
        ]
        assert lookup.rows(session, actor="anna", ids=some) == expected
        assert len(expected) == len(some)
    session.add(AuditEntry(actor="anna", action="created"))
    assert len(Lookup(select(ENTRIES.id)).rows(session)) == 4
    assert lookup.rows(session, actor="berta", ids=ids) == []
    assert Lookup(select(literal(2.5, Float), literal(7))).rows(session) == [(2.5, 7)]


def test_what_goes_wrong_with_a_lookup_is_told_as_of_any_statement(session: Session) -> None:
    session.execute(text("DROP TABLE audit_entry"))
    with pytest.raises(DBAPIError, match="audit_entry"):
        Lookup(select(ENTRIES.id)).rows(session)
