"""Which entries are where: runs of neighbouring numbers for each municipality.

Entries of one place are numbered together, so that a place is few runs, and a county hardly more.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from directory.search.lists import bitmaps
from directory.search.lists.bitmaps import Parts

# First number and the one after the last
Run = tuple[int, int]
# AGS → its runs
Runs = Mapping[str, Sequence[Run]]
# Value of a facet → entries that have it
Values = Mapping[str, Parts]


def as_runs(numbers: Iterable[int]) -> tuple[Run, ...]:
    """Return numbers as runs of neighbours."""
    runs: list[Run] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return tuple(runs)


def parts_by_value(by_value: Mapping[str, Iterable[str]], runs: Runs) -> Values:
    """Return value → entries that have it, from the places (AGS) that have it."""
    found = {value: parts_at(runs, places) for value, places in by_value.items()}
    return {value: parts for value, parts in found.items() if parts}


def parts_by_place(at: Mapping[str, Iterable[str]], runs: Runs) -> Values:
    """Return value → entries that have it, from the values of each place (AGS)."""
    by_value: dict[str, list[str]] = {}
    for ags, values in at.items():
        for value in values:
            by_value.setdefault(value, []).append(ags)
    return parts_by_value(by_value, runs)


def parts_at(runs: Runs, places: Iterable[str]) -> Parts:
    """Return the entries of these places."""
    found: dict[int, int] = {}
    # Neighbours first become one: a county is a few long runs.
    for first, end in _joined(chain.from_iterable(runs.get(ags, ()) for ags in places)):
        for number, bits in bitmaps.run(first, end):
            found[number] = found.get(number, 0) | bits
    return found


def _joined(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    start = stop = -1
    for first, end in sorted(runs):
        if first == stop:
            stop = end
            continue
        joined.append((start, stop))
        start, stop = first, end
    return [*joined, (start, stop)][1:]


def values_at(values: Values, runs: Runs, places: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return place → values that entries there have, for those of `places` that have any."""
    found = {}
    for ags in places:
        there = parts_at(runs, [ags]).items()
        having = frozenset(
            value
            for value, parts in values.items()
            if any(parts.get(block, 0) & bits for block, bits in there)
        )
        if having:
            found[ags] = having
    return found
