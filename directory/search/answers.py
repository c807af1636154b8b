"""Questions to the full-text engines: which entries fit, the best first.

The engine says which entries hold the words, :mod:`directory.search.ranking` how well. All words
count: entries that hold all of them come first. Where they are few, entries are added that hold
related words or lack some. What an answer holds depends on kind and words alone, never on filters,
so that lists, counts and maps agree.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Engine, literal_column, select, text
from sqlalchemy.orm import Session

from directory.publication.catalogue import current_version
from directory.search.lexicon import get_lexicon
from directory.search.models import SearchEntry
from directory.search.question import Concept, Question, analyse
from directory.search.ranking import Entry, score
from directory.search.vocabulary import IndexVocabulary

# Fewer hits than this are few: related words and entries that lack a word are added.
_FEW = 10
# How much of the question entries have to hold that lack a word; the last is for rare questions
_LEAST_SAID = (0.55, 0.3)
# More entries than these are neither ranked nor listed, so that frequent words stay fast.
_MOST_RANKED, _MOST_FOUND = 2_000, 10_000
# Answers kept per database, for the next page or another filter
_MOST_KEPT = 64

# Kinds whose titles are names: no other words, no compounds
_NAMES = frozenset({"municipality"})


@dataclass(frozen=True)
class Answer:
    """Keys of the entries that fit, best first, and how the words were understood."""

    question: Question = field(default_factory=Question)
    keys: tuple[str, ...] = ()


_Kept = OrderedDict[tuple[int, str, str, bool, bool], Answer]
_kept: WeakKeyDictionary[Engine | Connection, _Kept] = WeakKeyDictionary()


def kind_token(kind: str) -> str:
    """Return the token that all entries of one kind carry."""
    return f"qk{kind}"


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
        return Answer(question)
    ways = list(_widening(question))
    last = len(ways) - 1
    found: list[tuple[int, str]] = []
    for number, (some, loose) in enumerate(ways[last:] if leniently else ways):
        # Any single word is enough only for those who would else see nothing.
        if number == last and found:
            break
        wider = _matching(session, kind, some, loose=loose)
        found = wider if len(wider) > len(found) else found
        if len(found) >= _FEW:
            break
    return Answer(question, _ranked(session, question, found))


# An expression: any of these, each being all of these, each being any of these tokens.
_Expression = list[list[Concept]]


def _widening(question: Question) -> Iterator[tuple[_Expression, bool]]:
    """Yield what to ask the engine for, from all words down, and whether related words count.

    What is left out first is what says least: the rest has to hold half of what the words say.
    """
    concepts = question.concepts
    said = sum(concept.weight for concept in concepts)
    yield [list(concepts)], False
    yield [list(concepts)], True
    for least in _LEAST_SAID:
        for held in range(len(concepts) - 1, 0, -1):
            some = [
                list(chosen)
                for chosen in combinations(concepts, held)
                if sum(concept.weight for concept in chosen) >= least * said
            ]
            if some:
                yield some, True
    yield [[concept] for concept in concepts], True


def _matching(
    session: Session, kind: str, some: _Expression, *, loose: bool
) -> list[tuple[int, str]]:
    statement = (
        select(SearchEntry.id, SearchEntry.key)
        .where(SearchEntry.kind == kind, _holds(session, kind, some, loose=loose))
        .order_by(SearchEntry.id)
        .limit(_MOST_FOUND)
    )
    return [(number, key) for number, key in session.execute(statement)]


def _holds(session: Session, kind: str, some: _Expression, *, loose: bool) -> ColumnElement[bool]:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    both, either = (" AND ", " OR ") if is_sqlite else (" & ", " | ")
    quote = '"' if is_sqlite else "'"

    def one_of(parts: Any) -> str:
        return f"({either.join(parts)})"

    def all_of(parts: Any) -> str:
        return f"({both.join(parts)})"

    def concept_text(concept: Concept) -> str:
        ways = concept.alternatives if loose else concept.strict or concept.loose
        return one_of(
            all_of(one_of(f"{quote}{token}{quote}" for token in slot) for slot in way.slots)
            for way in ways
        )

    words = one_of(all_of(concept_text(concept) for concept in held) for held in some)
    expression = all_of([f"{quote}{kind_token(kind)}{quote}", words])
    if is_sqlite:
        found = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :expression").bindparams(
            expression=expression
        )
        return SearchEntry.id.in_(found.columns(SearchEntry.id))
    vector: ColumnElement[bool] = literal_column("search_entry.vector").op("@@")(
        text("CAST(:expression AS tsquery)").bindparams(expression=expression)
    )
    return vector


def _ranked(session: Session, question: Question, found: list[tuple[int, str]]) -> tuple[str, ...]:
    first = [number for number, _ in found[:_MOST_RANKED]]
    rows = session.execute(
        select(
            SearchEntry.key,
            SearchEntry.title,
            SearchEntry.summary,
            SearchEntry.terms,
            SearchEntry.body,
        )
        .where(SearchEntry.id.in_(first))
        .order_by(SearchEntry.id)
    )
    scored = []
    for key, title, summary, terms, body in rows:
        fields = {"title": title, "summary": summary, "terms": terms, "body": body}
        # Rounded, so that equal entries stay in the order they have in the catalogue.
        scored.append((-round(score(question, Entry(key, fields)), 6), key))
    scored.sort(key=lambda one: one[0])
    return (*(key for _, key in scored), *(key for _, key in found[_MOST_RANKED:]))
