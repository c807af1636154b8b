"""What is prepared from the catalogue is made once per version, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.db import begin_write, create_database_engine
from directory.publication.catalogue import advance, current_version, prepared

MANY = 6


def change(engine: Engine) -> None:
    with Session(engine) as session:
        begin_write(session)
        advance(session)
        session.commit()


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
