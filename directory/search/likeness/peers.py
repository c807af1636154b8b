"""How much two municipalities differ, in which respects, and who is most like one of them.

Everything here is arithmetic over plain values, which
:mod:`directory.search.likeness.peer_groups` reads.

Each factor gives a difference that is 0 for equals. Numbers and steps are compared as z-scores
over all municipalities of the group; what exists between two places only (region, kilometres,
topics) is scaled so that its root mean square over all pairs is √2, which is that of z-scores.
The index is the weighted mean of these differences: 0 is a twin, about 1 two places drawn by lot.
A factor that one side does not know is left out of the pair and the weights of the others are
rescaled (Gower, A General Coefficient of Similarity, Biometrics 27, 1971), so nothing is invented.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from directory.geo.points import Point, kilometres
from directory.search.likeness.scales import (
    KM_PER_DEGREE,
    km_scale,
    region_scale,
    topic_scale,
    z_scores,
)
from directory.search.likeness.units import NUMBERS, Unit
from directory.search.likeness.weights import Factor, Weights

PEERS = 7

# In the first sorting kilometres are reckoned on a plane; near places are right to 2 %.
_PLANE_ERROR = 0.02
_SPARE = 5
# Bounds add up the same parts in another order; this is far more than that can change.
_ROUNDING = 1 + 1e-9
_MOST_KEPT = 1_000
_MOST_PAIRS = 4_000
_MOST_ORDERS = 32


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of one comparison; `difference` None: one side does not know it.

    `share` is what the factor adds to the index; the shares of all factors make up the index.
    """

    factor: Factor
    weight: float
    difference: float | None
    share: float


@dataclass(frozen=True, slots=True)
class Peer:
    """One municipality compared with another: the index, its parts, and the way in km."""

    unit: Unit
    index: float
    km: float | None
    parts: tuple[Part, ...]

    @property
    def missing(self) -> list[Factor]:
        """The factors that count but could not be compared."""
        return [part.factor for part in self.parts if part.weight and part.difference is None]


@dataclass(frozen=True, slots=True)
class _Position:
    """A unit on the common scale: four z-scores, region, degrees and topics as bits."""

    scores: tuple[float | None, float | None, float | None, float | None]
    county: str
    district: str
    point: Point | None
    topics: int
    unit: Unit

    @property
    def known(self) -> tuple[bool, ...]:
        """Which factors can be compared, in their order; a region all have."""
        a, b, c, d = self.scores
        numbers = (a is not None, b is not None, c is not None, d is not None)
        return (*numbers, True, self.point is not None, bool(self.topics))


@dataclass(frozen=True, slots=True)
class Scale:
    """By what raw differences are multiplied to be comparable; 0 where all are equal."""

    region: float
    km: float
    topics: float


