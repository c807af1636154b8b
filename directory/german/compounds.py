"""Compounds taken apart: `Ehrenamtskarte` is made of `Ehrenamt` and `Karte`.

The dictionary is `data/parts.txt`, derived by `seed/words/derive.py` from the German list of
wordfreq (CC BY-SA 4.0); why: `docs/decisions/2026-11-23-compounds.md`.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from directory.german.spelling import normal
from directory.german.stems import stem
from directory.text import words

_DATA = Path(__file__).parent / "data"
# Letters that join parts, as they stand after the first one.
_LINKS = ("", "s", "es", "n", "en", "er", "e")
# What German words inflect with
_ENDINGS = ("e", "er", "en", "es", "em", "n", "s", "t", "st", "te", "ten", "et")
# What such letters cost at the end, where they inflect: `Slots-en` is worse than `Lotsen`.
_INFLECTED = 4
_SHORTEST = 4
_LONGEST_WORD = 60
# The few shorter nouns that compounds are made of.
_SHORT_PARTS = frozenset(words("amt rat tag hof weg ort rad bus bau see app not"))
# Endings and beginnings that look like words: they make no compound.
_NO_PARTS = frozenset(
    words(
        "schaft schaften heit heiten keit keiten lich liche lichen licher liches isch ische ischen "
        "ungen innen erin erinnen ling linge tion tionen mente ment enden ende ender igen igem "
        "iger iges sein seine einer eine einen einem eines ander andere anderen unter uber nach "
        "auch aber durch gegen ohne zwischen hinter neben fort weit schon ganz hoch nicht wieder "
        "weiter zusammen voll gemein gemeine mein dein samt einig bert hausen gang rung hung tung "
        "dung nung lung gung bung tern stern rich ster sten rinne rinnen inter anti super werden "
        "ionen sams gene erst erste rund inne halb bare barer baren barkeit"
    )
)


def may_be_part(word: str) -> bool:
    """Tell whether compounds may be made of this word at all."""
    plain = normal(word)
    return (len(plain) >= _SHORTEST or plain in _SHORT_PARTS) and plain not in _NO_PARTS


class Splitter:
    """Finds the parts of compounds.

    `parts` maps words in normal form to their Zipf frequency; `whole` are the stems of words that
    are never taken apart.
    """

    def __init__(self, parts: Mapping[str, float], whole: Collection[str]) -> None:
        self.parts = parts
        self._whole = whole
        self._longest = max(map(len, parts), default=0)

    def split(self, word: str) -> tuple[str, ...]:
        """Return the parts of `word` (normal form) in order, without linking letters.

        Empty when it is no compound. Few long parts are preferred to many short ones, then the
        more frequent ones.
        """
        if not 2 * _SHORTEST - 1 <= len(word) <= _LONGEST_WORD or stem(word) in self._whole:
            return ()
        # Best way to read the word up to each position: cost and parts
        best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
        for start in range(len(word)):
            if start not in best:
                continue
            cost, parts = best[start]
            for stop, part, more in self._parts_at(word, start):
                if stop not in best or cost + more < best[stop][0]:
                    best[stop] = (cost + more, (*parts, part))
        reading = best.get(len(word))
        return reading[1] if reading and len(reading[1]) > 1 else ()

    def _parts_at(self, word: str, start: int) -> Iterator[tuple[int, str, float]]:
        """Yield where a part that begins at `start` ends with its link, the part and its cost."""
        for end in range(start + 3, min(len(word), start + self._longest) + 1):
            part = word[start:end]
            frequency = self.parts.get(part)
            if not frequency:
                continue
            for link in _LINKS if end < len(word) else ("",):
                stop = end + len(link)
                is_last = stop == len(word)
                if not word.startswith(link, end) or (is_last and not start):
                    continue
                cost = _cost(part, frequency, link)
                # At the end the same letters inflect: `Neujahrsempfänge`.
                yield (
                    stop,
                    word[start:] if is_last else part,
                    cost + _INFLECTED * (is_last and bool(link)),
                )


def _cost(part: str, frequency: float, link: str) -> float:
    short = 4 if len(part) < _SHORTEST else 0
    return 10 + (7 - frequency) + short + (1 if link else 0)


@cache
def _splitter() -> Splitter:
    parts: dict[str, float] = {}
    whole: set[str] = set()
    for line in (_DATA / "parts.txt").read_text("utf-8").splitlines():
        if line.startswith("!"):
            whole.add(line[1:])
        else:
            word, _, frequency = line.partition(" ")
            parts[word] = int(frequency) / 10
    return Splitter(parts, whole)


def compound_parts(word: str) -> tuple[str, ...]:
    """Return the parts of `word` in normal form, in order; empty when it is no compound."""
    return read_apart(word)[1]


@lru_cache(maxsize=100_000)
def read_apart(word: str) -> tuple[str, tuple[str, ...]]:
    """Return the form of `word` that was read, and its parts in order, which stand in that."""
    plain = normal(word)
    # `Lesepatinnen` are made like `Lesepaten`.
    women = plain.removesuffix("innen")
    men = women if women.endswith("r") else f"{women}en"
    if women != plain and (parts := _splitter().split(men)):
        return men, parts
    return plain, _splitter().split(plain)


def dictionary() -> Mapping[str, float]:
    """Return the words of general German in normal form, with their Zipf frequency."""
    return _splitter().parts


def is_german(word: str, frequency: float) -> bool:
    """Tell whether a word, or what it is a form of, is at least as frequent as this (Zipf)."""
    plain, known = normal(word), dictionary()
    forms = [plain, *(plain.removesuffix(ending) for ending in _ENDINGS)]
    return any(known.get(form, 0) >= frequency for form in forms if len(form) >= _SHORTEST)


def word_frequency(word: str) -> float:
    """Return the Zipf frequency of a word in general German; 0 where the dictionary lacks it."""
    return dictionary().get(normal(word), 0.0)
