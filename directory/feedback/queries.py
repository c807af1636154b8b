"""What can be asked about visitors' messages."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from directory.errors import NotFound
from directory.feedback.models import FeedbackMessage, MessageKind
from directory.publication.models import EntryKind


def open_messages(session: Session) -> Sequence[FeedbackMessage]:
    """Return all messages of the feedback form nobody has closed yet, oldest first."""
    return session.scalars(
        select(FeedbackMessage)
        .where(FeedbackMessage.closed_at.is_(None), FeedbackMessage.kind == MessageKind.BARRIER)
        .order_by(FeedbackMessage.at, FeedbackMessage.id)
    ).all()


def find_by_receipt(session: Session, receipt: str) -> FeedbackMessage | None:
    """Return the message with this receipt number, closed or not."""
    return session.scalar(select(FeedbackMessage).where(FeedbackMessage.receipt == receipt))


def messages_since(session: Session, moment: dt.datetime) -> int:
    """Return how many messages came in after `moment`."""
    return (
        session.scalar(
            select(func.count()).select_from(FeedbackMessage).where(FeedbackMessage.at > moment)
        )
        or 0
    )


def open_hints(session: Session, places: Collection[str] | None) -> Sequence[FeedbackMessage]:
    """Return the hints of `places` (AGS; None: all) that wait for an answer, oldest first."""
    return session.scalars(
        _hints(places)
        .where(FeedbackMessage.closed_at.is_(None))
        .order_by(FeedbackMessage.at, FeedbackMessage.id)
    ).all()


def answered_hints(
    session: Session, places: Collection[str] | None, *, limit: int = 50
) -> Sequence[FeedbackMessage]:
    """Return the latest answered hints of `places`, newest first."""
    return session.scalars(
        _hints(places)
        .where(FeedbackMessage.closed_at.is_not(None))
        .order_by(FeedbackMessage.closed_at.desc(), FeedbackMessage.id.desc())
        .limit(limit)
    ).all()


def hints_at(session: Session, kind: EntryKind, key: str) -> Sequence[FeedbackMessage]:
    """Return the open hints at one entry, oldest first."""
    return session.scalars(
        _hints(None)
        .where(
            FeedbackMessage.closed_at.is_(None),
            FeedbackMessage.entry_kind == kind,
            FeedbackMessage.entry_key == key,
        )
        .order_by(FeedbackMessage.at, FeedbackMessage.id)
    ).all()


def get_hint(session: Session, number: int) -> FeedbackMessage:
    """Return the hint, locked until the transaction ends; raise `NotFound`."""
    hint = session.scalar(_hints(None).where(FeedbackMessage.id == number).with_for_update())
    if hint is None:
        raise NotFound("Diesen Hinweis gibt es nicht.")
    return hint


def _hints(places: Collection[str] | None) -> Select[FeedbackMessage]:
    statement = select(FeedbackMessage).where(FeedbackMessage.kind == MessageKind.HINT)
    return statement if places is None else statement.where(FeedbackMessage.ags.in_(places))
