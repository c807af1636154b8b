"""A visitor's words as concepts: each with all the tokens that may stand for it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise
from math import log
from typing import Protocol

from directory.german.analysis import (
    EXACT,
    PART,
    index_words,
    inner_stems,
    part_stems,
    stop_words,
    telling,
    weak_stems,
)
from directory.german.compounds import word_frequency
from directory.german.relatives import family, general_synonyms
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.search.words.lexicon import Lexicon, Related
from directory.text import clean

LONGEST_QUERY = 300
_MOST_CONCEPTS = 8
_SHORTEST_PREFIX = 3
# How much the whole compound counts if its parts are found apart, or only one of them
_ALL_PARTS, _ONE_PART = 0.85, 0.15
_BEGINNING = 0.5
# Words that belong together may stand apart in an entry, and then mean something else.
_APART = 0.6
# Other words for parts of a compound: `Flüchtlingshilfe` finds `Geflüchtetenhilfe`.
_OTHER_PARTS = 0.45
# A compound without its last part, where that says little: `Flüchtlingsarbeit` finds `Geflüchtete`.
_WITHOUT_HEAD = 0.3
# Two neighbouring parts of three: `Wochenmarktstand` finds `Wochenmarkt`.
_SOME_PARTS = 0.4
# Beyond this Zipf frequency a word of general German says less and less („Leute“, „gewinnen“).
_COMMON_FROM, _COMMON_PER_UNIT, _LEAST_TELLING = 4.3, 0.6, 0.25
_WEAK = 0.3
# Among few texts many a word is rare by chance.
_RARITY_POWER = 0.7
# Other forms of the word, and words made of it: `geholfen` finds `helfen`
_FAMILY = 0.7
# Words that mean the same in general German, for those that nothing else is known about
_GENERAL = 0.3
# From this length on one wrong letter is a slip, even where the pieces make sense
_LONG_WORD = 9
_WITHOUT = "ohne"

# Any of these tokens
Slot = tuple[str, ...]


@dataclass(frozen=True)
class Alternative:
    """One way to find a concept: an entry has to hold a token of every slot."""

    slots: tuple[Slot, ...]
    weight: float
    # What to call it when the word itself is not in the text; empty for the word itself
    shown: str = ""
    # Only a piece of a compound: too little to say what was found
    is_piece: bool = False

    def tokens(self) -> Iterator[str]:
        """Return all its tokens."""
        for slot in self.slots:
            yield from slot


@dataclass(frozen=True)
class Concept:
    """One thing that is asked for: the words as they were typed and how to find them."""

    text: str
    stems: tuple[str, ...]
    strict: tuple[Alternative, ...]
    loose: tuple[Alternative, ...] = ()
    # How telling it is, from its rarity
    weight: float = 1.0

    @property
    def typed(self) -> tuple[str, ...]:
        """The tokens of its words exactly as they were typed."""
        return tuple(EXACT + normal(word) for word in self.text.split())

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """All ways to find it."""
        return self.strict + self.loose


@dataclass(frozen=True, eq=False)
class Question:
    """What to look for; empty if there is no word in it.

    Each is itself alone: to compare all its ways would take longer than to make it anew.
    """

    concepts: tuple[Concept, ...] = ()
    # Typed word → word that was looked for instead
    corrections: tuple[tuple[str, str], ...] = ()
    # Words that occur nowhere, and how much they would have said
    unknown: tuple[str, ...] = ()
    unsaid: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.concepts)

    def corrected(self, q: str) -> str | None:
        """Return the words of `q` with what was looked for instead; None: nothing else was."""
        if not self.corrections:
            return None
        for typed, word in self.corrections:
            q = q.replace(typed, word)
        return q

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """The stems of all words, in order."""
        return tuple(one for concept in self.concepts for one in concept.stems)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """All tokens that tell how well an entry fits."""
        typed = frozenset(token for concept in self.concepts for token in concept.typed)
        return typed.union(*(_tokens(concept) for concept in self.concepts))


class Vocabulary(Protocol):
    """What is known about the tokens of one kind of entries."""

    def counts(self, tokens: Iterable[str]) -> Mapping[str, int]:
        """Return token → number of entries, for those that occur; `""` counts all entries."""

    def beginning_with(self, start: str) -> Sequence[str]:
        """Return tokens of written words that begin like this, the most frequent first."""

    def correct(self, word: str, slips: int | None = None) -> str | None:
        """Return the written word that was probably meant, `slips` typing slips away at most."""


def analyse(
    q: str, *, lexicon: Lexicon | None, vocabulary: Vocabulary, literal: bool = False
) -> Question:
    """Return what `q` asks for.

    Without `lexicon` words stand for themselves alone (names). `literal` corrects nothing and
    looks for no other words.
    """
    words = telling(_wanted(index_words(clean(q)[:LONGEST_QUERY])))
    return _Analysis(None if literal else lexicon, vocabulary, literal=literal).question(words)


def rarity(found: int, everything: int) -> float:
    """Return how much it says to be one of the entries `found` among `everything`."""
    surprise: float = log(1 + (everything - found + 0.5) / (found + 0.5)) ** _RARITY_POWER
    return surprise


def _wanted(words: Sequence[str]) -> list[str]:
    """Return the words but those after `ohne`: who asks for thanks without money wants none."""
    kept: list[str] = []
    skipping = False
    for word in words:
        if word.casefold() == _WITHOUT:
            skipping = True
        elif not skipping:
            kept.append(word)
        elif normal(word) not in stop_words():
            skipping = False
    return kept or list(words)


class _Analysis:
    """How the words of one question are understood, with the same knowledge for each of them."""

    def __init__(self, lexicon: Lexicon | None, vocabulary: Vocabulary, *, literal: bool) -> None:
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._literal = literal

    def question(self, words: Sequence[str]) -> Question:
        drafts = self._drafts(words)
        pairs = {} if self._literal else _pairs(words)
        tokens = {token for draft in drafts for token in _tokens(draft)}
        counts = self._vocabulary.counts({*tokens, *pairs.values(), ""})
        if joined := {pair for pair, token in pairs.items() if counts.get(token)}:
            drafts = self._drafts(_joined(words, joined))
            tokens = {token for draft in drafts for token in _tokens(draft)}
            counts = self._vocabulary.counts({*tokens, ""})
        concepts: dict[tuple[str, ...], Concept] = {}
        corrections: list[tuple[str, str]] = []
        unknown: list[str] = []
        unsaid = 0.0
        for draft in drafts:
            concept = self._found(draft, counts)
            if concept.text != draft.text:
                corrections.append((draft.text, concept.text))
            if concept.alternatives:
                # Twice the same word is one question.
                concepts.setdefault(concept.stems, concept)
            else:
                unknown.append(draft.text)
                unsaid += concept.weight
        return Question(tuple(concepts.values()), tuple(corrections), tuple(unknown), unsaid)

    # The words, and what may stand for them ----------------------------------------------------

    def _drafts(self, words: Sequence[str]) -> list[Concept]:
        """Return the first concepts of `words`, each with all that it could be found by."""
        stems = [stem(word) for word in words]
        drafts: list[Concept] = []
        start = 0
        while start < len(words) and len(drafts) < _MOST_CONCEPTS:
            end = start + self._longest_entry(stems[start:])
            drafts.append(self._draft(words[start:end]))
            start = end
        return drafts

    def _longest_entry(self, stems: Sequence[str]) -> int:
        if self._lexicon is not None:
            for length in range(min(self._lexicon.longest, len(stems)), 1, -1):
                if self._lexicon.of(tuple(stems[:length])):
                    return length
        return 1

    def _draft(self, words: Sequence[str]) -> Concept:
        stems = tuple(map(stem, words))
        strict = [Alternative(tuple(map(_anywhere, stems)), 1.0)]
        loose: list[Alternative] = []
        if len(words) == 1:
            parts = part_stems(words[0])
            if parts:
                strict.append(Alternative(tuple(map(_anywhere, parts)), _ALL_PARTS))
                some = [one for one in inner_stems(words[0]) if one not in parts]
                loose += [_piece(one, _ONE_PART) for one in parts]
                loose += [_piece(one, _SOME_PARTS) for one in some]
            if self._lexicon is not None:
                strict += _by_other_parts(words[0], parts, self._lexicon)
                strict += [Alternative((_anywhere(one),), _FAMILY) for one in family(stems[0])]
        for related in self._related(stems):
            (loose if related.is_loose else strict).append(_alternative(related))
        return Concept(" ".join(words), stems, tuple(strict), tuple(loose))

    def _related(self, stems: tuple[str, ...]) -> Iterable[Related]:
        if self._lexicon is None:
            return ()
        found = self._lexicon.of(stems)
        if not found and len(stems) == 1:
            return chain.from_iterable(self._lexicon.of((one,)) for one in family(stems[0]))
        return found

    # What of that occurs -----------------------------------------------------------------------

    def _found(self, draft: Concept, counts: Mapping[str, int]) -> Concept:
        """Return `draft` by what occurs; else by words alike in meaning, beginning or spelling."""
        known = _known(draft, counts)
        if len(draft.stems) > 1 or (known.strict and not self._looks_misspelt(draft, counts)):
            return known
        by_meaning = None if known.alternatives else self._by_meaning(draft)
        return by_meaning or self._by_beginning(draft) or self._corrected(draft) or known

    def _looks_misspelt(self, draft: Concept, counts: Mapping[str, int]) -> bool:
        """Tell whether a long word occurs only in pieces, but one slip away from a word that does.

        What other words are known for is no slip: `Ehrenamtler` is not meant to be `Ehrenamt`.
        """
        if self._literal or len(draft.text) < _LONG_WORD:
            return False
        if self._lexicon is not None and self._lexicon.of(draft.stems):
            return False
        return not any(counts.get(token) for token in draft.strict[0].tokens()) and (
            self._vocabulary.correct(draft.text, slips=1) is not None
        )

    def _by_meaning(self, draft: Concept) -> Concept | None:
        """Return a word by those that mean the same in general German, if entries hold any."""
        if self._lexicon is None:
            return None
        others = general_synonyms(draft.stems[0])
        ways = (Alternative((_anywhere(one),), _GENERAL, one) for one in others)
        found = self._looked_up(replace(draft, strict=tuple(ways)))
        return found if found.strict else None

    def _by_beginning(self, draft: Concept) -> Concept | None:
        """Return a word by those that begin like it, if there are any."""
        start = draft.stems[0]
        longer = self._vocabulary.beginning_with(start) if len(start) >= _SHORTEST_PREFIX else ()
        if not longer:
            return None
        way = Alternative((tuple(longer),), _BEGINNING)
        return self._looked_up(replace(draft, strict=(way, *draft.strict[1:])))

    def _corrected(self, draft: Concept) -> Concept | None:
        """Return the word that was probably meant, if entries hold it."""
        if self._literal or (meant := self._vocabulary.correct(draft.text)) is None:
            return None
        found = self._looked_up(self._draft([meant]))
        return found if found.strict else None

    def _looked_up(self, concept: Concept) -> Concept:
        return _known(concept, self._vocabulary.counts({*_tokens(concept), ""}))


def _pairs(words: Sequence[str]) -> dict[int, str]:
    """Return where two neighbours may be one word that was typed apart, and its stem."""
    return {
        first: stem(one + other)
        for first, (one, other) in enumerate(pairwise(words))
        if not (one + other).isdecimal()
    }


def _joined(words: Sequence[str], pairs: Collection[int]) -> list[str]:
    """Return the words with those that begin a pair and their neighbours in one."""
    joined: list[str] = []
    follows = False
    for number, word in enumerate(words):
        if follows:
            joined[-1] += word.lower()
        else:
            joined.append(word)
        follows = number in pairs and not follows
    return joined


# Ways to find a concept --------------------------------------------------------------------------


def _anywhere(stem: str) -> Slot:
    """Return the tokens of a word, by itself or as part of a compound."""
    return stem, PART + stem


def _piece(stem: str, weight: float) -> Alternative:
    return Alternative((_anywhere(stem),), weight, stem, is_piece=True)


def _alternative(related: Related) -> Alternative:
    slots = ((related.tag,),) if related.tag else tuple(map(_anywhere, related.stems))
    weight = related.weight * (_APART if len(slots) > 1 else 1.0)
    return Alternative(slots, weight, related.shown)


def _by_other_parts(word: str, parts: Sequence[str], lexicon: Lexicon) -> Iterator[Alternative]:
    """Yield ways to find a compound by other words for its parts."""
    if parts:
        slots = tuple(_other_words(part, lexicon) for part in parts)
        yield Alternative(slots, _OTHER_PARTS, word)
        if parts[-1] in weak_stems():
            yield Alternative(slots[:-1], _WITHOUT_HEAD, word)


def _other_words(part: str, lexicon: Lexicon) -> Slot:
    others = [
        one.stems[0] for one in lexicon.of((part,)) if len(one.stems) == 1 and not one.is_loose
    ]
    return tuple(chain.from_iterable(map(_anywhere, (part, *others))))


def _tokens(concept: Concept) -> set[str]:
    return {token for one in concept.alternatives for token in one.tokens()}


# How telling it is -------------------------------------------------------------------------------


def _known(draft: Concept, counts: Mapping[str, int]) -> Concept:
    """Return `draft` with the tokens that occur, weighed by how rare it is."""
    strict = tuple(_occurring(draft.strict, counts))
    loose = tuple(_occurring(draft.loose, counts))
    everything = counts.get("", 0)
    own = [one for one in strict if one.weight in (1, _FAMILY)] or strict or loose
    found = max((min(sum(counts[t] for t in slot) for slot in one.slots) for one in own), default=0)
    found = min(found, everything)
    weight = rarity(found, everything) * _telling(draft)
    return replace(draft, strict=strict, loose=loose, weight=weight)


def _occurring(
    alternatives: Iterable[Alternative], counts: Mapping[str, int]
) -> Iterator[Alternative]:
    for one in alternatives:
        slots = tuple(tuple(t for t in slot if counts.get(t)) for slot in one.slots)
        if all(slots):
            yield replace(one, slots=slots)


def _telling(concept: Concept) -> float:
    """Return how much these words say, from 1 down for those that everybody uses all the time."""
    common = min(word_frequency(word) for word in concept.text.split())
    weak = _WEAK if weak_stems().issuperset(concept.stems) else 1.0
    return weak * max(1 - max(common - _COMMON_FROM, 0) * _COMMON_PER_UNIT, _LEAST_TELLING)
