"""What every publishable entry has, and the memory of what happened to it."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, TextList, UtcDateTime, enum_by_value, utc_now


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


class Stage(enum.StrEnum):
    """Where a working copy stands on its way to readers."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """The German name of the stage."""
        return _STAGE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has something to do."""
        return self not in {Stage.PUBLISHED, Stage.DISCARDED}


_STAGE_LABELS = {
    Stage.DRAFT: "Entwurf",
    Stage.SUBMITTED: "eingereicht",
    Stage.RETURNED: "zurückgegeben",
    Stage.SCHEDULED: "freigegeben, erscheint später",
    Stage.PUBLISHED: "veröffentlicht",
    Stage.DISCARDED: "verworfen",
}


class WorkingCopy(Model):
    """One change of one entry on its way to readers, or a new entry before its first publication.

    Readers see the entry as it is until the copy is published. `fields` are the values of the
    subject's draft as plain JSON; they may be incomplete or wrong until the copy is submitted.
    """

    __tablename__ = "working_copy"
    __table_args__ = (
        # Two copies of one entry would have to be merged by hand; so there is one at a time.
        Index(
            "ix_working_copy_open",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("stage NOT IN ('published', 'discarded')"),
            postgresql_where=text("stage NOT IN ('published', 'discarded')"),
        ),
        Index("ix_working_copy_stage", "stage", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_by_value(EntryKind))
    # The entry it changes; None: a new one
    key: Mapped[str | None] = mapped_column(String(120))
    # The municipality whose editors may write it; None: an entry of the whole network
    ags: Mapped[str | None] = mapped_column(ForeignKey("municipality.ags"), index=True)
    title: Mapped[str] = mapped_column(String(300), default="")

    # What it says
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The version of the entry that it was begun from; 0: there was none
    base_version: Mapped[int] = mapped_column(default=0)
    # Rises with each saved change of the copy itself
    version: Mapped[int] = mapped_column(default=1)

    # Where it stands
    stage: Mapped[Stage] = mapped_column(enum_by_value(Stage), default=Stage.DRAFT)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    publish_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    # Who is responsible for it, and everybody who wrote in it: none of them may publish it.
    author: Mapped[str] = mapped_column(String(120), index=True)
    contributors: Mapped[TextList]
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    states: Mapped[list["WorkingCopyState"]] = relationship(
        order_by="WorkingCopyState.version", cascade="all, delete-orphan"
    )
    steps: Mapped[list["StageChange"]] = relationship(
        order_by="StageChange.id", cascade="all, delete-orphan"
    )
    comments: Mapped[list["FieldComment"]] = relationship(
        order_by="FieldComment.id", cascade="all, delete-orphan"
    )


class WorkingCopyState(Model):
    """A working copy as it was after one save: what two people began from when they collide."""

    __tablename__ = "working_copy_state"

    copy_id: Mapped[int] = mapped_column(
        ForeignKey("working_copy.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class StageChange(Model):
    """One step of a working copy: who, when, from, to, why."""

    __tablename__ = "stage_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(
        ForeignKey("working_copy.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[Stage | None] = mapped_column(enum_by_value(Stage, name="before"))
    after: Mapped[Stage] = mapped_column(enum_by_value(Stage, name="after"))
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    note: Mapped[str | None] = mapped_column(Text)


class FieldComment(Model):
    """What a reviewer says about one field of a working copy; settled once it is published."""

    __tablename__ = "field_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(
        ForeignKey("working_copy.id", ondelete="CASCADE"), index=True
    )
    field: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ParkedText(Model):
    """What somebody sent after their session had ended: kept for a day, for them alone."""

    __tablename__ = "parked_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    # The form it was typed in, and its fields in order: [["title", "…"], …]
    path: Mapped[str] = mapped_column(String(200))
    typed: Mapped[list[list[str]]] = mapped_column(JSON)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)


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


class Handover(Model):
    """One time somebody gave their work away; never with their name.

    Without a successor the work belongs to the function mailbox, whose `actor` its copies carry,
    until the office finds somebody.
    """

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    actor: Mapped[str] = mapped_column(String(120))
    # None: only a name was taken away
    source: Mapped[str | None] = mapped_column(String(120))
    successor: Mapped[str | None] = mapped_column(String(120))
    # Keys (AGS) of the municipalities concerned
    places: Mapped[TextList]
    settled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def mailbox(self) -> str:
        """How the history names the function mailbox that took over."""
        return f"uebergabe:{self.id}"


class CatalogueState(Model):
    """The one row that says which state of the catalogue visitors see.

    `version` rises with every change that can be seen; prepared map data and `ETag`s carry it.
    """

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    version: Mapped[int] = mapped_column(default=0)
    # The version that last changed what entries stand on (`catalogue.advance`); 0: not known
    ground: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    # Which seed and which rules of analysis the data and the index were made with.
    seed_digest: Mapped[str | None] = mapped_column(String(64))
    index_rules: Mapped[str | None] = mapped_column(String(64))
