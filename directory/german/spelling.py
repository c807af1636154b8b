"""One form for all spellings of a word, and how far two words are apart."""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from directory.text import fold

# After folding, ä and ae are one spelling; dropping the e lets `gutersloh` meet them too. Words
# and questions are treated alike, so a rare collision only ever adds a hit. The e of `Feuer`,
# `Bauer` and `Quelle` belongs to no umlaut.
_UMLAUT = re.compile(r"ae|oe|(?<![aeq])ue")


@lru_cache(maxsize=100_000)
def normal(word: str) -> str:
    """Return the one form of all spellings: `Gütersloh`, `Guetersloh`, `GUTERSLOH`: `gutersloh`."""
    return _UMLAUT.sub(lambda match: match.group()[0], fold(word))


def near(word: str, others: Sequence[str], slips: int) -> list[tuple[int, int]]:
    """Return how many slips away and at which position each of `others` is that is near enough.

    A slip is a letter too many, too few, wrong, or two neighbours swapped (Damerau-Levenshtein,
    optimal string alignment).
    """
    found = process.extract(word, others, scorer=OSA.distance, score_cutoff=slips, limit=None)
    return [(apart, position) for _, apart, position in found]


def slips_allowed(word: str) -> int:
    """Return how many slips a word of this length may hold and still be recognised."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2
