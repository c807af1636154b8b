"""Words of this field that mean the same or belong together, beside the vocabulary.

The list is `data/synonyms.txt`; its first lines say how it is written.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from directory.german.analysis import index_words, telling
from directory.german.stems import stem

_FILE = Path(__file__).parent / "data" / "synonyms.txt"

_LITTLE = frozenset(
    index_words(
        "mit der die das den dem des in im und für von vom zu zum zur ein eine sich am an auf nach "
        "über aus"
    )
)

# The stems of one or several words: what synonyms are looked up by
Stems = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Words as they are written; `same`: they mean the same, else they belong together."""

    words: tuple[str, ...]
    same: bool


@cache
def general_groups() -> tuple[Group, ...]:
    """Return the general list."""
    groups = []
    for line in _FILE.read_text("utf-8").splitlines():
        if line[:2] in {"= ", "~ "}:
            entries = (entry.strip() for entry in line[2:].split(";"))
            groups.append(Group(tuple(filter(None, entries)), same=line[0] == "="))
    return tuple(groups)


def stems_of(entry: str) -> Stems:
    """Return the stems of an entry without its little words: `Menschen mit Behinderung`.

    Empty if a stop word carries the meaning (`selbst verwaltet`): questions are asked without it.
    """
    words = index_words(entry)
    kept = telling(words)
    dropped = {word.casefold() for word in words if word not in kept}
    return tuple(stem(word) for word in kept) if dropped <= _LITTLE else ()
