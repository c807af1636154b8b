"""How many questions somebody may put to us in a minute, counted for all workers together.

A worker draws a visitor's questions from the database in lots, so that most cost nothing there;
who asks little never gets into it at all. Visitors are keyed digests, and rows go with the minute.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from directory.accounts.models import RequestCount
from directory.db import begin_write
from directory.errors import DirectoryError
from directory.rows import upsert

_log = logging.getLogger(__name__)

# So many questions of a visitor a worker lets pass without telling the database,
_UNCOUNTED = 20
# and after them so many at once.
_LOT = 20
_MOST_VISITORS = 10_000
_TABLE: Any = RequestCount.__table__


class TooManyQuestions(DirectoryError):
    """A visitor has used up what they may ask; after `retry_after_seconds` there is more."""

    status = 429
    title = "Zu viele Anfragen"

    def __init__(self, left: "Left", of: str = "Anfragen") -> None:
        super().__init__(
            f"Das waren mehr als {left.most} {of} in einer Minute. Bitte versuchen Sie es in "
            f"{left.seconds} Sekunden noch einmal."
        )
        self.retry_after_seconds = left.seconds
        self.left = left


@dataclass(frozen=True)
class Left:
    """What a visitor may still ask: at least so many questions within so many seconds."""

    most: int
    questions: int
    seconds: int


@dataclass
class _Drawn:
    """A visitor's questions: how many this worker may let pass, and how many are gone in all."""

    left: int
    gone: int


class Allowance:
    """`most` questions a visitor and window of `seconds`; `of` is what people call them."""

    def __init__(
        self,
        most: int,
        *,
        of: str = "Anfragen",
        seconds: int = 60,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Count anew with every window of the clock."""
        self.most = most
        self._of = of
        self.seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._window = 0
        self._drawn: dict[str, _Drawn] = {}

    def take(self, engine: Engine, subject: str) -> Left:
        """Take one question of `subject` and return what is left.

        Raises:
            TooManyQuestions: nothing was.
        """
        now = self._clock()
        window = int(now // self.seconds)
        seconds = max(1, round((window + 1) * self.seconds - now))
        with self._lock:
            drawn = self._drawn_in(window, subject)
            if drawn.left == 0 and drawn.gone >= self.most:
                raise TooManyQuestions(Left(self.most, 0, seconds), self._of)
            is_due = drawn.left == 0
        # Whoever waits for the database does not let others wait.
        gone = drawn.gone + _LOT
        if is_due:
            gone = self._draw(engine, subject, window) or gone
        with self._lock:
            if is_due:
                drawn.gone = max(drawn.gone, gone)
                drawn.left += max(0, min(_LOT, self.most - gone + _LOT))
            if drawn.left == 0:
                raise TooManyQuestions(Left(self.most, 0, seconds), self._of)
            drawn.left -= 1
            return Left(self.most, max(0, self.most - drawn.gone) + drawn.left, seconds)

    def _drawn_in(self, window: int, subject: str) -> _Drawn:
        if window != self._window or len(self._drawn) >= _MOST_VISITORS:
            self._window, self._drawn = window, {}
        first = min(_UNCOUNTED, self.most)
        return self._drawn.setdefault(subject, _Drawn(left=first, gone=first))

    def _draw(self, engine: Engine, subject: str, window: int) -> int | None:
        """Draw one lot and return how many are gone, all workers together; None: nobody knows."""
        try:
            with Session(engine) as session:
                begin_write(session)
                found = _add(session, subject, window)
                session.commit()
        except SQLAlchemyError:
            # Reading goes on when nothing can be written; the worker counts alone.
            _log.warning("Could not count questions", exc_info=True)
            return None
        return _UNCOUNTED + found


def _add(session: Session, subject: str, window: int) -> int:
    session.execute(delete(RequestCount).where(RequestCount.window < window))
    insert = upsert(session, _TABLE)
    statement = insert.values(subject=subject, window=window, count=_LOT).on_conflict_do_update(
        index_elements=["subject", "window"], set_={"count": _TABLE.c.count + _LOT}
    )
    return int(session.execute(statement.returning(_TABLE.c.count)).scalar_one())
