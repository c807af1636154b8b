"""What a word that is not German was probably meant to be: words spelled much like it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from directory.german.analysis import index_words
from directory.german.compounds import dictionary
from directory.german.spelling import distance, normal
from directory.german.synonyms import general_groups

_MOST = 12


def guesses(word: str, slips: int) -> list[str]:
    """Return words at most `slips` typing slips away from `word`, nearest and most frequent first.

    They are words of the dictionary, in normal form, and of the general synonyms.
    """
    typed = normal(word)
    near = []
    for length in range(len(typed) - slips, len(typed) + slips + 1):
        for known, frequency in _by_length().get(length, ()):
            apart = distance(typed, known, slips)
            if apart <= slips:
                near.append((apart, known[:1] != typed[:1], -frequency, known))
    return [known for *_, known in sorted(near)[:_MOST]]


def field_word(plain: str) -> str | None:
    """Return the general synonym of this normal form as it is written, if there is one."""
    return _field_words().get(plain)


@cache
def _field_words() -> Mapping[str, str]:
    entries = (entry for group in general_groups() for entry in group.words)
    return {normal(entry): entry for entry in entries if len(index_words(entry)) == 1}


@cache
def _by_length() -> Mapping[int, Sequence[tuple[str, float]]]:
    frequencies = {**dict.fromkeys(_field_words(), 0.0), **dictionary()}
    by_length: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for known, frequency in frequencies.items():
        by_length[len(known)].append((known, frequency))
    return by_length
