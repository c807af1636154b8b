"""Where practice is known and where the white spots are: counts that add up to the totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directory.municipalities.models import SizeClass
from directory.search.lists import bitmaps
from directory.search.lists.columns import get_columns
from directory.search.lists.listings import TERM_FACETS, ListKind
from directory.topics.models import TermKind

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
    values = get_columns(session, ListKind.PRACTICES).values
    found = [values[name][slug] for name in TERM_FACETS.values() if slug in values[name]]
    return _counted(session, "bezirk", districts, bitmaps.joined(found))


def of_topics(session: Session, topics: Sequence[str]) -> Coverage:
    """Return topics × size classes; a practice counts in the row of each of its topics."""
    every = get_columns(session, ListKind.PRACTICES).everything
    return _counted(session, TERM_FACETS[TermKind.TOPIC], topics, every)


def _counted(session: Session, facet: str, rows: Sequence[str], among: int) -> Coverage:
    columns = get_columns(session, ListKind.PRACTICES)
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        entries = among & bitmaps.joined([columns.values[facet].get(row, {})])
        sizes = columns.count("groesse", entries)
        # What has no size class are counties and districts.
        sizes[ABOVE] = entries.bit_count() - sum(sizes.values())
        counts |= {(row, size): count for size, count in sizes.items() if count}
    return Coverage(tuple(rows), counts)
