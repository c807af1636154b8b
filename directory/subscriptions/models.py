"""Who gets mail about which search, and how often; and how often the desk writes to accounts."""

import datetime as dt
import enum
import secrets

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, UtcDateTime, enum_by_value, utc_now
from directory.mail.addresses import LONGEST as LONGEST_ADDRESS
from directory.search.lists.listings import ListKind

LONGEST_QUERY = 1_000
LONGEST_LABEL = 400


class Rhythm(enum.StrEnum):
    """How often somebody wants to hear of news."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def label(self) -> str:
        """The German name of the rhythm."""
        return {"weekly": "wöchentlich", "monthly": "monatlich"}[self]

    @property
    def days(self) -> int:
        """Days between two letters."""
        return {"weekly": 7, "monthly": 30}[self]


class DeskRhythm(enum.StrEnum):
    """How often the desk writes to somebody who works there."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"

    @property
    def label(self) -> str:
        """The German name of the rhythm."""
        return {
            "daily": "höchstens einmal am Tag",
            "weekly": "höchstens einmal in der Woche",
            "none": "gar nicht",
        }[self]


def new_handle() -> str:
    """Make the random name that links are signed for; by itself it opens nothing."""
    return secrets.token_hex(16)


class Subscriber(Model):
    """One address. It exists as long as anything is subscribed to or waits for its confirmation."""

    __tablename__ = "subscriber"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True, default=new_handle)
    # In lower case: one person gets one letter, however they spell it
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS), unique=True)

    subscriptions: Mapped[list["Subscription"]] = relationship(
        back_populates="subscriber", cascade="all, delete-orphan", order_by="Subscription.id"
    )


class Subscription(Model):
    """One search somebody wants to hear of. Ended ones are deleted."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("subscriber_id", "kind", "query"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    subscriber: Mapped[Subscriber] = relationship(back_populates="subscriptions")
    handle: Mapped[str] = mapped_column(String(32), unique=True, default=new_handle)

    # What: the list, the question as it stands in its address, and what that is in German
    kind: Mapped[ListKind] = mapped_column(enum_by_value(ListKind))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    label: Mapped[str] = mapped_column(String(LONGEST_LABEL))

    # When
    rhythm: Mapped[Rhythm] = mapped_column(enum_by_value(Rhythm), default=Rhythm.WEEKLY)
    # Of the newest request; unconfirmed ones are erased some days after it
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Up to when its news have been looked through, whether there were any or not
    looked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class DeskNotice(Model):
    """How often one account wants to hear from the desk, and when it last did; no row: daily."""

    __tablename__ = "desk_notice"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    rhythm: Mapped[DeskRhythm] = mapped_column(enum_by_value(DeskRhythm), default=DeskRhythm.DAILY)
    told_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
