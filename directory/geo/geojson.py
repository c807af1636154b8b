"""Places as GeoJSON (RFC 7946): longitude first, WGS 84, rings by the right-hand rule."""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

from directory.geo.boundaries import Area, Polygon, Position, Ring
from directory.geo.points import Point

# About one metre
DIGITS = 5
# A ring repeats its first position, and a line there and back is none.
_SHORTEST = 4

Geometry = dict[str, Any]


def geometry_of(place: Point | Area) -> Geometry:
    """Return a point, or the outline of an area with its exclaves and without its holes.

    Areas are all of one type, because a layer of a geographic programme has only one.
    """
    if isinstance(place, Point):
        return {"type": "Point", "coordinates": _rounded((place.lon, place.lat))}
    polygons = [rings for polygon in place.polygons if (rings := list(_rings(polygon)))]
    return {"type": "MultiPolygon", "coordinates": polygons}


def _rings(polygon: Polygon) -> Iterator[list[Position]]:
    """Yield the outer ring counterclockwise, and those of holes clockwise."""
    for number, ring in enumerate(polygon):
        positions = [one for one, _ in groupby(map(_rounded, ring))]
        if len(positions) >= _SHORTEST:
            is_left_hand = _is_clockwise(ring) != (number > 0)
            yield positions[::-1] if is_left_hand else positions
        elif number == 0:
            return


def _is_clockwise(ring: Ring) -> bool:
    return sum((lon2 - lon1) * (lat2 + lat1) for (lon1, lat1), (lon2, lat2) in pairwise(ring)) > 0


def _rounded(position: Position) -> Position:
    lon, lat = position
    return round(lon, DIGITS), round(lat, DIGITS)