class Peers:
    """All units of one group on one scale, ready to be compared."""

    def __init__(self, units: Sequence[Unit]) -> None:
        """Standardise `units`; the order of equally similar ones is that of their keys."""
        bits = {slug: 1 << n for n, slug in enumerate(sorted({t for u in units for t in u.topics}))}
        masks = [sum(bits[slug] for slug in unit.topics) for unit in units]
        columns = [z_scores([read(unit) for unit in units]) for read in NUMBERS]
        rows = zip(units, masks, *columns, strict=True)
        positions = [
            _Position((a, b, c, d), unit.county, unit.district, unit.point, mask, unit)
            for unit, mask, a, b, c, d in rows
        ]
        self._by_ags = {position.unit.ags: position for position in positions}
        # How many know the same factors, with practices and without
        self._alike = Counter((one.known, bool(one.unit.practices)) for one in positions)
        self.scale = Scale(
            region=region_scale([unit.county for unit in units], [unit.district for unit in units]),
            km=km_scale([unit.point for unit in units if unit.point]),
            topics=topic_scale(masks),
        )
        counties: dict[tuple[str, str], list[_Position]] = defaultdict(list)
        for one in positions:
            counties[one.county, one.district].append(one)
        self._counties = [_County(members) for members in counties.values()]
        # A degree of longitude is nowhere in the group shorter than this, beside one of latitude.
        furthest = max((abs(unit.point.lat) for unit in units if unit.point), default=0.0)
        self._shrink = math.cos(math.radians(furthest))
        # Among all, and among those with practices: a page shows both.
        self._kept: dict[tuple[str, Weights, int], tuple[tuple[Peer, ...], tuple[Peer, ...]]] = {}
        self._pairs: dict[tuple[str, str, Weights], Peer | None] = {}
        self._orders: dict[tuple[str, Weights], tuple[str, ...]] = {}

    def unit(self, ags: str) -> Unit | None:
        """Return the unit of that key."""
        position = self._by_ags.get(ags)
        return position.unit if position else None

    def known_factors(self, ags: str) -> list[Factor]:
        """Return the factors that can be compared at all for this unit."""
        known = self._by_ags[ags].known
        return [factor for factor, is_known in zip(Factor, known, strict=True) if is_known]

    def comparable(self, ags: str, weights: Weights, *, with_practices: bool = False) -> int:
        """Return with how many others this unit has a factor in common that counts."""
        own = self._by_ags[ags]
        found = 0
        for (known, is_practising), number in self._alike.items():
            if is_practising or not with_practices:
                all_three = zip(own.known, known, weights.values, strict=True)
                found += number if any(map(all, all_three)) else 0
        is_among_them = (own.unit.practices or not with_practices) and any(
            map(all, zip(own.known, weights.values, strict=True))
        )
        return found - bool(is_among_them)

    def compare(self, ags: str, other: str, weights: Weights) -> Peer | None:
        """Compare two units; None if they have no factor in common that counts."""
        key = (ags, other, weights)
        if key not in self._pairs:
            if len(self._pairs) >= _MOST_PAIRS:
                self._pairs.clear()
            one, another = self._by_ags[ags], self._by_ags[other]
            self._pairs[key] = _compared(one, another, weights, self.scale)
        return self._pairs[key]

    def reckon(self, ags: str, other: str, weights: Weights) -> tuple[float, float] | None:
        """Return the least and the most that the index of two units can be, None as above.

        It takes a tenth of the time, because kilometres are reckoned on a plane.
        """
        found = _reckoned(self._by_ags[ags], self._by_ags[other], weights, self.scale)
        return (found.least, found.most) if found else None

    def nearest(
        self, ags: str, weights: Weights, limit: int = PEERS, *, with_practices: bool = False
    ) -> tuple[Peer, ...]:
        """Return the units most like this one, most similar first; never the unit itself.

        `with_practices`: only those with a published practice.
        """
        key = (ags, weights, limit)
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._nearest(ags, weights, limit)
        return self._kept[key][with_practices]

    def ranked(self, ags: str, weights: Weights) -> tuple[str, ...]:
        """Return the keys of all units, most similar first, the unit itself before all.

        Kilometres are reckoned on a plane, so neighbours in the order may stand the other way
        round where they differ by less than a hundredth. Who cannot be compared is left out.
        """
        key = (ags, weights)
        if key not in self._orders:
            if len(self._orders) >= _MOST_ORDERS:
                self._orders.clear()
            own = self._by_ags[ags]
            found = []
            for other in self._by_ags.values():
                km = _plane_km(own.point, other.point)
                index, _ = _index(_differences(own, other, self.scale, km), weights)
                if index is not None:
                    found.append((other is not own, index, other.unit.ags))
            self._orders[key] = tuple(ags for _, _, ags in sorted(found))
        return self._orders[key]

    def _nearest(
        self, ags: str, weights: Weights, limit: int
    ) -> tuple[tuple[Peer, ...], tuple[Peer, ...]]:
        """Return the most similar ones of all, and of those with practices."""
        if not any(weights.values):
            return (), ()
        own = self._by_ags[ags]
        among_all, practising = self._candidates(own, weights, limit + _SPARE)
        return (
            self._first(own, among_all.best, weights, limit),
            self._first(own, practising.best, weights, limit),
        )

    def _first(
        self, own: _Position, candidates: Sequence["_Candidate"], weights: Weights, limit: int
    ) -> tuple[Peer, ...]:
        # The plane decides who cannot be among the first; the ellipsoid decides among the rest.
        reach = candidates[limit - 1].most if len(candidates) >= limit else math.inf
        compared = [
            _compared(own, one.position, weights, self.scale)
            for one in candidates
            if one.least <= reach
        ]
        found = [peer for peer in compared if peer is not None]
        return tuple(sorted(found, key=lambda peer: (peer.index, peer.unit.ags))[:limit])

    def _candidates(
        self, own: _Position, weights: Weights, size: int
    ) -> tuple["_Candidates", "_Candidates"]:
        """Return about the `size` most similar ones, with kilometres on a plane.

        Those of all and those with practices, who are harder to find, in one search.
        """
        population, w_population = own.scores[0], weights[Factor.POPULATION]
        # Where less is known the same differences weigh more, so by all weights is the least.
        heaviest = sum(weights.values)
        least = _least(own, weights, self.scale, self._shrink)
        among_all, practising = _Candidates(size), _Candidates(size)
        for of_county, of_region, county in self._outwards(own, weights):
            widest = max(among_all.room, practising.room)
            if of_county > widest * heaviest:
                break
            reach = (widest * heaviest - of_county) / w_population if w_population else math.inf
            for other in county.like(population, reach):
                room = practising.room if other.unit.practices else among_all.room
                if least(other, of_region) > room or other is own:
                    continue
                candidate = _reckoned(own, other, weights, self.scale)
                if candidate is not None:
                    among_all.add(candidate)
                    if other.unit.practices:
                        practising.add(candidate)
        return among_all, practising

    def _outwards(self, own: _Position, weights: Weights) -> list[tuple[float, float, "_County"]]:
        """Return what region and distance, and region alone, add at least for each county.

        The nearest first.
        """
        w_region = weights[Factor.REGION]
        w_degrees = weights[Factor.DISTANCE] * KM_PER_DEGREE * self.scale.km
        found = []
        for county in self._counties:
            least = of_region = w_region * _region(own, county.members[0], self.scale)
            if own.point is not None:
                least += w_degrees * county.degrees(own.point, self._shrink)
            found.append((least, of_region, county))
        found.sort(key=lambda one: one[0])
        return found


