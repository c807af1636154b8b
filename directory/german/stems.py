"""Stems of words, the same for all spellings."""

import re
import threading
from functools import lru_cache

import snowballstemmer

from directory.german.spelling import normal


class _Stemmer(threading.local):
    """One stemmer for each thread: it writes down within itself how far it has got."""

    def __init__(self) -> None:
        self.german = snowballstemmer.stemmer("german")


_own = _Stemmer()


# Words whose endings the stemmer does not know, or takes for others, in normal form
_EXCEPTIONS = {
    "kurs": "kurs",
    "kurses": "kurs",
    "firma": "firm",
    "plus": "plus",
    "kitas": "kita",
    "omas": "oma",
    "opas": "opa",
    "azubis": "azubi",
    "zentren": "zentrum",
    "museen": "museum",
    "jubilaen": "jubilaum",
}
# `Apps`, `Workshops`, `Handys`, `Fotos`: the stemmer takes an s off behind German endings only.
_FOREIGN_PLURAL = re.compile(r"(?:[py]|[^l]o)s$")
# `Patinnen` are `Paten`, `Seniorinnen` are `Senioren`; not so `gewinnen`, `beginnen`, `Unsinn`.
_FEMININE = re.compile(r"(?<=[a-z]{3})(?<!gew|beg)(?<!sp|ns)inn$")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the Snowball stem of one word in normal form: `Förderungen`, `Foerderung`: `ford`."""
    if word.isascii() and word.isdecimal():
        return word
    # Twice normal: the stemmer reads `ae` as `ä` itself and may bring vowels together.
    plain = normal(word)
    if plain in _EXCEPTIONS:
        return _EXCEPTIONS[plain]
    found = _FEMININE.sub("", normal(str(_own.german.stemWord(plain))))
    return found[:-1] if len(found) > 3 and _FOREIGN_PLURAL.search(found) else found
