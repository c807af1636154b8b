"""Where features are: the points and outlines of municipalities, and which of them boxes meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy.orm import Session

from directory.geo.boundaries import Detail, load
from directory.geo.geojson import DIGITS, geometry_of
from directory.geo.points import Box, Point
from directory.publication.catalogue import prepared
from directory.search.lists.places import get_places as get_rows
from directory.search.lists.reference import Reference, get_reference

_MOST_OUTLINES = 512


@dataclass(frozen=True, slots=True)
class Place:
    """One municipality, county or district as features name it; its point as exact as it travels.

    `size` is the class of a Gemeinde by its inhabitants.
    """

    ags: str
    name: str
    county: str | None
    county_name: str | None
    district: str | None
    district_name: str | None
    size: str | None
    point: Point | None

    def within(self) -> dict[str, Any]:
        """Return the properties that say in which county and district it is."""
        return {
            "county": self.county,
            "county_name": self.county_name,
            "district": self.district,
            "district_name": self.district_name,
        }


def get_places(session: Session) -> Mapping[str, Place]:
    """Return AGS → place for all of the present catalogue."""
    return prepared(session, "ogc places", _read)


def _read(session: Session) -> dict[str, Place]:
    reference: Reference = get_reference(session)
    known = get_rows(session)
    sizes = {ags: size for size, keys in known.values["groesse"].items() for ags in keys}
    return {
        one.ags: Place(
            ags=one.ags,
            name=one.name,
            county=known.rows[one.ags].county,
            county_name=reference.counties.get(known.rows[one.ags].county or ""),
            district=known.rows[one.ags].district,
            district_name=reference.districts.get(known.rows[one.ags].district or ""),
            size=sizes.get(one.ags),
            point=_rounded(one.point) if one.point else None,
        )
        for one in reference.gazetteer.places()
    }


def places_meeting(session: Session, boxes: Sequence[Box], *, outlines: bool) -> set[str]:
    """Return the AGS of all whose point, or with `outlines` whose area, lies in any of `boxes`."""
    places = get_places(session)
    if not outlines:
        return {one.ags for one in places.values() if is_in(boxes, one.point)}
    areas = map(load(Detail.DETAIL).find_area, places)
    return {one.key for one in areas if one and any(one.meets(box) for box in boxes)}


def is_in(boxes: Sequence[Box], point: Point | None) -> bool:
    """Tell whether there is a point, and one of `boxes` holds it."""
    return point is not None and any(box.contains(point) for box in boxes)


def point_geometry(point: Point | None) -> dict[str, Any] | None:
    """Return a point as GeoJSON, None for none."""
    return geometry_of(point) if point else None


@lru_cache(maxsize=_MOST_OUTLINES)
def outline_geometry(ags: str) -> orjson.Fragment | None:
    """Return the outline of a municipality as written GeoJSON, None where we have none."""
    area = load(Detail.DETAIL).find_area(ags)
    return orjson.Fragment(orjson.dumps(geometry_of(area))) if area else None


def extent(session: Session) -> Box | None:
    """Return the smallest box around all points and outlines, None if there is none."""
    return prepared(session, "ogc extent", _extent)


def _extent(session: Session) -> Box | None:
    places = get_places(session)
    corners = [one.point for one in places.values() if one.point]
    for area in map(load(Detail.DETAIL).find_area, places):
        if area:
            box = area.box
            corners += [Point(box.south, box.west), Point(box.north, box.east)]
    return Box.around(corners).expanded(0.01) if corners else None


def _rounded(point: Point) -> Point:
    return Point(round(point.lat, DIGITS), round(point.lon, DIGITS))
