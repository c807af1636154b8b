"""What every publishable entry has, and the memory of what happened to it."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, enum_by_value, utc_now


class Status(enum.StrEnum):
    """Where an entry stands between desk and public."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The German name of the status."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.DRAFT: "Entwurf",
    Status.SUBMITTED: "eingereicht",
    Status.PUBLISHED: "veröffentlicht",
    Status.ARCHIVED: "archiviert",
}


class EntryKind(enum.StrEnum):
    """The kinds of entries that have a history."""

    MUNICIPALITY = "municipality"
    MEMBERSHIP = "membership"
    CONTACT = "contact"
    TERM = "term"
    PRACTICE = "practice"
    SERIES = "series"
    EVENT = "event"
    RESOURCE = "resource"


class Publishable:
    """Mixin of entries that go through the workflow before visitors see them."""

    status: Mapped[Status] = mapped_column(enum_by_value(Status), default=Status.DRAFT, index=True)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Rises with each saved change; forms and the API compare it before they overwrite.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class Decision(Model):
    """One step of one entry through the workflow."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_entry", "kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_by_value(EntryKind))
    key: Mapped[str] = mapped_column(String(120))
    before: Mapped[Status | None] = mapped_column(enum_by_value(Status, name="before"))
    after: Mapped[Status] = mapped_column(enum_by_value(Status, name="after"))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    note: Mapped[str | None] = mapped_column(Text)


class Revision(Model):
    """One kept state of one entry: all its fields as they were at that version."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("kind", "key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_by_value(EntryKind))
    key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class AuditEntry(Model):
    """One act that changed something, for administrators: who, what, when."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60))
    kind: Mapped[EntryKind | None] = mapped_column(enum_by_value(EntryKind))
    key: Mapped[str | None] = mapped_column(String(120))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class CatalogueState(Model):
    """The one row that says which state of the catalogue visitors see.

    `version` rises with every change that can be seen; prepared map data and `ETag`s carry it.
    """

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    # Which seed and which rules of analysis the data and the index were made with.
    seed_digest: Mapped[str | None] = mapped_column(String(64))
    index_rules: Mapped[str | None] = mapped_column(String(64))
