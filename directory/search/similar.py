"""Examples like this one, and why: terms they share, rare ones first, and places alike."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import and_

from sqlalchemy.orm import Session

from directory.municipalities.models import Level, size_class
from directory.practices.models import Practice
from directory.practices.queries import PracticeRow, rows_for_cards, total, totals_by_term
from directory.publication.catalogue import prepared
from directory.search import bitmaps
from directory.search.columns import get_columns
from directory.search.listings import ListKind
from directory.search.peer_groups import get_peers, get_units
from directory.search.peers import Peer
from directory.search.weights import Weights
from directory.topics.models import Term, TermKind

_MOST = 3
# Only terms this rare are looked up; what half the catalogue shares tells nothing.
_LOOKED_UP = 5
_CANDIDATES = 40
# How much a twin of the place adds, measured in a term that every tenth example has.
_PLACE_COUNTS = math.log(10) / 2
_LIKE_PLACE = 0.45
_SHARED_NAMED = 3
_FACETS = {
    TermKind.TOPIC: "thema",
    TermKind.TARGET_GROUP: "zielgruppe",
    TermKind.INSTRUMENT: "instrument",
}


@dataclass(frozen=True)
class Similar:
    """One similar example: what it shares, rarest first, and how its place compares."""

    practice: PracticeRow
    shared: list[Term]
    place: str
    score: float

    @property
    def reason(self) -> str:
        """Say why it is similar."""
        names = [term.label for term in self.shared[:_SHARED_NAMED]]
        more = len(self.shared) - len(names)
        rest = f" und {more} weitere" if more else ""
        return "; ".join(filter(None, [f"gemeinsam: {', '.join(names)}{rest}", self.place]))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What decides whether an example is similar; most of those compared are never shown."""

    practice: PracticeRow
    shared: list[Term]
    score: float
    peer: Peer | None


def rarity(counts: Mapping[str, int], of: int) -> dict[str, float]:
    """Return how telling each term is: the logarithm of how few of all examples have it."""
    return {slug: math.log(of / count) for slug, count in counts.items() if 0 < count <= of}


def find_similar(session: Session, practice: Practice, limit: int = _MOST) -> list[Similar]:
    """Return the published examples most like this one, other municipalities first.

    At least two terms are shared: one alone says little.
    """
    telling = prepared(session, "rarity", _load_rarity)
    own = sorted(
        (term for term in practice.terms if term.slug in telling),
        key=lambda term: -telling[term.slug],
    )
    found = list(_candidates(session, practice, own, telling))
    found.sort(key=lambda one: (one.practice.ags == practice.ags, -one.score, one.practice.title))
    return [
        Similar(one.practice, one.shared, _place_in_words(session, practice, one), one.score)
        for one in found[:limit]
    ]


def _load_rarity(session: Session) -> dict[str, float]:
    return rarity(totals_by_term(session), total(session))


def _candidates(
    session: Session, practice: Practice, own: Sequence[Term], telling: Mapping[str, float]
) -> Iterator[_Candidate]:
    """Yield the examples that share at least two terms."""
    terms = {term.slug: term for term in own}
    units, usual = get_units(session), Weights.usual()
    level = units[practice.ags].level
    group = get_peers(session, level)
    ids = _sharing_most(session, practice, own[:_LOOKED_UP], telling)
    for row in rows_for_cards(session, ids).values():
        shared = [slug for slug in terms if slug in row.terms]
        if len(shared) > 1:
            is_comparable = row.ags != practice.ags and units[row.ags].level is level
            peer = group.compare(practice.ags, row.ags, usual) if is_comparable else None
            alike = max(0.0, 1 - peer.index) if peer else 0.0
            score = sum(telling[slug] for slug in shared) + _PLACE_COUNTS * alike
            yield _Candidate(row, [terms[slug] for slug in shared], score, peer)


def _sharing_most(
    session: Session, practice: Practice, terms: Sequence[Term], telling: Mapping[str, float]
) -> list[int]:
    """Return the numbers of the examples that share most of `terms`, the most telling ones first.

    On bitmaps, from all terms down to one: what has exactly these and no more is what has them all
    and was not seen yet. To add up the terms of half the catalogue took 20 ms.
    """
    columns = get_columns(session, ListKind.PRACTICES)
    entries = {
        term.slug: columns.having(facet, [term.slug])
        for term in terms
        if (facet := columns.listing.facet(_FACETS[term.kind])) is not None
    }
    some = [chosen for held in range(1, len(terms) + 1) for chosen in combinations(entries, held)]
    some.sort(key=lambda chosen: -sum(telling[slug] for slug in chosen))
    found: list[int] = []
    seen = 0
    for chosen in some:
        having = reduce(and_, (entries[slug] for slug in chosen)) & ~seen
        seen |= having
        ids = columns.of_ids(bitmaps.numbers_in(having))
        found += sorted(one for one in ids if one != practice.id)
        if len(found) >= _CANDIDATES:
            break
    return found[:_CANDIDATES]


def _place_in_words(session: Session, practice: Practice, other: _Candidate) -> str:
    """Say in which respect the places are alike; empty if in none."""
    peer = other.peer
    if practice.ags == other.practice.ags:
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
