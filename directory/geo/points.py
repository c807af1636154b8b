"""Points and boxes on the globe, and the distance between two points.

Degrees are WGS 84. A :class:`Point` names latitude first, as people say it; a :class:`Box` and
its text name longitude first (west, south, east, north), as OGC and GeoJSON write it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Self

# The shortest degrees there are, so that a box in degrees never falls short of its kilometres:
# one of latitude at the equator, one of longitude there too (it shrinks with the cosine).
_KM_PER_DEGREE_LAT = 110.574
_KM_PER_DEGREE_LON = 111.319


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the globe, in decimal degrees.

    Raises:
        ValueError: If a coordinate is not finite or not on the globe.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        _check("latitude", self.lat, 90)
        _check("longitude", self.lon, 180)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in decimal degrees; its edges belong to it. It never crosses the date line.

    Raises:
        ValueError: If an edge is not finite or not on the globe, or the edges are swapped.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        for lat in (self.south, self.north):
            _check("latitude", lat, 90)
        for lon in (self.west, self.east):
            _check("longitude", lon, 180)
        if self.west > self.east or self.south > self.north:
            raise ValueError(f"edges of a box are swapped: {self.to_text()}")

    @classmethod
    def around(cls, points: Iterable[Point]) -> Self:
        """Return the smallest box that holds all points.

        Raises:
            ValueError: If there is no point.
        """
        points = tuple(points)
        if not points:
            raise ValueError("a box needs at least one point")
        lats = [point.lat for point in points]
        lons = [point.lon for point in points]
        return cls(min(lons), min(lats), max(lons), max(lats))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read "west,south,east,north".

        Raises:
            ValueError: If the text is anything else.
        """
        west, south, east, north = (float(part) for part in text.split(","))
        return cls(west, south, east, north)

    def to_text(self) -> str:
        """Write "west,south,east,north", to the last digit: `from_text` gives the same box."""
        edges = (self.west, self.south, self.east, self.north)
        return ",".join(str(edge).removesuffix(".0") for edge in edges)

    def contains(self, point: Point) -> bool:
        """Tell whether the point lies in the box or on its edge."""
        return self.west <= point.lon <= self.east and self.south <= point.lat <= self.north

    def expanded(self, by_km: float) -> Self:
        """Return a box that holds everything within `by_km` kilometres of this one.

        It is a little too large rather than too small, so it may sort out what is too far away
        before distances are measured. At poles and date line it ends.

        Raises:
            ValueError: If `by_km` is negative or not finite.
        """
        if not (math.isfinite(by_km) and by_km >= 0):
            raise ValueError(f"a box grows by a distance in km, not by {by_km}")
        south = max(self.south - by_km / _KM_PER_DEGREE_LAT, -90.0)
        north = min(self.north + by_km / _KM_PER_DEGREE_LAT, 90.0)
        # Meridians are closest at the edge nearest to a pole; at the pole every longitude is near.
        km_per_degree = _KM_PER_DEGREE_LON * math.cos(math.radians(max(-south, north)))
        by_lon = min(by_km / km_per_degree, 360.0)
        west = max(self.west - by_lon, -180.0)
        east = min(self.east + by_lon, 180.0)
        return type(self)(west, south, east, north)


def kilometres(a: Point, b: Point) -> float:
    """Return the length of the shortest way between two points on the WGS 84 ellipsoid, in km."""
    # Either way it is as long.
    return _kilometres(a, b) if (a.lat, a.lon) <= (b.lat, b.lon) else _kilometres(b, a)


# The same places are compared again and again, and each takes a tenth of a millisecond.
@lru_cache(maxsize=10_000)
def _kilometres(a: Point, b: Point) -> float:
    return float(_geodesic().measure((a.lat, a.lon), (b.lat, b.lon)))


@cache
def _geodesic() -> Any:
    """Return what measures: made for each way anew, as geopy does, its series take half the time.

    geopy brings all its geocoders and `requests` with it (0.2 s), which a start does not need.
    """
    from geopy.distance import geodesic

    return geodesic()


def _check(name: str, degrees: float, limit: float) -> None:
    # Written so that "not a number", for which every comparison is false, fails as well.
    if not -limit <= degrees <= limit:
        raise ValueError(f"{name} must be between -{limit} and {limit} degrees, not {degrees}")
