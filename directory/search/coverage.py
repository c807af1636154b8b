"""Where practice is known and where the white spots are: counts that add up to the totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from directory.municipalities.models import Municipality, SizeClass
from directory.practices.models import Practice, practice_term
from directory.publication.models import Status
from directory.search.listings import size_value
from directory.topics.models import Term, TermKind

# The column of what counties and districts do themselves
ABOVE = "kreise-und-bezirke"
COLUMNS: tuple[str, ...] = (*(size.value for size in SizeClass), ABOVE)


@dataclass(frozen=True)
class Coverage:
    """Number of published practices per row and size class; what does not occur is 0."""

    rows: tuple[str, ...]
    counts: Mapping[tuple[str, str], int]

    def cell(self, row: str, column: str) -> int:
        """Return the practices of one row in one column."""
        return self.counts.get((row, column), 0)

    def row_total(self, row: str) -> int:
        """Return the practices of one row."""
        return sum(self.cell(row, column) for column in COLUMNS)

    def column_total(self, column: str) -> int:
        """Return the sum of one column."""
        return sum(self.cell(row, column) for row in self.rows)

    @property
    def total(self) -> int:
        """The sum of all cells."""
        return sum(self.row_total(row) for row in self.rows)


def of_term(session: Session, slug: str, districts: Sequence[str]) -> Coverage:
    """Return districts × size classes of the practices of one term."""
    return _counted(
        session, Municipality.district_ags, practice_term.c.term_slug == slug, districts
    )


def of_topics(session: Session, topics: Sequence[str]) -> Coverage:
    """Return topics × size classes; a practice counts in the row of each of its topics."""
    topic = practice_term.c.term_slug.in_(select(Term.slug).where(Term.kind == TermKind.TOPIC))
    return _counted(session, practice_term.c.term_slug, topic, topics)


def _counted(
    session: Session, row: Any, condition: ColumnElement[bool], rows: Sequence[str]
) -> Coverage:
    column = func.coalesce(size_value(), ABOVE)
    counted = session.execute(
        select(row, column, func.count())
        .select_from(Practice)
        .join(Municipality, Municipality.ags == Practice.ags)
        .join(practice_term, practice_term.c.practice_id == Practice.id)
        .where(Practice.status == Status.PUBLISHED, condition)
        # By position: PostgreSQL takes the same CASE with other parameters for another one.
        .group_by(literal_column("1"), literal_column("2"))
    ).all()
    return Coverage(tuple(rows), {(one, size): count for one, size, count in counted})
