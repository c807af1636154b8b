"""Messages from visitors to the office."""

import datetime as dt

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, utc_now


class FeedbackMessage(Model):
    """One message. The address to answer to is voluntary and goes when the matter is closed."""

    __tablename__ = "feedback_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    page: Mapped[str] = mapped_column(String(300))
    message: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
