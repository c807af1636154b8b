"""At most so many tries to get in, counted in the database: for all workers, over restarts.

Counted are the account somebody names, whether it exists or not, and the address they come from.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory.accounts.models import Attempt
from directory.db import utc_now
from directory.errors import DirectoryError

MOST_TRIES = 10
WITHIN = dt.timedelta(minutes=5)


class TooManyTries(DirectoryError):
    """Somebody has tried too often; trying again helps after `retry_after_seconds`."""

    status = 429
    title = "Zu viele Versuche"

    def __init__(self, retry_after_seconds: int) -> None:
        minutes = -(-retry_after_seconds // 60)
        wait = "einer Minute" if minutes == 1 else f"{minutes} Minuten"
        super().__init__(
            f"Das waren zu viele Versuche. Bitte versuchen Sie es in {wait} noch einmal."
        )
        self.retry_after_seconds = retry_after_seconds


def count_try(session: Session, subjects: Sequence[str]) -> None:
    """Count one try for each of `subjects` (keyed digests); commit it before checking anything.

    Raises:
        TooManyTries: one of them has used up its tries; nothing is counted then.
    """
    now = utc_now()
    _wait_for_others(session, subjects)
    session.execute(delete(Attempt).where(Attempt.at <= now - WITHIN))
    for subject in subjects:
        times = session.scalars(
            select(Attempt.at).where(Attempt.subject == subject).order_by(Attempt.at)
        ).all()
        if len(times) >= MOST_TRIES:
            raise TooManyTries(max(1, int((times[-MOST_TRIES] + WITHIN - now).total_seconds()) + 1))
    session.add_all(Attempt(subject=subject, at=now) for subject in subjects)
    session.flush()


def forget_tries(session: Session, subjects: Sequence[str]) -> None:
    """Forget the tries of those who have proved who they are."""
    session.execute(delete(Attempt).where(Attempt.subject.in_(subjects)))


def erase_old(session: Session, now: dt.datetime) -> int:
    """Erase the tries that count no longer; returns how many."""
    gone = session.execute(delete(Attempt).where(Attempt.at <= now - WITHIN).returning(Attempt.id))
    return len(gone.all())


def _wait_for_others(session: Session, subjects: Sequence[str]) -> None:
    """Let tries of one subject count one after the other; SQLite writes one at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for subject in sorted(subjects):
            session.execute(select(func.pg_advisory_xact_lock(int(subject[:15], 16))))
