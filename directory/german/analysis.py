"""Texts and questions as tokens: words without stop words, stems, compound parts.

A token is ASCII letters and digits where the text allows it, so both engines take it as it is. The
stem of a word stands for itself; a stem that is only part of a compound carries the mark `qp`, the
written word (where it is not its own stem) `qx`, a term of the vocabulary `qt`. No German word
begins like that.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from pathlib import Path

from directory.german.compounds import compound_parts, read_apart
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.text import words

PART, EXACT, TERM = "qp", "qx", "qt"
# Longer runs of letters are no words, and engines refuse overlong tokens.
_LONGEST_WORD = 60
# So many runs take some 20 MB.
_MOST_REMEMBERED = 100_000

_DATA = Path(__file__).parent / "data"


def index_words(text: str) -> list[str]:
    """Return the words of `text` that can be searched, as they are written; `2.500` is 2500."""
    return [word.replace(".", "") for word in words(text) if len(word) <= _LONGEST_WORD]


def index_tokens(text: str, *, compounds: bool = True) -> list[str]:
    """Return all tokens `text` is found by, in order.

    Names need no compound parts (`compounds=False`): Bergheim is neither Berg nor Heim.
    """
    return " ".join(token_texts(text.split(), compounds=compounds)).split()


def token_texts(runs: Iterable[str], *, compounds: bool = True, exact: bool = False) -> list[str]:
    """Return the tokens of `runs`, in order: one text, separated by blanks, for each that has any.

    A run is what stands between two blanks, such as `(Ehrenamt,` or `Kamp-Lintfort`. Equal runs
    have the very same text. With `exact` words are kept as they are written too, which short
    fields can afford.
    """
    return list(filter(None, map(_analyser(compounds, exact).__getitem__, runs)))


def holding(runs: Iterable[str], tokens: AbstractSet[str]) -> list[str]:
    """Return those of `runs` that are found by any of `tokens`."""
    known = _analyser(True, False)
    return [run for run in runs if not tokens.isdisjoint(known[run].split())]


class Analyser(dict[str, str]):
    """Run → its tokens. Texts repeat their words, so each is looked at once and remembered."""

    def __init__(self, *, compounds: bool, exact: bool) -> None:
        super().__init__()
        self._compounds = compounds
        self._exact = exact

    def __missing__(self, run: str) -> str:
        written = index_words(run)
        tokens = [token for word in written for token in self._tokens(word)]
        if self._compounds and len(written) > 1 and "-" in run and len(run) <= _LONGEST_WORD:
            # `Freiwilligen-Agentur` is found as one word too.
            tokens.append(PART + stem("".join(written)))
        found = " ".join(tokens)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        if len(run) <= _LONGEST_WORD:
            self[run] = found
        return found

    def _tokens(self, word: str) -> Iterator[str]:
        own = stem(word)
        yield own
        if self._exact and (plain := normal(word)) != own:
            yield EXACT + plain
        if self._compounds:
            yield from (PART + part for part in inner_stems(word))


@cache
def _analyser(compounds: bool, exact: bool) -> Analyser:
    return Analyser(compounds=compounds, exact=exact)


@lru_cache(maxsize=50_000)
def inner_stems(word: str) -> tuple[str, ...]:
    """Return the stems of everything a compound holds: parts and neighbouring parts together.

    `Bürgerstiftungstag` holds Bürger, Stiftung, Tag, Bürgerstiftung and Stiftungstag.
    """
    plain, parts = read_apart(word)
    if not parts:
        return ()
    stems = dict.fromkeys(stem(part) for part in parts)
    if len(parts) > 2:
        starts = [0]
        for part in parts[1:]:
            starts.append(plain.index(part, starts[-1] + 1))
        for first, second in zip(range(len(parts) - 1), [*starts[2:], len(plain)], strict=True):
            stems[stem(plain[starts[first] : second])] = None
    stems.pop(stem(word), None)
    return tuple(stems)


def part_stems(word: str) -> tuple[str, ...]:
    """Return the stems of the parts of a compound, in order; empty for other words."""
    return tuple(dict.fromkeys(stem(part) for part in compound_parts(word)))


def term_token(slug: str) -> str:
    """Return the token of a term of the vocabulary."""
    return TERM + slug.replace("-", "").lower()


@cache
def stop_words() -> frozenset[str]:
    """Return words that say nothing in a question, in normal form."""
    return frozenset(normal(word) for word in _words("stopwords.txt"))


@cache
def weak_stems() -> frozenset[str]:
    """Return stems of words that say little, such as `gewinnen` or `Projekt`."""
    return frozenset(stem(word) for word in _words("weakwords.txt"))


def telling(found: Iterable[str]) -> list[str]:
    """Return the words without stop words and single letters (`e. V.`); all if none is left."""
    given = list(found)
    kept = [
        word
        for word in given
        if normal(word) not in stop_words() and (len(word) > 1 or word.isdecimal())
    ]
    return kept or given


def _words(name: str) -> list[str]:
    """Return the words of a data file, whose comments begin with `#`."""
    lines = (_DATA / name).read_text("utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]
