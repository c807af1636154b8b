"""Eight writers at once, in several processes and threads: our saves, and the same rows raw.

A save of ours is what publishing does with a changed practice: checked, written with revision and
audit entry, its index and that index's statistics in step, and the version of the catalogue raised.
Raw is plain `sqlite3`: the rows of practice, revision, audit entry, index entry with its full-text
index, and version, one commit each, WAL and `synchronous=FULL` as here.
"""

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from directory.db import begin_write, create_database_engine
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import show
from directory.practices.drafts import PracticeDraft
from directory.publication.models import EntryKind

PROCESSES, THREADS = 4, 2
WRITERS = PROCESSES * THREADS
_RAW = """\
UPDATE practice SET result = :result, version = version + 1, updated_at = :at WHERE slug = :key;
INSERT INTO revision (kind, key, version, fields, actor, at)
  VALUES ('practice', :key, :version, :fields, 'raw', :at);
INSERT INTO audit_entry (at, actor, action, kind, key, details)
  VALUES (:at, 'raw', 'save', 'practice', :key, '{}');
INSERT INTO search_fts (search_fts, rowid, title, summary, terms, body)
  SELECT 'delete', id, title, summary, terms, body FROM search_entry
  WHERE kind = 'practice' AND key = :key;
UPDATE search_entry SET body = :body WHERE kind = 'practice' AND key = :key;
INSERT INTO search_fts (rowid, title, summary, terms, body)
  SELECT id, title, summary, terms, body FROM search_entry
  WHERE kind = 'practice' AND key = :key;
UPDATE catalogue_state SET version = version + 1
"""
_READ = """
SELECT body, (
  SELECT coalesce(max(version), 0) FROM revision WHERE kind = 'practice' AND key = :key
) FROM search_entry WHERE kind = 'practice' AND key = :key
"""
_READY_SECONDS = 120


@dataclass(frozen=True)
class Written:
    """What several writers managed together; milliseconds one after another, and what failed."""

    saved: int
    seconds: float
    cpu_seconds: float
    ms: Sequence[float]
    failed: Sequence[str]

    @property
    def per_second(self) -> float:
        return self.saved / self.seconds


@dataclass(frozen=True)
class _Part:
    begin: float
    end: float
    cpu_seconds: float
    ms: list[float]
    failed: list[str]


# How one writer saves: given their practice and a number.
_Saving = Callable[[str, int], None]
_together: Barrier


def write(url: str, each: int, *, raw: bool = False) -> Written:
    """Let all writers save `each` times, every one their own practice."""
    context = get_context("spawn")
    barrier = context.Barrier(WRITERS)
    with ProcessPoolExecutor(
        PROCESSES, mp_context=context, initializer=_get_ready, initargs=(barrier,)
    ) as pool:
        work = partial(_write_some, url, each, raw=raw)
        parts = [*chain.from_iterable(pool.map(work, range(PROCESSES)))]
    ms = [*chain.from_iterable(part.ms for part in parts)]
    return Written(
        saved=len(ms),
        seconds=max(part.end for part in parts) - min(part.begin for part in parts),
        cpu_seconds=sum(part.cpu_seconds for part in parts),
        ms=ms,
        failed=[*chain.from_iterable(part.failed for part in parts)],
    )


def _get_ready(barrier: Barrier) -> None:
    global _together  # noqa: PLW0603 - there is no other way into a process of a pool
    _together = barrier


def _write_some(url: str, each: int, process: int, *, raw: bool) -> list[_Part]:
    """Save in threads of this process, once the threads of all processes are ready."""
    keys = [f"probeeintrag-{process * THREADS + number + 1}" for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(partial(_write_one, _raw if raw else _ours, url, each), keys))


def _write_one(writer: Callable[[str], _Saving], url: str, each: int, key: str) -> _Part:
    save = writer(url)
    # The first save reads what all later ones know.
    save(key, 0)
    _together.wait(_READY_SECONDS)
    ms, failed = [], []
    start, cpu = time.time(), time.thread_time()
    for number in range(1, each + 1):
        begin = time.perf_counter()
        try:
            save(key, number)
        except (OperationalError, sqlite3.OperationalError) as error:
            failed.append(str(error).splitlines()[0])
        else:
            ms.append((time.perf_counter() - begin) * 1000)
    return _Part(start, time.time(), time.thread_time() - cpu, ms, failed)


def _ours(url: str) -> _Saving:
    engine = create_database_engine(url)
    kind = KINDS[EntryKind.PRACTICE]
    # What is to be published stands in a working copy.
    drafts: dict[str, Any] = {}

    def save(key: str, number: int) -> None:
        with Session(engine) as session:
            begin_write(session)
            if key not in drafts:
                drafts[key] = kind.read(kind.get(session, key))
            changed: PracticeDraft = replace(drafts[key], result=_result(number))
            kind.save(session, "bench", changed, key)
            show(session, kind, [key])
            session.commit()

    return save


def _raw(url: str) -> _Saving:
    raw = sqlite3.connect(str(make_url(url).database), isolation_level=None)
    raw.execute("PRAGMA synchronous=FULL")

    def save(key: str, number: int) -> None:
        raw.execute("BEGIN IMMEDIATE")
        body, version = raw.execute(_READ, {"key": key}).fetchone()
        values = {
            "key": key,
            "result": _result(number),
            "body": f"{body.rsplit(' ', 1)[0]} {number}",
            "fields": json.dumps({"body": body}),
            "version": version + 1,
            "at": "2026-11-23 12:00:00.000000",
        }
        for statement in _RAW.split(";"):
            raw.execute(statement, values)
        raw.execute("COMMIT")

    return save


def _result(number: int) -> str:
    return f"Am Ende kamen {number} Menschen aus der Nachbarschaft und wollten bleiben."
