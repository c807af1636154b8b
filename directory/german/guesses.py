"""What a word that is not German was probably meant to be: words spelled much like it."""

from collections.abc import Mapping, Sequence
from functools import cache

from directory.german.analysis import index_words
from directory.german.compounds import dictionary
from directory.german.spelling import near, normal
from directory.german.synonyms import general_groups

_MOST = 12


def guesses(word: str, slips: int) -> list[str]:
    """Return words at most `slips` typing slips away from `word`, nearest and most frequent first.

    They are words of the dictionary, in normal form, and of the general synonyms.
    """
    typed, known, frequencies = normal(word), _known(), _frequencies()
    found = [(apart, known[position]) for apart, position in near(typed, known, slips)]
    found.sort(key=lambda one: (one[0], one[1][:1] != typed[:1], -frequencies[one[1]], one[1]))
    return [plain for _, plain in found[:_MOST]]


def field_word(plain: str) -> str | None:
    """Return the general synonym of this normal form as it is written, if there is one."""
    return _field_words().get(plain)


@cache
def _field_words() -> Mapping[str, str]:
    entries = (entry for group in general_groups() for entry in group.words)
    return {normal(entry): entry for entry in entries if len(index_words(entry)) == 1}


@cache
def _known() -> Sequence[str]:
    return tuple(_frequencies())


@cache
def _frequencies() -> Mapping[str, float]:
    return {**dict.fromkeys(_field_words(), 0.0), **dictionary()}
