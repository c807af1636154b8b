"""What other words a word may be found by: the vocabulary's and the general synonyms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Lexicon:
    """Stems of a word or words → other ways to find them."""

    related: Mapping[Stems, tuple[Related, ...]]
    longest: int

    def of(self, stems: Stems) -> tuple[Related, ...]:
        """Return the other ways to find these words, best first."""
        return self.related.get(stems, ())


def get_lexicon(session: Session) -> Lexicon:
    """Return the lexicon of the present catalogue; a changed synonym counts at once."""
    return grounded(session, "lexicon", _load)


class _Draft:
    """Collects related words; of two ways to the same the better one stays."""

    def __init__(self) -> None:
        self.found: dict[Stems, dict[tuple[Stems, str], Related]] = defaultdict(dict)

    def add(self, stems: Stems, related: Related) -> None:
        says_nothing = not (related.stems or related.tag) or stems == related.stems
        if not stems or len(stems) > _MOST_WORDS or says_nothing:
            return
        name = (related.stems, related.tag)
        known = self.found[stems].get(name)
        if known is None or known.weight < related.weight:
            self.found[stems][name] = related

    def add_groups(self) -> None:
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
            weight = SAME if group.same else RELATED
            for stems in asking:
                for others, word in entries:
                    self.add(stems, Related(word, others, weight=weight, is_loose=not group.same))

    def add_term(self, term: Term) -> None:
        tag = term_token(term.slug)
        for stems in {stems_of(name) for name in _names(term.label)}:
            self.add(stems, Related(term.label, tag=tag, weight=CALLED))
        for synonym in term.synonyms:
            related = Related(term.label, tag=tag, weight=NAMED, is_loose=True)
            self.add(stems_of(synonym.text), related)


def _load(session: Session) -> Lexicon:
    draft = _Draft()
    draft.add_groups()
    for term in session.scalars(select(Term).options(selectinload(Term.synonyms))):
        draft.add_term(term)
    return _sorted(draft.found)


def _names(label: str) -> Iterable[str]:
    """Return a label and the names it joins: `Räume & Treffpunkte` are Räume, and Treffpunkte."""
    return [label, *(name for name in _JOINED.split(label) if name)]


def _sorted(found: Mapping[Stems, Mapping[tuple[Stems, str], Related]]) -> Lexicon:
    related = {
        stems: tuple(sorted(others.values(), key=lambda one: (-one.weight, one.shown)))
        for stems, others in found.items()
    }
    return Lexicon(related, max(map(len, related), default=1))
