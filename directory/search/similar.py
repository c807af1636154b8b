"""Examples like this one, and why: terms they share, rare ones first, and places alike."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from heapq import nlargest, nsmallest
from itertools import combinations
from operator import and_
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from directory.lookups import Lookup
from directory.municipalities.models import Level, size_class
from directory.practices.models import Practice
from directory.practices.queries import PracticeRecord, PracticeRow, TermName, rows_for_cards
from directory.publication.catalogue import prepared
from directory.search.likeness.peer_groups import get_peers, get_units
from directory.search.likeness.peers import Peer
from directory.search.likeness.weights import Weights
from directory.search.lists import bitmaps
from directory.search.lists.columns import Columns, get_columns
from directory.search.lists.listings import TERM_FACETS, ListKind
from directory.search.queries import practices_per_term

_MOST = 3
# About 2 MB
_MOST_KEPT = 1_000
# Only terms this rare are looked up; what half the catalogue shares tells nothing.
_LOOKED_UP = 5
_CANDIDATES = 40
_LEAST_SHARED = 2
# How much a twin of the place adds, measured in a term that every tenth example has.
_PLACE_COUNTS = math.log(10) / 2
_LIKE_PLACE = 0.45
_SHARED_NAMED = 3


@dataclass(frozen=True)
class Similar:
    """One similar example: what it shares, rarest first, and how its place compares."""

    practice: PracticeRow
    shared: list[TermName]
    place: str
    score: float

    @property
    def reason(self) -> str:
        """Say why it is similar."""
        names = [term.label for term in self.shared[:_SHARED_NAMED]]
        more = len(self.shared) - len(names)
        rest = f" und {more} weitere" if more else ""
        return "; ".join(filter(None, [f"gemeinsam: {', '.join(names)}{rest}", self.place]))


class _Candidate(NamedTuple):
    """What decides whether an example is similar; most of those compared are never shown.

    The score lies between `least` and `most`; what it is exactly, only few need to know.
    """

    id: int
    ags: str
    title: str
    shared: list[TermName]
    told: float
    is_comparable: bool
    least: float
    most: float


def rarity(counts: Mapping[str, int], of: int) -> dict[str, float]:
    """Return how telling each term is: the logarithm of how few of all examples have it."""
    return {slug: math.log(of / count) for slug, count in counts.items() if 0 < count <= of}


def find_similar(session: Session, practice: PracticeRecord) -> list[Similar]:
    """Return the published examples most like a published one, other municipalities first.

    At least two terms are shared: one alone says little. What was found is kept until the catalogue
    changes.
    """
    kept = prepared(session, "similar practices", lambda _: dict[int, list[Similar]]())
    found = kept.get(practice.id)
    if found is None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        found = kept[practice.id] = _find_similar(session, practice)
    return found


def _find_similar(session: Session, practice: PracticeRecord) -> list[Similar]:
    telling = prepared(session, "rarity", _load_rarity)
    own = sorted(
        (term for term in practice.terms if term.slug in telling),
        key=lambda term: -telling[term.slug],
    )
    candidates = _candidates(session, practice, own, telling)
    found = [_scored(session, practice, one) for one in _promising(practice, candidates)]
    found.sort(key=lambda one: (one[0].ags == practice.ags, -one[1], one[0].title))
    rows = rows_for_cards(session, [one.id for one, _, _ in found[:_MOST]])
    return [
        Similar(rows[one.id], one.shared, _place_in_words(session, practice, one, peer), score)
        for one, score, peer in found[:_MOST]
        if one.id in rows
    ]


def _load_rarity(session: Session) -> dict[str, float]:
    every = get_columns(session, ListKind.PRACTICES).everything
    return rarity(practices_per_term(session), every.bit_count())


_PRACTICE = Practice.__table__.c
_PLACES = Lookup(
    select(_PRACTICE.id, _PRACTICE.ags, _PRACTICE.title).where(
        _PRACTICE.id.in_(bindparam("ids", expanding=True))
    )
)


def _candidates(
    session: Session,
    practice: PracticeRecord,
    own: Sequence[TermName],
    telling: Mapping[str, float],
) -> list[_Candidate]:
    """Return the examples that share at least two terms."""
    columns = get_columns(session, ListKind.PRACTICES)
    units, usual = get_units(session), Weights.usual()
    ags, level = practice.ags, units[practice.ags].level
    group = get_peers(session, level)
    having = {
        term.slug: bitmaps.joined([columns.values[TERM_FACETS[term.kind]].get(term.slug, {})])
        for term in own
    }
    numbers = _sharing_most(columns, practice.id, own[:_LOOKED_UP], having, telling)
    shared: dict[int, list[TermName]] = {number: [] for number in numbers}
    compared = bitmaps.from_numbers(numbers)
    for term in own:
        for number in bitmaps.numbers_in(having[term.slug] & compared):
            shared[number].append(term)
    places = {row[0]: row for row in _PLACES.rows(session, ids=columns.of_ids(numbers))}
    found = []
    for number, terms in shared.items():
        row = places.get(columns.ids[number])
        if row is None or len(terms) < _LEAST_SHARED:
            continue
        told = sum(telling[term.slug] for term in terms)
        other = row[1]
        is_comparable = other != ags and units[other].level is level
        index = group.reckon(ags, other, usual) if is_comparable else None
        least, most = (_score(told, each) for each in reversed(index or (None, None)))
        found.append(_Candidate(*[*row, terms, told, index is not None, least, most]))
    return found


def _score(told: float, index: float | None) -> float:
    alike = 0.0 if index is None else max(0.0, 1 - index)
    return told + _PLACE_COUNTS * alike


def _promising(practice: PracticeRecord, candidates: Sequence[_Candidate]) -> Iterable[_Candidate]:
    """Return those that may be among the first ones: to compare places exactly takes longest."""
    elsewhere = [one for one in candidates if one.ags != practice.ags]
    if len(elsewhere) < _MOST:
        return candidates
    reach = nlargest(_MOST, (one.least for one in elsewhere))[-1]
    return [one for one in elsewhere if one.most >= reach]


def _scored(
    session: Session, practice: PracticeRecord, one: _Candidate
) -> tuple[_Candidate, float, Peer | None]:
    """Return a candidate with its score and how its place compares."""
    if not one.is_comparable:
        return one, one.told, None
    group = get_peers(session, get_units(session)[practice.ags].level)
    peer = group.compare(practice.ags, one.ags, Weights.usual())
    return one, _score(one.told, peer.index if peer else None), peer


def _sharing_most(
    columns: Columns,
    own: int,
    terms: Sequence[TermName],
    having: Mapping[str, int],
    telling: Mapping[str, float],
) -> list[int]:
    """Return the examples that share most of `terms`, by number, the most telling ones first.

    On bitmaps, from all terms down to one: what has exactly these and no more is what has them all
    and was not seen yet. To add up the terms of half the catalogue took 20 ms.
    """
    slugs = [term.slug for term in terms]
    some = [chosen for held in range(1, len(slugs) + 1) for chosen in combinations(slugs, held)]
    some.sort(key=lambda chosen: -sum(telling[slug] for slug in chosen))
    found: list[int] = []
    seen = 0
    for chosen in some:
        those = reduce(and_, (having[slug] for slug in chosen)) & ~seen
        seen |= those
        room = _CANDIDATES - len(found) + 1
        best = nsmallest(room, bitmaps.numbers_in(those), key=columns.ids.__getitem__)
        found += [number for number in best if columns.ids[number] != own]
        if len(found) >= _CANDIDATES:
            break
    return found[:_CANDIDATES]


def _place_in_words(
    session: Session, practice: PracticeRecord, other: _Candidate, peer: Peer | None
) -> str:
    """Say in which respect the places are alike; empty if in none."""
    if practice.ags == other.ags:
        return "aus derselben Kommune"
    if peer is None:
        return ""
    own, unit = get_units(session)[practice.ags], peer.unit
    words = []
    if own.population and unit.population and own.level is Level.MUNICIPALITY:
        same = size_class(own.population) is size_class(unit.population)
        words += ["ähnlich große Kommune"] if same else []
    if own.county == unit.county:
        words.append("im selben Kreis")
    if not words and peer.index <= _LIKE_PLACE:
        words.append("vergleichbare Kommune")
    return ", ".join(words)
