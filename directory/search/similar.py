"""Examples like this one, and why: terms they share, rare ones first, and places alike."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import and_

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.municipalities.models import Level, size_class
from directory.practices.models import Practice, practice_term
from directory.practices.queries import FOR_CARDS, total, totals_by_term
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

    practice: Practice
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

    id: int
    ags: str
    title: str
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
    found = [one for one in _candidates(session, practice, own, telling) if len(one.shared) > 1]
    found.sort(key=lambda one: (one.ags == practice.ags, -one.score, one.title))
    best = found[:limit]
    shown = {
        other.id: other
        for other in session.scalars(
            select(Practice).where(Practice.id.in_([one.id for one in best])).options(*FOR_CARDS)
        )
    }
    return [
        Similar(shown[one.id], one.shared, _place_in_words(session, practice, one), one.score)
        for one in best
    ]


def _load_rarity(session: Session) -> dict[str, float]:
    return rarity(totals_by_term(session), total(session))


def _candidates(
    session: Session, practice: Practice, own: Sequence[Term], telling: Mapping[str, float]
) -> list[_Candidate]:
    if not own:
        return []
    ids = _sharing_most(session, practice, own[:_LOOKED_UP], telling)
    theirs: dict[int, set[str]] = defaultdict(set)
    for one, slug in session.execute(
        select(practice_term.c.practice_id, practice_term.c.term_slug).where(
            practice_term.c.practice_id.in_(ids)
        )
    ):
        theirs[one].add(slug)
    rows = session.execute(
        select(Practice.id, Practice.ags, Practice.title).where(Practice.id.in_(ids))
    )
    found = []
    for row in rows:
        shared = [term for term in own if term.slug in theirs[row.id]]
        peer = _peer(session, practice.ags, row.ags)
        alike = max(0.0, 1 - peer.index) if peer else 0.0
        score = sum(telling[term.slug] for term in shared) + _PLACE_COUNTS * alike
        found.append(_Candidate(row.id, row.ags, row.title, shared, score, peer))
    return found


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


def _peer(session: Session, ags: str, other: str) -> Peer | None:
    units = get_units(session)
    level = units[ags].level
    if ags == other or units[other].level is not level:
        return None
    return get_peers(session, level).compare(ags, other, Weights.usual())


def _place_in_words(session: Session, practice: Practice, other: _Candidate) -> str:
    """Say in which respect the places are alike; empty if in none."""
    peer = other.peer
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
