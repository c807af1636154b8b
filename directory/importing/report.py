"""A plan in lines of text, for the command line."""

from collections.abc import Iterator

from directory.importing.models import ImportBatch
from directory.importing.planning import Plan, RowState

_LONGEST = 100
_ONE_LINE = str.maketrans("\n\r\t", "   ")


def lines(plan: Plan) -> Iterator[str]:
    """Yield what would happen row by row, then what is wrong cell by cell, then the sum of it."""
    for row in plan.rows:
        if row.state in (RowState.NEW, RowState.CHANGED):
            yield f"Zeile {row.number}: {row.state.label} – {row.name}"
        for change in row.changes:
            yield f"    {change.header}: {_short(change.before)} → {_short(change.after)}"
    for problem in plan.problems:
        written = f" ({_short(problem.written)})" if problem.written else ""
        header = f" {problem.header}" if problem.header else ""
        yield f"{problem.place}{header}{written}: {problem.sentence}"
    yield from plan.notes
    yield plan.summary


def batch_line(batch: ImportBatch) -> str:
    """Return what one import was, in a line."""
    return (
        f"{batch.id:>5}  {batch.prepared_at:%d.%m.%Y}  {batch.kind.label}, {batch.filename}: "
        f"{batch.state.label} ({batch.created} neu, {batch.changed} geändert)"
    )


def _short(text: str) -> str:
    line = text.translate(_ONE_LINE) or "–"
    return f"„{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'}“"
