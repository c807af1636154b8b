"""What became of each file that was imported, so that it can be taken back as one."""

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, enum_by_value, utc_now
from directory.publication.models import Status
from directory.publication.saving import Outcome

# Who imports on the command line: the operator, who can reach the database anyway.
COMMAND = "befehl"
_ERASABLE = JSON(none_as_null=True)


class ImportKind(enum.StrEnum):
    """What a file lists."""

    PRACTICES = "practices"
    CONTACTS = "contacts"
    MEMBERSHIPS = "memberships"

    @property
    def label(self) -> str:
        """The German name of the entries."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    ImportKind.PRACTICES: "Praxisbeispiele",
    ImportKind.CONTACTS: "Ansprechstellen",
    ImportKind.MEMBERSHIPS: "Mitgliedschaften",
}


class BatchState(enum.StrEnum):
    """Where an import stands."""

    UPLOADED = "uploaded"
    PREPARED = "prepared"
    RELEASED = "released"
    UNDONE = "undone"
    DISCARDED = "discarded"

    @property
    def label(self) -> str:
        """The German name of the state."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    BatchState.UPLOADED: "in Vorbereitung",
    BatchState.PREPARED: "wartet auf Freigabe",
    BatchState.RELEASED: "übernommen",
    BatchState.UNDONE: "rückgängig gemacht",
    BatchState.DISCARDED: "verworfen",
}


class ImportBatch(Model):
    """One file on its way into the catalogue, or out of it again."""

    __tablename__ = "import_batch"
    __table_args__ = (
        # Four eyes, whatever a programme does: only the command line may do both.
        CheckConstraint(
            f"released_by IS NULL OR released_by <> prepared_by OR released_by = '{COMMAND}'",
            name="four_eyes",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind] = mapped_column(enum_by_value(ImportKind))
    filename: Mapped[str] = mapped_column(String(200))
    state: Mapped[BatchState] = mapped_column(enum_by_value(BatchState), index=True)

    # What the file says and which column means what, until it is released and erased
    # It may be megabytes: lists of imports do without it.
    table: Mapped[dict[str, Any] | None] = mapped_column(_ERASABLE, deferred=True)
    mapping: Mapped[list[str | None] | None] = mapped_column(_ERASABLE)

    # What it does, in rows
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)

    # Who and when
    prepared_by: Mapped[str] = mapped_column(String(120))
    prepared_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    released_by: Mapped[str | None] = mapped_column(String(120))
    released_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Why it was returned, or what taking it back did and left alone
    note: Mapped[str | None] = mapped_column(Text)
    # Undone or discarded
    closed_by: Mapped[str | None] = mapped_column(String(120))
    closed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Model):
    """What one row of a file was to do when it was prepared, and did when it was released."""

    __tablename__ = "import_row"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[Outcome] = mapped_column(enum_by_value(Outcome))
    # What people know the entry by
    name: Mapped[str] = mapped_column(String(300))
    # What the history calls it; None until a new contact point has its number
    key: Mapped[str | None] = mapped_column(String(120))

    # The entry as it was: 0, None and None where there was none
    version_before: Mapped[int]
    status_before: Mapped[Status | None] = mapped_column(enum_by_value(Status))
    fields_before: Mapped[dict[str, Any] | None] = mapped_column(_ERASABLE)
    # The version that the import made of it
    version_after: Mapped[int | None]
