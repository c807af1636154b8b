"""The outbox: every letter from its writing until nothing but a count is left of it."""

import datetime as dt
import enum

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, utc_now
from directory.mail.addresses import LONGEST as LONGEST_ADDRESS


class MailState(enum.StrEnum):
    """What became of a letter; the value is its German name."""

    WAITING = "wartet"
    SENT = "gesendet"
    RETURNED = "zurückgekommen"
    REFUSED = "abgelehnt"
    UNCLEAR = "unklar"
    GIVEN_UP = "aufgegeben"


class OutboxMail(Model):
    """One letter to one recipient.

    It waits (`sent_at` and `given_up_at` empty) until it was accepted by the mail server or given
    up. Some days later recipient, subject, text and link are erased (`erased_at`).
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_waiting", "sent_at", "given_up_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)

    # The letter
    recipient: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    subject: Mapped[str] = mapped_column(String(250))
    text: Mapped[str] = mapped_column(Text)
    unsubscribe_url: Mapped[str | None] = mapped_column(String(500))

    # Why it is written: kept for good, so never with an address or a name in it
    kind: Mapped[str] = mapped_column(String(40))
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    reference: Mapped[str | None] = mapped_column(String(200), index=True)

    # By what it is known when it comes back; `message_id` is the part before the @
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    bounce_token: Mapped[str] = mapped_column(String(64), unique=True)

    # When to try
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    not_before: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    next_try_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    # What became of it
    handed_over_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(String(300))
    bounced_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    bounce_status: Mapped[str | None] = mapped_column(String(11))
    erased_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    @property
    def state(self) -> MailState:
        """What became of it so far."""
        if self.bounced_at is not None:
            return MailState.RETURNED if self.sent_at else MailState.REFUSED
        if self.sent_at is not None:
            return MailState.SENT
        if self.given_up_at is None:
            return MailState.WAITING
        return MailState.UNCLEAR if self.handed_over_at else MailState.GIVEN_UP

    @property
    def is_undeliverable(self) -> bool:
        """Whether the address is known not to take letters.

        Refusals because of size, content or policy (5.3, 5.6, 5.7: spam filter, relay) say nothing
        about the address.
        """
        return (self.bounce_status or "").startswith(("5.0.", "5.1.", "5.2.", "5.4."))
