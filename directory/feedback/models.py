"""Messages from visitors: barriers to the office, hints at entries to those who keep them."""

import datetime as dt
import enum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, enum_by_value, utc_now
from directory.publication.models import EntryKind


class MessageKind(enum.StrEnum):
    """What a visitor writes about."""

    BARRIER = "barrier"
    HINT = "hint"


class Outcome(enum.StrEnum):
    """What became of a hint."""

    DONE = "done"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The German word of the answer."""
        return "erledigt" if self is Outcome.DONE else "abgelehnt"


class FeedbackMessage(Model):
    """One message. The address to answer to is voluntary and goes when the matter is closed."""

    __tablename__ = "feedback_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[MessageKind] = mapped_column(
        enum_by_value(MessageKind), default=MessageKind.BARRIER
    )
    # The page as the visitor names it; of a hint the title of the entry
    page: Mapped[str] = mapped_column(String(300))
    message: Mapped[str] = mapped_column(Text)
    reply_to: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    # Of a hint: which entry it is about, and whose that is (None: the office keeps it)
    entry_kind: Mapped[EntryKind | None] = mapped_column(
        enum_by_value(EntryKind, name="entry_kind")
    )
    entry_key: Mapped[str | None] = mapped_column(String(120))
    ags: Mapped[str | None] = mapped_column(ForeignKey("municipality.ags"), index=True)
    # What would be right
    suggestion: Mapped[str | None] = mapped_column(Text)
    # Who is at it, and what came of it
    taken_by: Mapped[str | None] = mapped_column(String(120))
    outcome: Mapped[Outcome | None] = mapped_column(enum_by_value(Outcome))
    reply: Mapped[str | None] = mapped_column(Text)
