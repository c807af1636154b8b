"""Keeping what somebody sent after their session had ended, until they are back. Callers commit."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.publication.models import ParkedText

KEPT_FOR = dt.timedelta(hours=24)
# Of one account; the oldest goes first.
MOST_PARKED = 3


def park(
    session: Session, *, account_id: int, path: str, typed: Iterable[tuple[str, str]]
) -> ParkedText:
    """Keep what was `typed` (field, value) into the form at `path` for a day."""
    forget_old(session)
    kept = ParkedText(
        account_id=account_id, path=path, typed=[[name, value] for name, value in typed]
    )
    session.add(kept)
    session.flush()
    newest = (
        select(ParkedText.id)
        .where(ParkedText.account_id == account_id)
        .order_by(ParkedText.id.desc())
        .limit(MOST_PARKED)
    )
    keep = session.scalars(newest).all()
    session.execute(
        delete(ParkedText).where(ParkedText.account_id == account_id, ParkedText.id.not_in(keep))
    )
    return kept


def find_parked(session: Session, *, account_id: int, number: int) -> ParkedText | None:
    """Return the text with this number if it is this account's and still kept."""
    return session.scalar(
        select(ParkedText).where(
            ParkedText.id == number,
            ParkedText.account_id == account_id,
            ParkedText.at > utc_now() - KEPT_FOR,
        )
    )


def forget(session: Session, *, account_id: int, number: int) -> None:
    """Erase a text that was used; another account's stays."""
    session.execute(
        delete(ParkedText).where(ParkedText.id == number, ParkedText.account_id == account_id)
    )


def forget_old(session: Session, now: dt.datetime | None = None) -> int:
    """Erase what nobody came back for; returns how many texts."""
    limit = (now or utc_now()) - KEPT_FOR
    gone = session.execute(
        delete(ParkedText).where(ParkedText.at <= limit).returning(ParkedText.id)
    )
    return len(gone.all())
