"""What can be asked about visitors' messages."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.feedback.models import FeedbackMessage


def open_messages(session: Session) -> Sequence[FeedbackMessage]:
    """Return all messages nobody has closed yet, oldest first."""
    return session.scalars(
        select(FeedbackMessage)
        .where(FeedbackMessage.closed_at.is_(None))
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
