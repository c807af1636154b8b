"""Suggestions while somebody types: one probe of the index of beginnings."""

from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union_all

from directory.german.analysis import index_words
from directory.german.spelling import normal
from directory.lookups import Lookup, Reader
from directory.search.models import Suggestion

# How many of each kind are offered at most, in the order they are offered
_MOST = {"municipality": 4, "topic": 3, "practice": 4}
_SHORTEST, _LONGEST = 2, 60
# Beginnings looked at per kind; of several of one entry the earliest word counts.
_LOOKED_AT = 24


class Suggested(NamedTuple):
    """One entry that may be meant; `position` 0: its label begins with what was typed."""

    kind: str
    key: str
    label: str
    detail: str
    position: int


# Plain columns and one statement for good: made as entities, at each question, the rows would cost
# several times what finding them does. So would a session, hence the reader.
_TABLE = Suggestion.__table__
_COLUMNS = [_TABLE.c[name] for name in Suggested._fields]
_KIND, _KEY, _LABEL, _, _POSITION = range(len(_COLUMNS))
_PROBES = [
    select(*_COLUMNS)
    .where(
        _TABLE.c.kind == kind,
        _TABLE.c.beginning >= bindparam("first"),
        _TABLE.c.beginning < bindparam("last"),
    )
    .order_by(_TABLE.c.beginning)
    .limit(_LOOKED_AT)
    .subquery()
    for kind in _MOST
]
_STATEMENT = Lookup(union_all(*(select(probe) for probe in _PROBES)))


def suggestions(reader: Reader, typed: str) -> list[Suggested]:
    """Return entries with a word that begins like `typed`, best first; none for single letters."""
    beginning = " ".join(normal(word) for word in index_words(typed))[:_LONGEST]
    if len(beginning) < _SHORTEST:
        return []
    rows = reader.rows(_STATEMENT, first=beginning, last=beginning + "\U0010ffff")
    rows.sort(key=lambda row: (row[_POSITION], len(row[_LABEL]), row[_LABEL]))
    found: dict[str, dict[str, tuple[Any, ...]]] = {kind: {} for kind in _MOST}
    for row in rows:
        found[row[_KIND]].setdefault(row[_KEY], row)
    return [
        Suggested._make(row)
        for kind, most in _MOST.items()
        for row in islice(found[kind].values(), most)
    ]
