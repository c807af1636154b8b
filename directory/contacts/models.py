"""Where one can ask in a municipality, and who vouched for it when."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, PartialDate, UtcDateTime, enum_by_value, utc_now
from directory.municipalities.models import Ags, Municipality
from directory.publication.models import Publishable


class ContactPoint(Publishable, Model):
    """One office, agency or function that answers for engagement in a municipality."""

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("ags", "unit"),
        CheckConstraint("(person_name IS NULL) = (person_basis IS NULL)", name="person_has_basis"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"), index=True)
    unit: Mapped[str] = mapped_column(String(200))

    # Address, only as far as the source gives it
    street: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(80))
    # Where that is, in degrees (WGS 84); nobody may have placed it yet
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    phone: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(String(500))
    # The mailbox that stays when people change: asked when nobody else answers
    fallback_email: Mapped[str | None] = mapped_column(String(200))

    # Somebody's name only with the reason why it may stand here
    person_name: Mapped[str | None] = mapped_column(String(120))
    person_basis: Mapped[str | None] = mapped_column(String(200))

    # Where it is from and how fresh it is. Changing is not verifying: somebody has to vouch.
    source_url: Mapped[str] = mapped_column(String(500))
    as_of: Mapped[PartialDate | None]
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    verified_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Since when `email` is known not to take letters
    undeliverable_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    municipality: Mapped[Municipality] = relationship()


class Answer(enum.StrEnum):
    """What came of asking."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    SUCCESSOR = "successor"


class ConfirmationRequest(Model):
    """One time a contact point was asked whether its entry is still right, until the answer."""

    __tablename__ = "confirmation_request"
    __table_args__ = (
        # Nobody is asked twice at a time, however many processes ask.
        Index(
            "ix_confirmation_request_open",
            "contact_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact_point.id", ondelete="CASCADE"), index=True
    )
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # Without an answer the function mailbox is asked, and then it is up to the office.
    fallback_asked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    escalated_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[Answer | None] = mapped_column(enum_by_value(Answer))

    contact: Mapped[ContactPoint] = relationship()


class ConfirmationLink(Model):
    """One link to answer with; only a digest of its token is kept, and only until it is used."""

    __tablename__ = "confirmation_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(
        ForeignKey("confirmation_request.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)

    request: Mapped[ConfirmationRequest] = relationship()
