"""What makes unlike differences comparable: z-scores, and their like for pairs of places.

The root mean square of the differences between z-scores, over all pairs, is √2. Differences that
exist between two places only are multiplied so that theirs is √2 as well. Shown are their shares,
rounded so that they still add up.
"""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations, islice, pairwise

from directory.geo.points import Point

KM_PER_DEGREE = 111.2

_ROOT_MEAN_SQUARE = math.sqrt(2)
_MOST_TOPIC_PAIRS = 80_000


def z_scores(values: Sequence[float | None]) -> list[float | None]:
    """Return every value as its distance from the mean in standard deviations.

    What is not known stays unknown and counts for neither; of equal values all are 0.
    """
    known = [value for value in values if value is not None]
    mean = math.fsum(known) / max(len(known), 1)
    deviation = math.sqrt(_variance(known))
    return [
        None if value is None else (value - mean) / deviation if deviation else 0.0
        for value in values
    ]


def _variance(values: Sequence[float]) -> float:
    if not values:
        return 0.0
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / len(values)


def _scaled_to(mean_square: float) -> float:
    return _ROOT_MEAN_SQUARE / math.sqrt(mean_square) if mean_square > 0 else 0.0


def region_scale(counties: Sequence[str], districts: Sequence[str]) -> float:
    """Return the scale of: same county 0, same district 1, otherwise 2."""
    pairs = math.comb(len(counties), 2)
    in_county = _pairs_within(counties)
    in_district = _pairs_within(districts)
    squares = (in_district - in_county) + 4 * (pairs - in_district)
    return _scaled_to(squares / pairs if pairs else 0.0)


def _pairs_within(groups: Sequence[str]) -> int:
    return sum(math.comb(size, 2) for size in Counter(groups).values())


def km_scale(points: Sequence[Point]) -> float:
    """Return the scale of kilometres.

    The mean square of all ways is twice the variance of the places, so no pair need be measured.
    """
    if not points:
        return 0.0
    shrink = math.cos(math.radians(math.fsum(point.lat for point in points) / len(points)))
    variance = _variance([point.lat for point in points]) + shrink**2 * _variance(
        [point.lon for point in points]
    )
    return _scaled_to(2 * variance * KM_PER_DEGREE**2)


def topic_scale(masks: Sequence[int]) -> float:
    """Return the scale of the part of two sets of topics (as bits) that is not shared, 0 to 1."""
    known = [mask for mask in masks if mask]
    if math.comb(len(known), 2) <= _MOST_TOPIC_PAIRS:
        pairs = list(combinations(known, 2))
    else:
        # Too many to look at all: neighbours, and neighbours in every second, third, … place.
        strides = range(1, _MOST_TOPIC_PAIRS // len(known) + 1)
        pairs = [pair for n in strides for pair in pairwise(known[::n])]
    squares = [(1 - (a & b).bit_count() / (a | b).bit_count()) ** 2 for a, b in pairs]
    return _scaled_to(math.fsum(squares) / len(squares) if squares else 0.0)


def rounded_shares(index: float, shares: Sequence[float], digits: int = 2) -> list[float]:
    """Round `shares` so that they add up to the rounded `index` (largest remainders)."""
    unit = 10**digits
    exact = [share * unit for share in shares]
    floors = [math.floor(one) for one in exact]
    left = round(index * unit) - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda n: floors[n] - exact[n])
    for n in islice(by_remainder, max(left, 0)):
        floors[n] += 1
    return [one / unit for one in floors]
