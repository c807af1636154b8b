"""How well an entry fits a question: the same arithmetic for every database.

An entry shows evidence for each concept of the question: where the word stands (title over summary
over topics over text) and how it was found (the word over its stem over compound parts over other
words). Evidence saturates, telling concepts count more, and what an entry lacks lowers all of it.
Entries that are described with the same terms as the best ones are likely meant as well.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest

from directory.german.analysis import EXACT, PART, TERM
from directory.search.words.question import Alternative, Concept, Question

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
COVERAGE_POWER = 0.7
# How alike title and question are; and a title that says exactly this comes first
TITLE_SHARE, SAME_TITLE = 0.4, 1_000.0
# How much it adds to share the terms of the best entries, and how many those are
KINSHIP, BEST = 2.0, 5


@dataclass(frozen=True)
class Entry:
    """The tokens of one entry, one text for each field."""

    key: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Fit:
    """How well the words of one entry fit, and the tokens of the terms it is described with."""

    score: float
    terms: Collection[str]


# Field → token → how often it stands there, for the tokens of a question
_Counted = Mapping[str, Mapping[str, int]]


def fit(question: Question, entry: Entry) -> Fit:
    """Return how well `entry` fits by itself."""
    terms = [token for token in entry.fields["terms"].split() if token.startswith(TERM)]
    return Fit(_score(question, entry), terms)


def terms_of_the_best(fits: Mapping[int, Fit]) -> Mapping[str, float]:
    """Return terms that the best entries, by number, are described with: their share, 0 to 1."""
    best = nlargest(BEST, fits, key=lambda number: (fits[number].score, -number))
    # Who is called like the question counts no more than who fits perfectly.
    weights = {number: min(fits[number].score, 1.0) ** 2 for number in best}
    together = sum(weights.values())
    shares: dict[str, float] = defaultdict(float)
    for number, weight in weights.items():
        for term in fits[number].terms:
            shares[term] += weight / together
    return shares


def score(fit: Fit, shares: Mapping[str, float]) -> float:
    """Return how well an entry fits, higher is better; 0: not at all."""
    shared = sum(shares.get(term, 0.0) for term in fit.terms)
    kinship = shared / len(fit.terms) if fit.terms else 0.0
    return fit.score * (1 + KINSHIP * kinship)


def _score(question: Question, entry: Entry) -> float:
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
    fitting: float = reached * (covered / asked) ** COVERAGE_POWER / asked
    title = entry.fields["title"]
    return fitting * (1 + TITLE_SHARE * _title_share(question, title)) + _same_title(
        question, title
    )


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
    """Return the share of words that title and question have in common (Dice coefficient)."""
    words = [token for token in title.split() if not token.startswith((EXACT, PART))]
    said = sum(1 for word in words if word in question.stems)
    return 2 * said / (len(words) + len(question.stems)) if said else 0.0


def _same_title(question: Question, title: str) -> float:
    # In any order: `Lippe, Kreis`
    words = [token for token in title.split() if not token.startswith((EXACT, PART))]
    return SAME_TITLE if sorted(words) == sorted(question.stems) else 0.0
