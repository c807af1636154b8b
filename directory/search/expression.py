"""A visitor's words as a safe question to either full-text engine.

Only tokens of :mod:`directory.text` (letters and digits) ever reach an engine, so operators,
quotes and wildcards in the words are plain text and cannot be a syntax error.
"""

from dataclasses import dataclass

from directory.text import clean, tokens

_LONGEST_QUERY = 300
_MOST_WORDS = 12
_SHORTEST_PREFIX = 4


@dataclass(frozen=True)
class Expression:
    """All of these words have to occur; each also as the beginning of a longer one."""

    words: tuple[str, ...]

    @classmethod
    def from_words(cls, q: str) -> "Expression":
        """Analyse `q`; of overlong questions the beginning counts."""
        found = tokens(clean(q)[:_LONGEST_QUERY])
        return cls(tuple(dict.fromkeys(found))[:_MOST_WORDS])

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def fts5(self) -> str:
        """The question for SQLite's `MATCH`."""
        return " AND ".join(f'"{word}"{"*" if _opens(word) else ""}' for word in self.words)

    @property
    def tsquery(self) -> str:
        """The question for PostgreSQL's `to_tsquery('simple', …)`."""
        return " & ".join(f"{word}{':*' if _opens(word) else ''}" for word in self.words)


def _opens(word: str) -> bool:
    return len(word) >= _SHORTEST_PREFIX
