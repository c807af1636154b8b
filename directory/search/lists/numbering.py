"""How entries of the index are numbered: each kind for itself, from 0, within one column."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# Never reorder: the position of a kind is part of every kept number.
_KINDS = ("municipality", "topic", "practice", "event", "resource", "contact")
# So many entries fit into a kind, and all kinds into the integers of every database.
_MOST = 2**28

# Gives the numbers of those of some ids that are known
Find = Callable[[Iterable[Any]], list[int]]


def entry_id(kind: str, number: int) -> int:
    """Return the id of the entry of this kind and number in `search_entry`."""
    return _KINDS.index(kind) * _MOST + number


def number_of(entry: int) -> int:
    """Return the number of an entry within its kind."""
    return entry % _MOST


def ids_of(kind: str) -> tuple[int, int]:
    """Return the first and the last id that entries of a kind may have."""
    first = entry_id(kind, 0)
    return first, first + _MOST - 1


def kind_token(kind: str) -> str:
    """Return the token that all entries of one kind carry."""
    return f"qk{kind}"


def numbers_by_id(ids: Sequence[Any], numbers: Sequence[int]) -> Find:
    """Return what gives the numbers of those of some ids that are public."""
    if not isinstance(ids, array):
        known = dict(zip(ids, numbers, strict=True))
        return lambda some: [known[one] for one in some if one in known]
    # A dictionary of all entries would take ten times as much.
    table = array("q", [-1]) * (max(ids, default=-1) + 1)
    for one, number in zip(ids, numbers, strict=True):
        table[one] = number
    last = len(table)
    return lambda some: [n for one in some if one < last and (n := table[one]) >= 0]
