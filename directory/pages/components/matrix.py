"""Counts as a table whose every cell leads to the list it counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from directory.municipalities.models import MunicipalityKind, SizeClass
from directory.pages.components.listing import list_href
from directory.search.criteria import Criteria
from directory.search.lists.coverage import ABOVE, COLUMNS, Coverage
from directory.search.lists.listings import ListKind
from directory.text import number

# From how many on a cell is shown darker
_SHADES = (1, 3, 6)


@dataclass(frozen=True)
class Cell:
    """One number and its list; `shade` is 0 for a white spot, up to 3 for many."""

    count: int
    href: str
    shade: int
    label: str


@dataclass(frozen=True)
class Line:
    """One row of the table with its total."""

    label: str
    href: str
    cells: list[Cell]
    total: Cell


@dataclass(frozen=True)
class Matrix:
    """A table of counts; `foot` are the totals of the columns, where they can be added up."""

    caption: str
    corner: str
    columns: list[str]
    lines: list[Line]
    foot: Line | None
    spots: int


Choices = dict[str, tuple[str, ...]]


def matrix(
    coverage: Coverage,
    labels: dict[str, str],
    choose: Callable[[str], Choices],
    *,
    caption: str,
    corner: str,
    base: Choices | None = None,
    href: Callable[[str], str] | None = None,
    with_foot: bool = True,
) -> Matrix:
    """Return `coverage` as a table.

    `choose` gives the filters of a row, `base` those of the whole table, `href` where the name of
    a row leads.
    """
    common = base or {}

    def line(label: str, choices: Choices, counts: Sequence[int], total: int, to: str) -> Line:
        cells = [
            _cell(count, choices | _COLUMN_CHOICES[column], f"{label}, {_COLUMN_LABELS[column]}")
            for column, count in zip(COLUMNS, counts, strict=True)
        ]
        return Line(label, to, cells, _cell(total, choices, f"{label}, zusammen"))

    lines = [
        line(
            labels[row],
            common | choose(row),
            [coverage.cell(row, column) for column in COLUMNS],
            coverage.row_total(row),
            href(row) if href else "",
        )
        for row in coverage.rows
    ]
    sums = [coverage.column_total(column) for column in COLUMNS]
    return Matrix(
        caption=caption,
        corner=corner,
        columns=[_SHORT_LABELS[column] for column in COLUMNS],
        lines=lines,
        foot=line("Zusammen", common, sums, coverage.total, "") if with_foot else None,
        spots=sum(not cell.count for one in lines for cell in one.cells),
    )


def _cell(count: int, choices: Choices, label: str) -> Cell:
    criteria = Criteria(kind=ListKind.PRACTICES, choices=choices)
    return Cell(count, list_href(criteria), sum(count >= shade for shade in _SHADES), label)


_COLUMN_LABELS = {size.value: size.label for size in SizeClass} | {ABOVE: "Kreise und Bezirke"}
# In the head of a column the lower bound is enough; the next column names the upper one.
_SHORT_LABELS = {
    size.value: f"ab {number(size.bounds[0])}" if size.bounds[0] else size.label
    for size in SizeClass
} | {ABOVE: "Kreise, Bezirke"}
_COLUMN_CHOICES: dict[str, Choices] = {size.value: {"groesse": (size.value,)} for size in SizeClass}
_COLUMN_CHOICES[ABOVE] = {"art": (MunicipalityKind.COUNTY.value, MunicipalityKind.DISTRICT.value)}
