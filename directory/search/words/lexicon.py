"""What other words a word may be found by: the vocabulary's and the general synonyms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from directory.german.analysis import term_token
from directory.german.synonyms import Stems, general_groups, stems_of
from directory.publication.catalogue import grounded
from directory.topics.models import Term

# How much a word counts that only means the same, or belongs to it
SAME, RELATED = 0.5, 0.2
# A term of the vocabulary called like the word, and one that names it among its synonyms
CALLED, NAMED = 0.65, 0.35

_MOST_WORDS = 4
_JOINED = re.compile(r"\s+(?:und|oder|&)\s+|\s*[/,]\s*")


@dataclass(frozen=True)
class Related:
    """Another way to find a word: by other words or by a term of the vocabulary."""

    shown: str
    stems: Stems = ()
    # Token of the term
    tag: str = ""
    weight: float = SAME
    # Not loose: what it finds counts as found; loose: only where little else is found
    is_loose: bool = False


class Lexicon:
    """Stems of a word or words → other ways to find them, joined from all lines that name it.

    Most words are never asked for, and all pairs of words of a line would fill the memory.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        # Stems → the lists that say what they may be found by
        self._lists: dict[Stems, list[Sequence[Related]]] = defaultdict(list)
        self._add_groups()
        for term in terms:
            self._add_term(term)
        self.longest = max(map(len, self._lists), default=1)

    def of(self, stems: Stems) -> tuple[Related, ...]:
        """Return the other ways to find these words, best first; of two to the same the better."""
        best: dict[tuple[Stems, str], Related] = {}
        for related in chain.from_iterable(self._lists.get(stems, ())):
            name = (related.stems, related.tag)
            if related.stems != stems and (name not in best or best[name].weight < related.weight):
                best[name] = related
        return tuple(sorted(best.values(), key=lambda one: (-one.weight, one.shown)))

    def _add(self, asking: Iterable[Stems], found: Sequence[Related]) -> None:
        for stems in asking:
            if 0 < len(stems) <= _MOST_WORDS:
                self._lists[stems].append(found)

    def _add_groups(self) -> None:
        same: dict[Stems, set[Stems]] = defaultdict(set)
        for group in sorted(general_groups(), key=lambda group: not group.same):
            entries = [(stems_of(word), word) for word in group.words]
            asking = {stems for stems, _ in entries}
            if group.same:
                for stems in asking:
                    same[stems] |= asking
            else:
                # What belongs to a word belongs to all that mean the same as the line's first.
                asking |= same[entries[0][0]]
            weight, is_loose = (SAME, False) if group.same else (RELATED, True)
            found = [
                Related(word, stems, weight=weight, is_loose=is_loose)
                for stems, word in entries
                if stems
            ]
            self._add(asking, found)

    def _add_term(self, term: Term) -> None:
        tag = term_token(term.slug)
        called = Related(term.label, tag=tag, weight=CALLED)
        self._add({stems_of(name) for name in _names(term.label)}, [called])
        named = Related(term.label, tag=tag, weight=NAMED, is_loose=True)
        self._add([stems_of(synonym.text) for synonym in term.synonyms], [named])


def get_lexicon(session: Session) -> Lexicon:
    """Return the lexicon of the present catalogue; a changed synonym counts at once."""
    return grounded(session, "lexicon", _load)


def _load(session: Session) -> Lexicon:
    return Lexicon(session.scalars(select(Term).options(selectinload(Term.synonyms))))


def _names(label: str) -> Iterable[str]:
    """Return a label and the names it joins: `Räume & Treffpunkte` are Räume, and Treffpunkte."""
    return [label, *(name for name in _JOINED.split(label) if name)]
