"""Which column of a file means which field: guessed from the headings, changeable by people."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from directory.errors import BadInput
from directory.importing.kinds import Column, Kind
from directory.sheets.table import column_letter
from directory.text import fold, join

_SIMILAR_FROM = 0.85
_SHORTEST_SIMILAR = 6
_LONGEST_SIMILAR = 60


class WrongMapping(BadInput):
    """Columns and fields do not go together like this."""

    title = "Die Spalten passen nicht"


@dataclass(frozen=True)
class ColumnMapping:
    """The fields of a file's columns in their order; None: the column is not imported."""

    fields: tuple[str | None, ...]

    @property
    def positions(self) -> dict[str, int]:
        """Field → position of its column, counted from 0."""
        return {field: place for place, field in enumerate(self.fields) if field is not None}


def guess(kind: Kind, columns: Sequence[str]) -> ColumnMapping:
    """Guess what the headings `columns` mean; what is told more clearly goes first."""
    fields: list[str | None] = [None] * len(columns)
    for matches in (_is_header, _is_alias, _is_folded, _is_similar):
        for place, heading in enumerate(columns):
            if fields[place] is None:
                open_ones = (one for one in kind.columns if one.field not in fields)
                found = next((one for one in open_ones if matches(one, heading)), None)
                fields[place] = found.field if found else None
    return ColumnMapping(tuple(fields))


def changed(
    kind: Kind, columns: Sequence[str], mapping: ColumnMapping, wishes: Mapping[str, str]
) -> ColumnMapping:
    """Return `mapping` with `wishes`: heading or letter → German heading or field, "": none.

    A field that gets another column leaves the one it had. Raise `WrongMapping`.
    """
    fields = list(mapping.fields)
    for heading, wanted in wishes.items():
        place = _place(columns, heading)
        field = _field(kind, wanted) if wanted.strip() else None
        fields = [None if one == field else one for one in fields]
        fields[place] = field
    return ColumnMapping(tuple(fields))


def refuse_unusable(kind: Kind, mapping: ColumnMapping) -> None:
    """Raise `WrongMapping` when nothing tells which entry a row is about."""
    known = mapping.positions
    if any(all(field in known for field in fields) for fields in kind.identified_by):
        return
    ways = [
        join([f"„{column.header}“" for column in kind.columns if column.field in fields])
        for fields in kind.identified_by
    ]
    raise WrongMapping(
        f"Es ist nicht klar, um welche Einträge es geht: Es fehlt {join(ways, 'oder')}. "
        "Bitte ordnen Sie die Spalten zu."
    )


def _place(columns: Sequence[str], heading: str) -> int:
    if heading in columns:
        return columns.index(heading)
    wanted = _bare(heading)
    for place, column in enumerate(columns):
        if _bare(column) == wanted:
            return place
    for place in range(len(columns)):
        if column_letter(place) == heading.upper():
            return place
    raise WrongMapping(f"In der Datei gibt es keine Spalte „{heading}“.")


def _field(kind: Kind, wanted: str) -> str:
    for column in kind.columns:
        if wanted == column.field or _bare(wanted) == _bare(column.header):
            return column.field
    known = ", ".join(column.header for column in kind.columns)
    raise WrongMapping(f"Es gibt keine Angabe „{wanted}“. Möglich sind: {known}.")


def _is_header(column: Column, heading: str) -> bool:
    return heading == column.header


def _is_alias(column: Column, heading: str) -> bool:
    return heading in column.aliases or heading == column.field


def _is_folded(column: Column, heading: str) -> bool:
    return _bare(heading) in set(_bare_names(column))


def _is_similar(column: Column, heading: str) -> bool:
    written = _bare(heading)[:_LONGEST_SIMILAR]
    return len(written) >= _SHORTEST_SIMILAR and any(
        SequenceMatcher(None, written, name).ratio() >= _SIMILAR_FROM
        for name in _bare_names(column)
        if len(name) >= _SHORTEST_SIMILAR
    )


def _bare_names(column: Column) -> Iterator[str]:
    return map(_bare, (column.header, *column.aliases, column.field))


def _bare(heading: str) -> str:
    # Templates mark what must be filled in with an asterisk, people with „(Pflicht)“.
    plain = re.sub(r"\((?:pflicht|optional)[^)]*\)", "", fold(heading))
    # The form of the desk numbers the five conditions of joining.
    plain = re.sub(r"^\d\. ", "", plain)
    return re.sub(r"[^a-z0-9]", "", plain)
