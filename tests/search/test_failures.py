"""What was looked for in vain is counted, however many processes count at once."""

import datetime as dt
import subprocess
import sys

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.search.failures import add
from directory.search.models import FailedQuery

DAY = dt.date(2026, 11, 23)
COUNT = """
import datetime as dt, sys
from directory.db import create_database_engine
from directory.search import failures

engine = create_database_engine(sys.argv[1])
words = ["Quastenflosser", "Nachtwächter", "Ziegenbock"]
if int(sys.argv[2]) % 2:
    words.reverse()
written = 0
for _ in range(25):
    for word in words:
        failures.count(word, dt.date(2026, 11, 23))
    written += failures.flush(engine)
engine.dispose()
sys.exit(0 if written == 75 else 1)
"""


def counts(session: Session) -> dict[str, int]:
    rows = session.execute(select(FailedQuery.words, FailedQuery.count)).all()
    return dict(rows)


def test_counts_of_the_same_words_add_up(session: Session) -> None:
    for _ in range(2):
        begin_write(session)
        add(session, {("ziegenbock", DAY): 2, ("nachtwaechter", DAY): 1})
        session.commit()
    assert counts(session) == {"ziegenbock": 4, "nachtwaechter": 2}


@pytest.mark.slow
def test_processes_that_write_at_once_lose_nothing(session: Session, database_url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNT, database_url, str(number)])
        for number in range(4)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0, 0]
    assert set(counts(session).values()) == {4 * 25}
    assert len(counts(session)) == 3
