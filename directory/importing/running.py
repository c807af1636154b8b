"""Work on large imports: in a thread of the server, told of in files that all processes read.

The database cannot tell how far it is: what a transaction wrote is seen when it is done, and SQLite
lets nobody write beside it. A lock on a file says that the work goes on. It goes with the process,
so that one that was killed leaves an import that can be released again, as nothing was written.
"""

import contextlib
import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.errors import Conflict, DirectoryError
from directory.importing.planning import Step

Work = Callable[[Session, Step], object]

_FAULT = "Dabei ist auf unserer Seite etwas schiefgegangen; es wurde nichts geändert."
_ABORTED = (
    "Die Arbeit wurde unterbrochen, es wurde nichts geändert. Bitte beginnen Sie noch einmal."
)
_BUSY = "An diesem Import wird gerade gearbeitet."
_NOTED_EVERY = 0.5  # seconds
_TRIES, _PAUSE = 5, 0.05


@dataclass(frozen=True)
class Standing:
    """How far the work on an import is, in rows; `failed` is a sentence when it ended in vain."""

    done: int
    total: int
    is_running: bool = False
    failed: str = ""


class Workroom:
    """Where work on imports goes on, at most one at a time for each import."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, engine: Engine, number: int, *, total: int, work: Work) -> None:
        """Do `work` on the import `number` in one transaction; returns at once.

        Raises:
            Conflict: work on it goes on already.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._take(number)
        self._note(number, Standing(0, total))
        # A daemon: the end of the process does not wait, and the transaction ends with it.
        threading.Thread(
            target=self._do,
            args=(engine, number, total, work, lock),
            name=f"import-{number}",
            daemon=True,
        ).start()

    def standing(self, number: int) -> Standing | None:
        """Return how far it is, or why the last try failed; None: nothing is to be said."""
        if not self._file(number).exists():
            return None
        is_running = self._is_locked(number)
        try:
            told = Standing(**json.loads(self._file(number).read_text()))
        except FileNotFoundError:  # it came to its end between the two looks
            return None
        if is_running:
            return replace(told, is_running=True)
        return replace(told, failed=told.failed or _ABORTED)

    def forget(self, number: int) -> None:
        """Forget why the last try failed; somebody has taken another step since.

        Raises:
            Conflict: work on it goes on.
        """
        if not self._file(number).exists():
            return
        if self._is_locked(number):
            raise Conflict(_BUSY)
        self._file(number).unlink(missing_ok=True)

    def _do(self, engine: Engine, number: int, total: int, work: Work, lock: int) -> None:
        done, noted_at = 0, time.monotonic()

        def progress(rows: int) -> None:
            nonlocal done, noted_at
            done += rows
            if time.monotonic() - noted_at >= _NOTED_EVERY:
                noted_at = time.monotonic()
                self._note(number, Standing(done, total))

        try:
            with Session(engine) as session:
                begin_write(session)
                work(session, progress)
                session.commit()
        except DirectoryError as error:
            self._note(number, Standing(done, total, failed=error.sentence))
        except BaseException:
            # A fault of ours ends this thread loudly, and people are told.
            self._note(number, Standing(done, total, failed=_FAULT))
            raise
        else:
            self._file(number).unlink(missing_ok=True)
        finally:
            os.close(lock)

    def _note(self, number: int, standing: Standing) -> None:
        # Readers see the old or the new text, never half of one.
        new = self._file(number).with_suffix(".new")
        new.write_text(json.dumps(asdict(standing)))
        new.replace(self._file(number))

    def _take(self, number: int) -> int:
        for _ in range(_TRIES):
            with self._locked(number) as lock:
                if lock is not None:
                    return os.dup(lock)  # the lock is held until the last copy is closed
            # Somebody may only have looked.
            time.sleep(_PAUSE)
        raise Conflict(_BUSY)

    def _is_locked(self, number: int) -> bool:
        with self._locked(number) as lock:
            return lock is None

    @contextlib.contextmanager
    def _locked(self, number: int) -> Iterator[int | None]:
        """Give the lock, None when somebody else has it."""
        handle = os.open(self._folder / f"{number}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield handle
        finally:
            os.close(handle)

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.json"
