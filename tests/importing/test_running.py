"""Large imports behind the answer: how far they are, and what is left of a process that died."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from directory.db import create_database_engine
from directory.errors import Conflict
from directory.importing.planning import Step
from directory.importing.running import Standing, Workroom

NEVER_ENDING = """
import sys, time
from pathlib import Path
from directory.db import create_database_engine
from directory.importing.running import Workroom

def work(session, progress):
    print("begun", flush=True)
    time.sleep(600)

engine = create_database_engine("sqlite:///" + sys.argv[1] + "/empty.sqlite3")
Workroom(Path(sys.argv[1])).start(engine, 7, total=10, work=work)
time.sleep(600)
"""


def ended(room: Workroom) -> Standing | None:
    for _ in range(200):
        standing = room.standing(7)
        if standing is None or not standing.is_running:
            return standing
        time.sleep(0.05)
    pytest.fail("never comes to an end")


def test_a_killed_process_leaves_nothing_that_looks_like_work(tmp_path: Path) -> None:
    room = Workroom(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", NEVER_ENDING, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        assert room.standing(7) == Standing(0, 10, is_running=True)
        with pytest.raises(Conflict):
            room.forget(7)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    standing = room.standing(7)
    assert standing is not None
    assert "unterbrochen" in standing.failed
    room.forget(7)
    assert room.standing(7) is None


def test_work_on_one_import_goes_on_once_at_a_time(tmp_path: Path) -> None:
    engine = create_database_engine(f"sqlite:///{tmp_path}/empty.sqlite3")
    room, may_end = Workroom(tmp_path), threading.Event()

    def work(_: Session, progress: Step) -> None:
        assert may_end.wait(60)
        progress(1)

    room.start(engine, 7, total=1, work=work)
    with pytest.raises(Conflict, match="gerade gearbeitet"):
        room.start(engine, 7, total=1, work=work)
    may_end.set()
    assert ended(room) is None
    room.start(engine, 7, total=1, work=work)
    assert ended(room) is None
    engine.dispose()
