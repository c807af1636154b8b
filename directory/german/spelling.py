"""One form for all spellings of a word, and how far two words are apart."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from directory.text import fold

# After folding, ä and ae are one spelling; dropping the e lets `gutersloh` meet them too. Words
# and questions are treated alike, so a rare collision only ever adds a hit. The e of `Feuer`,
# `Bauer` and `Quelle` belongs to no umlaut.
_UMLAUT = re.compile(r"ae|oe|(?<![aeq])ue")


@lru_cache(maxsize=100_000)
def normal(word: str) -> str:
    """Return the one form of all spellings: `Gütersloh`, `Guetersloh`, `GUTERSLOH`: `gutersloh`."""
    return _UMLAUT.sub(lambda match: match.group()[0], fold(word))


def distance(one: str, other: str, at_most: int) -> int:
    """Return the least number of typing slips between two words, `at_most` + 1 if there are more.

    A slip is a letter too many, too few, wrong, or two neighbours swapped (Damerau-Levenshtein,
    optimal string alignment).
    """
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, previous, row = row, before, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(
                before[j] + 1,
                row[j - 1] + 1,
                before[j - 1] + (letter != wanted),
            )
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > at_most:
            return at_most + 1
    return min(row[-1], at_most + 1)


def slips_allowed(word: str) -> int:
    """Return how many slips a word of this length may hold and still be recognised."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def letters(word: str) -> int:
    """Return which letters a word holds, and which twice: a bit each."""
    held = 0
    for letter in word:
        once = 1 << 2 * (ord(letter) & 31)
        held |= once << 1 if held & once else once
    return held


def resembling(word: str, others: Iterable[int], slips: int) -> Iterator[bool]:
    """Tell of each other word, by its `letters`, if it may be `slips` away; False is certain.

    A slip adds at most one letter and takes away at most one. Thousands are told in a millisecond.
    """
    differing = map(int.bit_count, map(letters(word).__xor__, others))
    return map((2 * slips).__ge__, differing)
