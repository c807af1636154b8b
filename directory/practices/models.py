"""Good-practice examples in the words the congress asked for."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, PartialDate, TextList, UtcDateTime, enum_by_value
from directory.files.models import FileKind, StoredFile
from directory.municipalities.models import Ags, Municipality
from directory.publication.models import Publishable
from directory.topics.models import Term, TermKind

# So long readers may rely on an example that nobody has looked through again.
REVIEW_AFTER = dt.timedelta(days=730)


class PracticeState(enum.StrEnum):
    """How far the practice itself has come; the values stand in addresses."""

    IDEA = "idee"
    PILOT = "pilot"
    RUNNING = "laufend"
    RECURRING = "wiederkehrend"
    FINISHED = "beendet"
    UNKNOWN = "unbekannt"

    @property
    def label(self) -> str:
        """The German name of the state."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    PracticeState.IDEA: "Idee oder Planung",
    PracticeState.PILOT: "Pilot",
    PracticeState.RUNNING: "laufend",
    PracticeState.RECURRING: "wiederkehrend",
    PracticeState.FINISHED: "beendet",
    PracticeState.UNKNOWN: "nicht bekannt",
}


class CostBand(enum.StrEnum):
    """Yearly cost for the municipality in euros, roughly."""

    NONE = "keine"
    UNDER_5000 = "unter-5000"
    UNDER_20000 = "5000-20000"
    UNDER_100000 = "20000-100000"
    MORE = "ab-100000"

    @property
    def label(self) -> str:
        """The German name of the band."""
        return _COST_LABELS[self]


_COST_LABELS = {
    CostBand.NONE: "keine zusätzlichen",
    CostBand.UNDER_5000: "unter 5.000 €",
    CostBand.UNDER_20000: "5.000 bis 20.000 €",
    CostBand.UNDER_100000: "20.000 bis 100.000 €",
    CostBand.MORE: "ab 100.000 €",
}


class StaffEffort(enum.StrEnum):
    """Paid working time the municipality spends, in full-time posts."""

    NONE = "keiner"
    UNDER_QUARTER = "unter-0,25"
    UNDER_HALF = "0,25-0,5"
    UNDER_ONE = "0,5-1"
    MORE = "ab-1"

    @property
    def label(self) -> str:
        """The German name of the effort."""
        return _EFFORT_LABELS[self]


_EFFORT_LABELS = {
    StaffEffort.NONE: "keine zusätzliche",
    StaffEffort.UNDER_QUARTER: "unter einer Viertelstelle",
    StaffEffort.UNDER_HALF: "eine viertel bis halbe Stelle",
    StaffEffort.UNDER_ONE: "eine halbe bis ganze Stelle",
    StaffEffort.MORE: "eine Stelle oder mehr",
}


class Licence(enum.StrEnum):
    """What others may do with an image or a document."""

    CC0 = "CC0-1.0"
    CC_BY = "CC-BY-4.0"
    CC_BY_SA = "CC-BY-SA-4.0"
    NETWORK = "network"

    @property
    def label(self) -> str:
        """The name of the licence on the page."""
        return _LICENCES[self][0]

    @property
    def url(self) -> str | None:
        """Where the licence is written; None: it was agreed on, not published."""
        return _LICENCES[self][1]


_LICENCES = {
    Licence.CC0: ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/deed.de"),
    Licence.CC_BY: ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.de"),
    Licence.CC_BY_SA: ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/deed.de"),
    Licence.NETWORK: ("Nutzung durch das Netzwerk erlaubt", None),
}


practice_term = Table(
    "practice_term",
    Model.metadata,
    Column("practice_id", ForeignKey("practice.id", ondelete="CASCADE"), primary_key=True),
    Column("term_slug", ForeignKey("term.slug"), primary_key=True, index=True),
)


class Practice(Publishable, Model):
    """One good-practice example of one municipality."""

    __tablename__ = "practice"
    __table_args__ = (
        CheckConstraint(
            "ended_year IS NULL OR started_year IS NULL OR ended_year >= started_year",
            name="period_forwards",
        ),
        # Both in one: with an index for each, SQLite reads all that is published.
        Index("ix_practice_ags_status", "ags", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)

    # The story
    situation: Mapped[str | None] = mapped_column(Text)
    approach: Mapped[str] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)

    # What others ask: what helped, what got in the way, who took part
    success_factors: Mapped[TextList]
    stumbling_blocks: Mapped[TextList]
    no_stumbling_blocks_known: Mapped[bool] = mapped_column(default=False)
    partners: Mapped[TextList]
    # When the municipality itself stood by the summary; until then it is an editorial one.
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    # Period and effort
    state: Mapped[PracticeState] = mapped_column(enum_by_value(PracticeState), index=True)
    started_year: Mapped[int | None] = mapped_column(index=True)
    ended_year: Mapped[int | None]
    ended_reason: Mapped[str | None] = mapped_column(Text)
    cost_band: Mapped[CostBand | None] = mapped_column(enum_by_value(CostBand))
    staff_effort: Mapped[StaffEffort | None] = mapped_column(enum_by_value(StaffEffort))

    municipality: Mapped[Municipality] = relationship()
    terms: Mapped[list[Term]] = relationship(secondary=practice_term, order_by=Term.position)
    sources: Mapped[list["PracticeSource"]] = relationship(
        order_by="PracticeSource.position", cascade="all, delete-orphan"
    )
    attachments: Mapped[list["PracticeAttachment"]] = relationship(
        order_by="PracticeAttachment.position", cascade="all, delete-orphan"
    )

    @property
    def looked_through_at(self) -> dt.datetime:
        """When somebody last made sure that all this is so."""
        moments = (self.confirmed_at, self.published_at, self.updated_at)
        return max(moment for moment in moments if moment is not None)

    def is_past_review(self, now: dt.datetime) -> bool:
        """Return whether nobody has looked through it for longer than `REVIEW_AFTER`."""
        return self.looked_through_at + REVIEW_AFTER <= now

    @property
    def as_of(self) -> str | None:
        """The date of the newest source, as precise as it is known; None: no source has one."""
        return max((source.as_of for source in self.sources if source.as_of), default=None)

    def terms_of(self, kind: TermKind) -> list[Term]:
        """Return the terms of one list of the vocabulary, in its order."""
        return [term for term in self.terms if term.kind is kind]


class PracticeSource(Model):
    """Where a practice is described, and how old that description is."""

    __tablename__ = "practice_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(
        ForeignKey("practice.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(500))
    as_of: Mapped[PartialDate | None]


class PracticeAttachment(Model):
    """An image or a document that belongs to a practice."""

    __tablename__ = "practice_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(
        ForeignKey("practice.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    kind: Mapped[FileKind] = mapped_column(enum_by_value(FileKind))
    # Below an image; of a document its title.
    caption: Mapped[str | None] = mapped_column(String(300))

    # What an image shows, for those who do not see it; none where it only adorns
    alternative_text: Mapped[str | None] = mapped_column(String(500))
    decorative: Mapped[bool] = mapped_column(default=False)

    # Whose it is: an office or institution, and a person only who wants to be named
    licence: Mapped[Licence | None] = mapped_column(enum_by_value(Licence))
    author: Mapped[str | None] = mapped_column(String(200))

    file: Mapped[StoredFile] = relationship()
