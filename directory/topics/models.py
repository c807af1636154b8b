"""Terms that practices and resources are described with."""

import enum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, enum_by_value


class TermKind(enum.StrEnum):
    """The three lists of the vocabulary."""

    TOPIC = "topic"
    TARGET_GROUP = "target_group"
    INSTRUMENT = "instrument"

    @property
    def label(self) -> str:
        """The German name of one such term."""
        return _LABELS[self][0]

    @property
    def plural(self) -> str:
        """The German name of the list."""
        return _LABELS[self][1]


_LABELS = {
    TermKind.TOPIC: ("Thema", "Themen"),
    TermKind.TARGET_GROUP: ("Zielgruppe", "Zielgruppen"),
    TermKind.INSTRUMENT: ("Instrument", "Instrumente"),
}


class Term(Model):
    """One term of the vocabulary; its slug is unique over all three lists."""

    __tablename__ = "term"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[TermKind] = mapped_column(enum_by_value(TermKind), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    definition: Mapped[str] = mapped_column(Text)

    synonyms: Mapped[list["Synonym"]] = relationship(
        order_by="Synonym.position", cascade="all, delete-orphan"
    )


class Synonym(Model):
    """Another word for a term, for search; one word may belong to several terms."""

    __tablename__ = "synonym"

    term_slug: Mapped[str] = mapped_column(ForeignKey("term.slug"), primary_key=True)
    text: Mapped[str] = mapped_column(String(120), primary_key=True)
    position: Mapped[int]