class _County:
    """The units of one county, by population: far ones can be left out all at once."""

    def __init__(self, members: Sequence[_Position]) -> None:
        self.members = members
        known = [(one.scores[0], one) for one in members if one.scores[0] is not None]
        known.sort(key=lambda pair: pair[0])
        self._scores = [score for score, _ in known]
        self._sorted = [one for _, one in known]
        self._unknown = [one for one in members if one.scores[0] is None]
        points = [one.point for one in members if one.point is not None]
        # Without the point of one member nothing can be said about how far all of them are.
        self._box = (
            (
                min(point.lat for point in points),
                max(point.lat for point in points),
                min(point.lon for point in points),
                max(point.lon for point in points),
            )
            if len(points) == len(members)
            else None
        )

    def degrees(self, point: Point, shrink: float) -> float:
        """Return how far its box is from `point` at least, in degrees of latitude."""
        if self._box is None:
            return 0.0
        south, north, west, east = self._box
        return math.hypot(
            max(south - point.lat, point.lat - north, 0.0),
            shrink * max(west - point.lon, point.lon - east, 0.0),
        )

    def like(self, score: float | None, reach: float) -> Sequence[_Position]:
        """Return who is at most `reach` from `score` in population, or does not know its own."""
        if score is None or reach == math.inf:
            return self.members
        first = bisect_left(self._scores, score - reach)
        last = bisect_right(self._scores, score + reach)
        return [*self._unknown, *self._sorted[first:last]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One who may be among the most similar; the index is right to `error`."""

    index: float
    ags: str
    error: float
    position: _Position

    @property
    def least(self) -> float:
        return self.index - self.error

    @property
    def most(self) -> float:
        return self.index + self.error


class _Candidates:
    """The best so far, at most `size`; who cannot have an index within `room` is none of them."""

    def __init__(self, size: int) -> None:
        self.best: list[_Candidate] = []
        self.room = math.inf
        self._size = size

    def add(self, one: _Candidate) -> None:
        if one.index > self.room:
            return
        insort(self.best, one, key=_order)
        if len(self.best) > self._size:
            self.best.pop()
            self.room = self.best[-1].index * _ROUNDING


def _order(candidate: _Candidate) -> tuple[float, str]:
    return candidate.index, candidate.ags


def _reckoned(
    own: _Position, other: _Position, weights: Weights, scale: Scale
) -> _Candidate | None:
    found = _differences(own, other, scale, _plane_km(own.point, other.point))
    index, shares = _index(found, weights)
    if index is None:
        return None
    return _Candidate(index, other.unit.ags, _PLANE_ERROR * shares[_DISTANCE], other)


def _compared(own: _Position, other: _Position, weights: Weights, scale: Scale) -> Peer | None:
    km = kilometres(own.point, other.point) if own.point and other.point else None
    found = _differences(own, other, scale, km)
    index, shares = _index(found, weights)
    if index is None:
        return None
    parts = zip(Factor, weights.values, found, shares, strict=True)
    return Peer(other.unit, index, km, tuple(Part(*part) for part in parts))


_Differences = tuple[float | None, ...]
_REGION, _DISTANCE = (list(Factor).index(one) for one in (Factor.REGION, Factor.DISTANCE))


def _differences(own: _Position, other: _Position, scale: Scale, km: float | None) -> _Differences:
    """Return how much two units differ in each factor, None where one does not know it."""
    a, b, c, d = own.scores
    e, f, g, h = other.scores
    topics = None
    if own.topics and other.topics:
        shared = (own.topics & other.topics).bit_count() / (own.topics | other.topics).bit_count()
        topics = (1 - shared) * scale.topics
    return (
        None if a is None or e is None else abs(a - e),
        None if b is None or f is None else abs(b - f),
        None if c is None or g is None else abs(c - g),
        None if d is None or h is None else abs(d - h),
        _region(own, other, scale),
        None if km is None else km * scale.km,
        topics,
    )


def _least(
    own: _Position, weights: Weights, scale: Scale, shrink: float
) -> Callable[[_Position, float], float]:
    """Return what gives the least that the index of `own` and another unit can be.

    Whatever their topics, and without the cosine: a degree of longitude is at least `shrink` times
    as long as one of latitude. It is asked hundreds of times, so all that is the same is settled
    before; it is given what the region adds, which is the same for a whole county.
    """
    a, b, c, d = own.scores
    here, own_topics = own.point, own.topics
    of_population, of_density, of_status, of_urbanisation, of_region, of_km, of_topics = (
        weights.values
    )
    of_degrees = of_km * scale.km * KM_PER_DEGREE

    def least_index(other: _Position, region: float) -> float:
        e, f, g, h = other.scores
        least, total = region, of_region
        if a is not None and e is not None:
            least += of_population * abs(a - e)
            total += of_population
        if b is not None and f is not None:
            least += of_density * abs(b - f)
            total += of_density
        if c is not None and g is not None:
            least += of_status * abs(c - g)
            total += of_status
        if d is not None and h is not None:
            least += of_urbanisation * abs(d - h)
            total += of_urbanisation
        there = other.point
        if here is not None and there is not None:
            east = shrink * (here.lon - there.lon)
            least += of_degrees * math.hypot(here.lat - there.lat, east)
            total += of_km
        if own_topics and other.topics:
            total += of_topics
        return least / total if total else 0.0

    return least_index


def _region(own: _Position, other: _Position, scale: Scale) -> float:
    if own.county == other.county:
        return 0.0
    return scale.region if own.district == other.district else 2 * scale.region


def _index(found: _Differences, weights: Weights) -> tuple[float | None, list[float]]:
    """Return the weighted mean of what is known and the share of each factor in it."""
    total = 0.0
    shares = []
    for one, weight in zip(found, weights.values, strict=True):
        if one is not None:
            total += weight
            shares.append(weight * one)
        else:
            shares.append(0.0)
    if not total:
        return None, shares
    shares = [share / total for share in shares]
    return sum(shares), shares


def _plane_km(one: Point | None, other: Point | None) -> float | None:
    if one is None or other is None:
        return None
    shrink = math.cos(math.radians((one.lat + other.lat) / 2))
    return KM_PER_DEGREE * math.hypot(one.lat - other.lat, (one.lon - other.lon) * shrink)
