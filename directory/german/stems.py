"""Stems of words, the same for all spellings."""

import threading
from functools import lru_cache

import snowballstemmer

from directory.german.spelling import normal


class _Stemmer(threading.local):
    """One stemmer for each thread: it writes down within itself how far it has got."""

    def __init__(self) -> None:
        self.german = snowballstemmer.stemmer("german")


_own = _Stemmer()


# Nouns whose last letter the stemmer takes for an ending
_EXCEPTIONS = {"kurs": "kurs", "kurses": "kurs", "firma": "firm", "plus": "plus"}


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the Snowball stem of one word in normal form: `Förderungen`, `Foerderung`: `ford`."""
    if word.isascii() and word.isdecimal():
        return word
    # Twice normal: the stemmer reads `ae` as `ä` itself and may bring vowels together.
    plain = normal(word)
    return _EXCEPTIONS.get(plain) or normal(str(_own.german.stemWord(plain)))
