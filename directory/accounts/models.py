"""Accounts, what people prove themselves with, and the sessions that follow."""

import datetime as dt
import enum
import secrets

from sqlalchemy import JSON, BigInteger, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, TextList, UtcDateTime, enum_by_value, utc_now

LONGEST_EMAIL = 254
LONGEST_NAME = 120
LONGEST_DEVICE = 120
LONGEST_PASSKEY_NAME = 60
LONGEST_TOKEN_NAME = 60


class Role(enum.StrEnum):
    """What somebody is to the directory; what a role may do stands in :mod:`.rights`."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "admin"

    @property
    def label(self) -> str:
        """The German name of the role."""
        return _ROLE_LABELS[self]

    @property
    def needs_second_factor(self) -> bool:
        """Whether a password alone is too little for this role."""
        return self is not Role.EDITOR


_ROLE_LABELS = {
    Role.EDITOR: "Redaktion",
    Role.REVIEWER: "Prüfung (Netzwerkbüro)",
    Role.ADMINISTRATOR: "Administration",
}


class LinkKind(enum.StrEnum):
    """What a mailed link is for."""

    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105 - the name of a purpose
    ADDRESS = "address"


class Scope(enum.StrEnum):
    """What a programme with an access token may do; never more than its owner."""

    READ_DRAFTS = "drafts:read"
    WRITE_DRAFTS = "drafts:write"

    @property
    def label(self) -> str:
        """What the scope allows, in German."""
        return _SCOPE_LABELS[self]


_SCOPE_LABELS = {
    Scope.READ_DRAFTS: "Entwürfe von Praxisbeispielen lesen",
    Scope.WRITE_DRAFTS: "Praxisbeispiele entwerfen, ändern und einreichen",
}


def new_handle() -> str:
    """Make the name by which authenticators know an account; it says nothing about the person."""
    return secrets.token_urlsafe(32)


class Account(Model):
    """One person who may sign in. It exists from the invitation on; `joined_at` follows."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Who it is. The address is kept case-folded; the name is best a function („Ehrenamtsbüro“).
    email: Mapped[str] = mapped_column(String(LONGEST_EMAIL), unique=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    # What they may do
    role: Mapped[Role] = mapped_column(enum_by_value(Role))
    active: Mapped[bool] = mapped_column(default=True)
    municipalities: Mapped[list["AccountMunicipality"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountMunicipality.ags"
    )
    # How they prove it
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(Text)  # encrypted
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)  # of the last code taken
    recovery_hashes: Mapped[list[str]] = mapped_column(JSON, default=list)
    passkeys: Mapped[list["Passkey"]] = relationship(
        cascade="all, delete-orphan", order_by="Passkey.id", back_populates="account"
    )
    handle: Mapped[str] = mapped_column(String(64), unique=True, default=new_handle)
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    # When
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    joined_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    @property
    def places(self) -> frozenset[str]:
        """Keys (AGS) of the municipalities this account works for."""
        return frozenset(one.ags for one in self.municipalities)

    @places.setter
    def places(self, keys: frozenset[str]) -> None:
        kept = [one for one in self.municipalities if one.ags in keys]
        new = keys - {one.ags for one in kept}
        self.municipalities = kept + [AccountMunicipality(ags=ags) for ags in sorted(new)]

    @property
    def actor(self) -> str:
        """How the history names this account: opaque, so that it can stay when a person goes."""
        return f"konto:{self.id}"

    @property
    def display_name(self) -> str:
        """What colleagues read: the name, without one the address."""
        return self.name or self.email

    @property
    def has_second_factor(self) -> bool:
        """Whether a password is followed by a code."""
        return self.totp_secret is not None

    def covers(self, ags: str | None) -> bool:
        """Whether `ags` is in this account's care: editors look after their own places only."""
        return self.role is not Role.EDITOR or ags in self.places


class AccountMunicipality(Model):
    """One municipality an account works for."""

    __tablename__ = "account_municipality"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    ags: Mapped[str] = mapped_column(
        String(8), ForeignKey("municipality.ags", ondelete="CASCADE"), primary_key=True
    )


class Passkey(Model):
    """One passkey: the public half of a pair whose private half never leaves a device."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    account: Mapped[Account] = relationship(back_populates="passkeys")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # Rises with each use on most devices; one that falls betrays a copy.
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    name: Mapped[str] = mapped_column(String(LONGEST_PASSKEY_NAME))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class SignedInSession(Model):
    """One device somebody is signed in on; without its row a cookie is worth nothing."""

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    account: Mapped[Account] = relationship()
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(LONGEST_DEVICE))
    # Proved by two things: password and code, or a passkey that asked for finger or PIN.
    is_strong: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_used_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class AccessToken(Model):
    """One key with which a programme writes for an account; what it holds is kept as a digest."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    account: Mapped[Account] = relationship()
    name: Mapped[str] = mapped_column(String(LONGEST_TOKEN_NAME))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # Values of `Scope`
    scopes: Mapped[TextList]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # The day says whether it is still needed; the moment is nobody's business.
    last_used_on: Mapped[dt.date | None]

    @property
    def scope_labels(self) -> list[str]:
        """What it allows, in German."""
        return [Scope(one).label for one in self.scopes]

    @property
    def is_expired(self) -> bool:
        """Whether its time has passed."""
        return self.expires_at <= utc_now()


class MailedLink(Model):
    """One link sent by mail; it works once, until `expires_at`. The token itself is not kept."""

    __tablename__ = "account_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    account: Mapped[Account] = relationship()
    kind: Mapped[LinkKind] = mapped_column(enum_by_value(LinkKind))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    new_email: Mapped[str | None] = mapped_column(String(LONGEST_EMAIL))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RequestCount(Model):
    """How many questions a visitor, a keyed digest, put in one minute; old minutes are dropped."""

    __tablename__ = "request_count"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Minutes since 1970
    window: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class Attempt(Model):
    """One try to get in; who tried is a keyed digest, and the row goes when the window closes."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
