"""Stems of words, the same for all spellings."""

from functools import cache, lru_cache

import snowballstemmer

from directory.german.spelling import normal


@cache
def _stemmer() -> "snowballstemmer.stemmer":
    return snowballstemmer.stemmer("german")


# Nouns whose last letter the stemmer takes for an ending
_EXCEPTIONS = {"kurs": "kurs", "kurses": "kurs", "firma": "firm", "plus": "plus"}


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the Snowball stem of one word in normal form: `Förderungen`, `Foerderung`: `ford`."""
    if word.isascii() and word.isdecimal():
        return word
    # Twice normal: the stemmer reads `ae` as `ä` itself and may bring vowels together.
    plain = normal(word)
    return _EXCEPTIONS.get(plain) or normal(str(_stemmer().stemWord(plain)))
