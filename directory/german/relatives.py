"""Stems that belong together: forms of one word, and words of general German that mean the same.

The lists are `data/families.txt` and `data/thesaurus.txt`, derived by `seed/words/relatives.py`:
one group of stems a line, each stem between two blanks. They are searched as the texts they are,
which takes no time to load and hardly any memory.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=10_000)
def family(stem: str) -> tuple[str, ...]:
    """Return stems of other forms: of `helf` those of `hilft`, `geholfen`; of `werb` `Werbung`."""
    return _together("families.txt", stem)


@lru_cache(maxsize=10_000)
def general_synonyms(stem: str) -> tuple[str, ...]:
    """Return stems of words that mean the same in general German, in any of its meanings."""
    return _together("thesaurus.txt", stem)


def _together(file: str, stem: str) -> tuple[str, ...]:
    found = dict.fromkeys(one for group in _groups(file, stem) for one in group.split())
    return tuple(one for one in found if one != stem)


def _groups(file: str, stem: str) -> Iterator[str]:
    text, wanted = _text(file), f" {stem} "
    at = text.find(wanted)
    while at >= 0:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        yield text[start:end]
        at = text.find(wanted, end)


@cache
def _text(file: str) -> str:
    return (_DATA / file).read_text("ascii")
