"""Thousands of points in a few kilobytes: what a script needs to draw them, and nothing else.

Names and addresses follow as GeoJSON of a small box, when somebody looks there. A packed answer is
JSON with these members:

========  =====================================================================================
digits    decimal places of degrees that points are rounded to
bbox      west, south, east, north of all of them; missing if there are none
strips    from south to north `[lat, lons, lats]`: the southern edge of a tenth of a degree, the
          differences from one point to the next eastwards, and how far each is above the edge,
          all in units of the last digit
counts    entries at each point, in that order; missing if there is one at each
members   places in that order of points with a member
areas     keys (AGS) of the members, whose areas are filled
========  =====================================================================================

Sorted like that the differences are small numbers, which compress to about three bytes a point.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from directory.maps.markers import MEMBER, Marker, rounded

# About ten metres: at the closest zoom the width of a few pixels.
_DIGITS = 4
_STEP = 10**_DIGITS
_STRIP = _STEP // 10

_Spot = tuple[int, int]


def packed(markers: Iterable[Marker], **foreign: Any) -> bytes:
    """Return the points of `markers`, packed; `foreign` members follow."""
    spots: dict[_Spot, list[Marker]] = defaultdict(list)
    for marker in markers:
        if marker.point is not None:
            lat, lon = rounded(marker.point)
            spots[_units(lon), _units(lat)].append(marker)
    order = sorted(spots, key=lambda spot: (spot[1] // _STRIP, spot[0], spot[1]))
    entries = [spots[spot] for spot in order]
    answer: dict[str, Any] = {
        "digits": _DIGITS,
        "strips": _strips(order),
        "members": [n for n, some in enumerate(entries) if any(map(_is_member, some))],
        "areas": sorted({one.ags for some in entries for one in some if _is_member(one)}),
    }
    if order:
        lons, lats = zip(*order, strict=True)
        edges = (min(lons), min(lats), max(lons), max(lats))
        answer["bbox"] = [edge / _STEP for edge in edges]
    if any(len(some) > 1 for some in entries):
        answer["counts"] = [len(some) for some in entries]
    return orjson.dumps(answer | foreign)


def _units(degrees: float) -> int:
    # Not `round`: the script has to come to the same number, and halves are even only in Python.
    units: int = math.floor(degrees * _STEP + 0.5)
    return units


def _strips(order: Sequence[_Spot]) -> list[tuple[int, list[int], list[int]]]:
    strips: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    last: dict[int, int] = defaultdict(int)
    for lon, lat in order:
        edge = lat // _STRIP * _STRIP
        lons, lats = strips[edge]
        lons.append(lon - last[edge])
        lats.append(lat - edge)
        last[edge] = lon
    return [(edge, lons, lats) for edge, (lons, lats) in strips.items()]


def _is_member(marker: Marker) -> bool:
    return marker.kind == MEMBER
