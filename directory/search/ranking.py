"""How well an entry fits a question: the same arithmetic for every database.

An entry shows evidence for each concept of the question: where the word stands (title over summary
over topics over text) and how it was found (the word over its stem over compound parts over other
words). Evidence saturates, telling concepts count more, and what an entry lacks lowers all of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.german.analysis import EXACT, PART
from directory.search.question import Alternative, Concept, Question

# All weights of the ranking stand here, and only here.
FIELD_WEIGHTS = {"title": 4.5, "summary": 3.0, "terms": 2.2, "body": 1.0}
# A word inside a compound; and more if it stands there exactly as typed
PART_OF_COMPOUND, AS_TYPED = 0.6, 0.25
# What it adds that an entry holds the word itself, wherever it stands, and not only another one
ITSELF = 0.75
# Evidence at which a concept is half proved
HALF = 4.0
# What further ways of finding the same concept add to the best one
FURTHER_WAYS = 0.2
# What further fields that hold the word add to the best one
FURTHER_FIELDS = 0.3
# How a word counts that stands in one field again and again
REPEATED, MOST_REPEATED = 0.3, 4
# How strongly missing concepts lower the score
COVERAGE_POWER = 1.0
# How much of the title the question says; and a title that says exactly this comes first
TITLE_SHARE, SAME_TITLE = 0.4, 1_000.0


@dataclass(frozen=True)
class Entry:
    """The tokens of one entry, one text for each field."""

    key: str
    fields: Mapping[str, str]


# Field → token → how often it stands there, for the tokens of a question
_Counted = Mapping[str, Mapping[str, int]]


def score(question: Question, entry: Entry) -> float:
    """Return how well `entry` fits, higher is better; 0: not at all."""
    fields = {name: _counted(question, text.split()) for name, text in entry.fields.items()}
    reached = covered = 0.0
    asked = sum(concept.weight for concept in question.concepts)
    for concept in question.concepts:
        evidence = _evidence(concept, fields)
        if evidence:
            share = evidence / (evidence + HALF)
            reached += concept.weight * share
            # A faint trace of a concept does not cover it.
            covered += concept.weight * min(1.0, evidence)
    if not reached:
        return 0.0
    fit: float = reached * (covered / asked) ** COVERAGE_POWER / asked
    title = entry.fields["title"]
    return fit * (1 + TITLE_SHARE * _title_share(question, title)) + _same_title(question, title)


def _counted(question: Question, tokens: list[str]) -> Mapping[str, int]:
    # An intersection looks at the tokens of a text ten times as fast as a filter.
    return {token: tokens.count(token) for token in question.tokens.intersection(tokens)}


def _evidence(concept: Concept, fields: _Counted) -> float:
    strengths = [_strength(one, fields) for one in concept.alternatives]
    found = sorted(strengths, reverse=True)
    best = found[0] if found else 0.0
    if not best:
        return 0.0
    # The first way to find a concept is the word itself, if that occurs.
    itself = ITSELF if strengths[0] and concept.alternatives[0].weight == 1 else 0.0
    typed = sum(
        AS_TYPED * FIELD_WEIGHTS[name]
        for name in ("title", "summary")
        if all(token in fields[name] for token in concept.typed)
    )
    return best + itself + typed + FURTHER_WAYS * sum(found[1:])


def _strength(alternative: Alternative, fields: _Counted) -> float:
    """Return how strongly an entry holds one alternative: as its weakest slot."""
    weakest = min(_slot(slot, fields) for slot in alternative.slots)
    return alternative.weight * weakest


def _slot(tokens: Iterable[str], fields: _Counted) -> float:
    """Return how strongly an entry holds any of these tokens: its best field, a bit of others."""
    found = []
    for token in tokens:
        own = PART_OF_COMPOUND if token.startswith(PART) else 1.0
        for name, counted in fields.items():
            if token in counted:
                again = min(counted[token], MOST_REPEATED) - 1
                found.append(own * FIELD_WEIGHTS[name] * (1 + REPEATED * again))
    if not found:
        return 0.0
    best = max(found)
    return best + FURTHER_FIELDS * (sum(found) - best)


def _title_share(question: Question, title: str) -> float:
    words = [token for token in title.split() if not token.startswith((EXACT, PART))]
    said = sum(1 for word in words if word in question.stems)
    return said / len(words) if words else 0.0


def _same_title(question: Question, title: str) -> float:
    # In any order: `Lippe, Kreis`
    words = [token for token in title.split() if not token.startswith((EXACT, PART))]
    return SAME_TITLE if sorted(words) == sorted(question.stems) else 0.0
