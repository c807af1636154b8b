"""Questions to the index: which entries fit, and the best of them first.

:mod:`directory.search.words.postings` says which entries hold a token, the logic of a question is
done on bitmaps, :mod:`directory.search.words.ranking` says how well an entry fits. An entry has to
hold much of what the words say, and a word that nearly all entries hold says nothing; those that
hold all of it come first. All of them are hits, however many. Where they are few, the nearest of
those that hold related words, or less, make them twenty. What an answer holds depends on kind and
words alone, never on filters, so that lists, counts and maps agree.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.orm import Session

from directory.german.analysis import index_words
from directory.german.spelling import normal
from directory.lookups import Lookup
from directory.publication.catalogue import current_version
from directory.search.lists import bitmaps
from directory.search.lists.numbering import entry_id, number_of
from directory.search.models import SearchEntry, Suggestion
from directory.search.words.lexicon import get_lexicon
from directory.search.words.postings import Postings
from directory.search.words.question import Concept, Question, Slot, analyse, rarity
from directory.search.words.ranking import Entry, Fit, fit, score, terms_of_the_best
from directory.search.words.vocabulary import IndexVocabulary

# Fewer hits than this are few: the nearest others are added. Practices teach even where they only
# come near.
_FEW, _FEW_PRACTICES = 1, 10
# So many there are then, a page; more would be noise, and their number would tell nothing.
_WITH_NEAREST = 20
# How much of what the words say an entry has to hold, and whether related words count: step by step
MUCH = 0.3
_STEPS = ((MUCH, False), (MUCH, True), (0.1, True), (0.03, True))
# Of more hits than these only the most promising are read and ranked.
_MOST_RANKED = 160
# Answers kept per database, for the next page or another filter
_MOST_KEPT = 64

# Kinds whose titles are names: no other words, no compounds
_NAMES = frozenset({"municipality"})


@dataclass(frozen=True)
class Answer:
    """All entries of a kind that fit, and how the words were understood."""

    kind: str
    question: Question = field(default_factory=Question)
    # Bitmaps of their numbers, and of those that only come near
    hits: int = 0
    near: int = 0
    # How much of what the words say the best of them hold at least, from 0 to 1
    said: float = 0.0
    # Number → how well it fits, as far as that was asked for: by itself, and in the end
    fits: dict[int, Fit] = field(default_factory=dict, compare=False, repr=False)
    scores: dict[int, float] = field(default_factory=dict, compare=False, repr=False)


_Kept = OrderedDict[tuple[int, str, str, bool, bool], Answer]
_kept: WeakKeyDictionary[Engine | Connection, _Kept] = WeakKeyDictionary()


def answer(
    session: Session, kind: str, q: str, *, literal: bool = False, leniently: bool = False
) -> Answer:
    """Return the entries of `kind` that `q` asks for.

    `literal` takes the words as they are; `leniently` is content with any one of them.
    """
    name = (current_version(session), kind, q, literal, leniently)
    kept = _kept.setdefault(session.get_bind(), OrderedDict())
    found = kept.get(name)
    if found is None:
        found = _answer(session, kind, q, literal=literal, leniently=leniently)
        kept[name] = found
        while len(kept) > _MOST_KEPT:
            kept.popitem(last=False)
    return found


def best(
    session: Session, found: Answer, among: int, tie: Callable[[int], Any] | None = None
) -> list[int]:
    """Return the entries of an answer that belong to `among`, the best first.

    At most the 160 most promising ones are returned; how the others follow is up to the list.
    `tie` says by what entries that fit equally well are sorted, by default their numbers.
    """
    hits = found.hits & among
    chosen = _promising(session, found, hits)
    unknown = [number for number in chosen if number not in found.scores]
    if unknown:
        # What the question is about does not depend on filters.
        first = chosen if hits == found.hits else _promising(session, found, found.hits)
        found.fits.update(_fits(session, found, {*unknown, *first} - found.fits.keys()))
        shares = terms_of_the_best({number: found.fits[number] for number in first})
        for number in unknown:
            # Rounded, so that equal entries count as equal on every database.
            found.scores[number] = round(score(found.fits[number], shares), 6)
    ordered = sorted(chosen, key=tie)
    ordered.sort(key=lambda number: -found.scores[number])
    return ordered


def keys(session: Session, found: Answer) -> list[str]:
    """Return the keys of the best entries of an answer, best first."""
    ids = [entry_id(found.kind, number) for number in best(session, found, found.hits)]
    by_id = dict(_KEYS.rows(session, ids=ids)) if ids else {}
    return [by_id[one] for one in ids]


def forget(session: Session) -> None:
    """Forget all answers, because the index has changed."""
    _kept.pop(session.get_bind(), None)


def _answer(session: Session, kind: str, q: str, *, literal: bool, leniently: bool) -> Answer:
    is_name = kind in _NAMES
    vocabulary = IndexVocabulary(session, kind, of_names=is_name)
    meant = vocabulary.correct_name(q) if is_name and not literal else None
    question = analyse(
        meant or q,
        lexicon=None if is_name else get_lexicon(session),
        vocabulary=vocabulary,
        literal=literal,
    )
    if meant:
        question = replace(question, corrections=((q, meant),))
    if not question:
        return Answer(kind, question)
    slots = {slot for concept in question.concepts for slot in _slots(concept)}
    entries = Postings(session, kind, slots).within("entries")
    found = Answer(kind, question)
    if not leniently:
        few = _FEW_PRACTICES if kind == "practice" else _FEW
        found = _by_steps(session, found, entries, vocabulary.counts({""})[""], few)
    if found.hits:
        return found
    found = _any(found, entries)
    return found if leniently else _with_nearest(session, found, 0)


# Slot → entries that hold a token of it
_Entries = Mapping[Slot, int]


def _by_steps(
    session: Session, found: Answer, entries: _Entries, everything: int, few: int
) -> Answer:
    """Return the entries that hold much, and where they are `few` the nearest others."""
    question = found.question
    holding_much = None
    for share, loose in _STEPS:
        parts = [_part(entries, one, everything, loose=loose) for one in question.concepts]
        least = share * (sum(part.weight for part in parts) + question.unsaid)
        some = (reduce(and_, (part.entries for part in chosen)) for chosen in _enough(parts, least))
        if hits := reduce(or_, some, found.hits):
            found = replace(found, hits=hits, said=found.said or share)
        if holding_much is None:
            holding_much = hits
        if hits.bit_count() >= few:
            break
    return _with_nearest(session, found, holding_much or 0)


def _with_nearest(session: Session, found: Answer, holding_much: int) -> Answer:
    """Return those that hold much, and as many of the other hits as make twenty, the best ones."""
    room = max(_WITH_NEAREST - holding_much.bit_count(), 0)
    near = bitmaps.from_numbers(best(session, found, found.hits & ~holding_much)[:room])
    return replace(found, hits=holding_much | near, near=near)


class _Part(NamedTuple):
    """A concept, the entries that hold it, and how much that says."""

    concept: Concept
    entries: int
    weight: float


def _part(entries: _Entries, concept: Concept, everything: int, *, loose: bool) -> _Part:
    holding = _holding_concept(entries, concept, loose=loose)
    # What nearly all entries hold says nothing, however rare the word itself is among them.
    return _Part(concept, holding, min(concept.weight, rarity(holding.bit_count(), everything)))


def _any(found: Answer, entries: _Entries) -> Answer:
    """Return the entries that hold any of the words, or related ones."""
    concepts = found.question.concepts
    hits = reduce(or_, (_holding_concept(entries, one, loose=True) for one in concepts))
    return replace(found, hits=hits)


def _enough(parts: Sequence[_Part], least: float) -> list[tuple[_Part, ...]]:
    """Return the smallest sets of parts that together say `least`."""
    return [
        chosen
        for number in range(1, len(parts) + 1)
        for chosen in combinations(parts, number)
        if _is_just_enough([part.weight for part in chosen], least)
    ]


def _is_just_enough(weights: Sequence[float], least: float) -> bool:
    """Tell whether these reach `least`, and none of them could be spared."""
    together = sum(weights)
    return together >= least > together - min(weights)


def _slots(concept: Concept) -> Iterator[Slot]:
    for way in concept.alternatives:
        yield from way.slots


def _holding_concept(entries: _Entries, concept: Concept, *, loose: bool) -> int:
    ways = concept.alternatives if loose else concept.strict or concept.loose
    return reduce(or_, (_holding_all(entries, way.slots) for way in ways))


def _holding_all(entries: _Entries, slots: Iterable[Slot]) -> int:
    return reduce(and_, (entries[slot] for slot in slots))


# Ranking -----------------------------------------------------------------------------------------


def _promising(session: Session, found: Answer, hits: int) -> Sequence[int]:
    """Return the numbers of those `hits` that may fit best: all of few, else by where words stand.

    An entry that is called just like the question comes first, then those with all words in the
    title, in title or summary, and so on; within that those numbered first.
    """
    if hits.bit_count() <= _MOST_RANKED:
        return bitmaps.numbers_in(hits)
    chosen: dict[int, None] = {}
    for tier in _tiers(session, found, hits):
        for number in bitmaps.first_numbers(tier, _MOST_RANKED):
            chosen[number] = None
            if len(chosen) == _MOST_RANKED:
                return list(chosen)
    return list(chosen)


def _tiers(session: Session, found: Answer, hits: int) -> Iterator[int]:
    concepts = found.question.concepts
    yield hits & _called(session, found.kind, " ".join(concept.text for concept in concepts))
    # The first way to find a concept is the word itself, if that occurs.
    words = [slot for concept in concepts for slot in concept.alternatives[0].slots]
    typed = [(token,) for concept in concepts for token in concept.typed]
    slots = {slot for concept in concepts for slot in _slots(concept)}
    postings = Postings(session, found.kind, slots.union(typed))
    titles, summaries = postings.within("titles"), postings.within("summaries")
    either = {slot: titles[slot] | summaries[slot] for slot in titles}
    yield hits & _holding_all(titles, [*words, *typed])
    for fields in (titles, either):
        yield hits & _holding_all(fields, words)
        yield hits & reduce(and_, (_holding_concept(fields, one, loose=False) for one in concepts))
    # Of several words the most telling one is best in the title.
    for fields in (titles, either):
        for concept in sorted(concepts, key=lambda one: -one.weight):
            yield hits & _holding_concept(fields, concept, loose=False)
    yield hits


def _called(session: Session, kind: str, words: str) -> int:
    """Return the entries whose whole title are these words."""
    plain = " ".join(normal(word) for word in index_words(words))
    rows = _CALLED.rows(session, kind=kind, words=plain)
    return bitmaps.from_numbers([number_of(one) for (one,) in rows])


_ENTRIES, _NAMED = SearchEntry.__table__.c, Suggestion.__table__.c
_CALLED = Lookup(
    select(_ENTRIES.id)
    .join_from(
        SearchEntry.__table__,
        Suggestion.__table__,
        (_NAMED.kind == _ENTRIES.kind) & (_NAMED.key == _ENTRIES.key),
    )
    .where(
        _ENTRIES.kind == bindparam("kind"),
        _NAMED.beginning == bindparam("words"),
        _NAMED.position == 0,
    )
    .limit(_MOST_RANKED)
)
_OF_IDS = _ENTRIES.id.in_(bindparam("ids", expanding=True))
_KEYS = Lookup(select(_ENTRIES.id, _ENTRIES.key).where(_OF_IDS))
_TEXTS = Lookup(
    select(
        *(_ENTRIES.id, _ENTRIES.key),
        *(_ENTRIES.title, _ENTRIES.summary, _ENTRIES.terms, _ENTRIES.body),
    ).where(_OF_IDS)
)


def _fits(session: Session, found: Answer, numbers: Iterable[int]) -> Iterator[tuple[int, Fit]]:
    ids = sorted(entry_id(found.kind, number) for number in numbers)
    for one, key, title, summary, terms, body in _TEXTS.rows(session, ids=ids) if ids else ():
        fields = {"title": title, "summary": summary, "terms": terms, "body": body}
        yield number_of(one), fit(found.question, Entry(key, fields))
