"""What visitors looked for in vain: counted by words and day, for the editors' missing synonyms.

Nothing else is kept: no address, no account, no time of day, and no words that might name a
person. Reading pages must not wait for a write, so counts gather in memory and are written from
time to time, in a short transaction of their own; a process that ends loses at most its last ones.
"""

import datetime as dt
import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.german.analysis import index_words
from directory.rows import upsert
from directory.search.models import FailedQuery
from directory.text import fold

_LONGEST = 60
_MOST_WORDS = 8
# So many different questions are kept in memory at most; a flood is none of the editors' business.
_MOST_WAITING = 500
_FLUSH_EVERY_SECONDS = 60.0
_PERSONAL = re.compile(r"[^\s@]+@[^\s@]+|(?:https?:|www\.)\S+|\S*(?:\d\S*){3,}")

_TABLE: Any = FailedQuery.__table__

_log = logging.getLogger(__name__)
_waiting: Counter[tuple[str, dt.date]] = Counter()
_lock = threading.Lock()
_flushed_at = time.monotonic()


def count(q: str, today: dt.date | None = None) -> None:
    """Remember that `q` found nothing; words that may be personal are left out."""
    words = countable(q)
    if not words:
        return
    name = (words, today or dt.datetime.now(dt.UTC).date())
    with _lock:
        if name in _waiting or len(_waiting) < _MOST_WAITING:
            _waiting[name] += 1


def countable(q: str) -> str:
    """Return what of `q` may be kept: folded words without numbers, addresses and long strings."""
    words = [fold(word) for word in index_words(_PERSONAL.sub(" ", q))]
    kept = [word for word in words if len(word) <= _LONGEST and not re.search(r"\d", word)]
    return " ".join(kept[:_MOST_WORDS])[:200]


def is_due() -> bool:
    """Return whether something waits, and has waited long enough."""
    return bool(_waiting) and time.monotonic() - _flushed_at >= _FLUSH_EVERY_SECONDS


def flush(engine: Engine) -> int:
    """Write what waits; returns how many counts. Trouble is logged and never reaches a page."""
    global _flushed_at  # noqa: PLW0603 - one clock per process
    with _lock:
        batch = dict(_waiting)
        _waiting.clear()
        _flushed_at = time.monotonic()
    if not batch:
        return 0
    try:
        with Session(engine) as session:
            begin_write(session)
            add(session, batch)
            session.commit()
    except SQLAlchemyError:
        # The next failed question brings them again or not: a lost count hurts nobody.
        _log.warning("Could not write %d failed queries", len(batch), exc_info=True)
        return 0
    return sum(batch.values())


def add(session: Session, batch: Mapping[tuple[str, dt.date], int]) -> None:
    """Add counts to those of the database, whoever else adds to the same words meanwhile."""
    insert = upsert(session, _TABLE)
    count = _TABLE.c.count + insert.excluded.count
    session.execute(
        insert.on_conflict_do_update(index_elements=["words", "day"], set_={"count": count}),
        # Always in the same order: two that wait for each other's rows would wait for good.
        [{"words": words, "day": day, "count": batch[words, day]} for words, day in sorted(batch)],
    )
