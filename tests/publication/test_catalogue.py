"""What is prepared is made once, and kept exactly as long as what it was made from stays."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy.orm import Session

from directory.contacts.vouching import confirm
from directory.db import create_database_engine, utc_now
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import show
from directory.publication.catalogue import (
    advance,
    current_version,
    current_versions,
    grounded,
    prepared,
)
from directory.publication.models import EntryKind
from tests.changes import change
from tests.factories import build_contact

MANY = 6


def test_of_many_who_ask_at_once_one_makes_it(database_url: str) -> None:
    engine, made = create_database_engine(database_url), []
    together = Barrier(MANY)

    def make(session: Session) -> int:
        sleep(0.05)
        made.append(current_version(session))
        return made[-1]

    def ask(_: int) -> int:
        with Session(engine) as session:
            together.wait()
            return prepared(session, "number", make)

    with ThreadPoolExecutor(MANY) as people:
        assert list(people.map(ask, range(MANY))) == [0] * MANY
        change(engine)
        assert list(people.map(ask, range(MANY))) == [1] * MANY
    assert made == [0, 1]
    engine.dispose()


def test_who_still_reads_the_version_before_gets_that_and_takes_nothing_away(
    database_url: str,
) -> None:
    engine, made = create_database_engine(database_url), []

    def make(session: Session) -> int:
        made.append(current_version(session))
        return made[-1]

    with Session(engine) as early, Session(engine) as late:
        assert current_version(early) == 0
        change(engine)
        assert prepared(late, "number", make) == 1
        assert prepared(early, "number", make) == 0
        assert prepared(late, "number", make) == 1
    assert made == [1, 0]
    engine.dispose()


def test_what_could_not_be_made_is_tried_again(session: Session) -> None:
    answers = iter([ZeroDivisionError, 7])

    def make(_: Session) -> int:
        answer = next(answers)
        if isinstance(answer, int):
            return answer
        raise answer

    with pytest.raises(ZeroDivisionError):
        prepared(session, "number", make)
    assert prepared(session, "number", make) == 7


def test_what_is_made_of_the_ground_survives_an_edit_of_an_entry(session: Session) -> None:
    made: list[str] = []

    def of_ground() -> int:
        return grounded(session, "ground", lambda _: made.append("ground"))

    def of_all() -> int:
        return prepared(session, "all", lambda _: made.append("all"))

    for ground in (True, False, True):
        advance(session, ground=ground)
        session.flush()
        for look in (of_ground, of_all, of_ground, of_all):
            look()
    assert made == ["ground", "all", "all", "ground", "all"]


def test_what_is_made_of_something_is_kept_while_that_is_the_same(session: Session) -> None:
    made: list[list[int]] = []
    for of in ([1], [1], [2], [1]):
        advance(session)
        session.flush()
        prepared(session, "sum", lambda _, of=of: made.append(of), of=of)  # type: ignore[misc]
    assert made == [[1], [2], [1]]


def test_without_a_known_ground_any_change_may_have_been_its(session: Session) -> None:
    # As in an archive that is older than the ground.
    advance(session, ground=False)
    advance(session, ground=False)
    session.flush()
    assert current_versions(session) == (2, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_only_entries_that_nothing_stands_on_leave_the_ground_as_it_is(
    session: Session, kind: EntryKind
) -> None:
    advance(session)
    show(session, KINDS[kind], [])
    session.flush()
    entries = {EntryKind.PRACTICE, EntryKind.EVENT, EntryKind.RESOURCE, EntryKind.CONTACT}
    assert current_versions(session) == (2, 1 if kind in entries else 2)


def test_who_vouches_for_a_contact_leaves_the_ground_as_it_is(session: Session) -> None:
    contact = build_contact(session)
    advance(session)
    session.flush()
    confirm(session, contact, by="anna", now=utc_now())
    session.flush()
    assert current_versions(session) == (2, 1)
