"""Thousands of points in a few kilobytes: what a script needs to draw them, and nothing else.

Names and addresses follow as GeoJSON of a small box, when somebody looks there. A packed answer is
JSON with these members:

========  =====================================================================================
digits    decimal places of degrees that points are rounded to
bbox      west, south, east, north of all of them; missing if there are none
strips    from south to north `[edge, points]`: the southern edge of a tenth of a degree, in units
          of the last digit, and how many points lie in it, sorted eastwards
lons      the difference from one point of a strip to the next, in those units, as columns; the
          first of each starts from the western edge of the box
lats      how far each point is above the edge of its strip, likewise
counts    entries at each point, in that order; missing if there is one at each
members   places in that order of points with a member
areas     keys (AGS) of the members, whose areas are filled
========  =====================================================================================

A column is a text with one character for each point: the first holds the lowest digits to the base
of 50, the next the digits above them. A digit is the character that many after `(`. The higher
columns hardly vary, so all compress to less than three bytes a point.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from directory.maps.markers import MEMBER, Marker, rounded

# As many digits as there are characters that JSON never escapes, roughly
_BASE = 50
_ZERO = ord("(")

_Spot = tuple[int, int]


def packed(markers: Iterable[Marker], *, digits: int = 4, **foreign: Any) -> bytes:
    """Return the points of `markers`, packed; `foreign` members follow.

    Four `digits` are about ten metres, at the closest zoom the width of a few pixels; three are a
    hundred metres and a third shorter.
    """
    step: int = 10**digits
    counts: Counter[_Spot] = Counter()
    members: set[_Spot] = set()
    areas: set[str] = set()
    for marker in markers:
        if marker.point is None:
            continue
        lat, lon = rounded(marker.point)
        spot = _units(lon, step), _units(lat, step)
        counts[spot] += 1
        if marker.kind == MEMBER:
            members.add(spot)
            areas.add(marker.ags)
    height = step // 10
    order = sorted(counts, key=lambda spot: (spot[1] // height, spot))
    answer: dict[str, Any] = {
        "digits": digits,
        **_strips(order, height),
        "members": [place for place, spot in enumerate(order) if spot in members],
        "areas": sorted(areas),
    }
    if order:
        lons, lats = zip(*order, strict=True)
        edges = (min(lons), min(lats), max(lons), max(lats))
        answer["bbox"] = [edge / step for edge in edges]
    if counts.total() > len(order):
        answer["counts"] = [counts[spot] for spot in order]
    return orjson.dumps(answer | foreign)


def _units(degrees: float, step: int) -> int:
    # Not `round`: the script has to come to the same number, and halves are even only in Python.
    units: int = math.floor(degrees * step + 0.5)
    return units


def _strips(order: Sequence[_Spot], height: int) -> dict[str, Any]:
    strips: Counter[int] = Counter()
    lons, lats = [], []
    west = min((lon for lon, _ in order), default=0)
    last: dict[int, int] = defaultdict(lambda: west)
    for lon, lat in order:
        edge = lat // height * height
        strips[edge] += 1
        lons.append(lon - last[edge])
        lats.append(lat - edge)
        last[edge] = lon
    return {"strips": [*strips.items()], "lons": _columns(lons), "lats": _columns(lats)}


def _columns(numbers: Sequence[int]) -> list[str]:
    """Return the digits of numbers as texts, the lowest first, as many as the largest needs."""
    columns = []
    while any(numbers):
        columns.append(bytes([_ZERO + number % _BASE for number in numbers]).decode("ascii"))
        numbers = [number // _BASE for number in numbers]
    return columns
