"""Entries with a place, and how they travel: as GeoJSON.

Nothing here knows what the entries are: the pages say how they are called and where they lead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from directory.geo.points import Box, Point

# About one metre: finer than any reference point of a municipality.
DIGITS = 5
# Half a step of the last digit and a little more, so that a box around a rounded point still holds
# the point that the database has.
_MARGIN = 0.6 * 10**-DIGITS

# How an entry is drawn: emphasised or plain
MEMBER, OTHER = "member", "other"


@dataclass(frozen=True, slots=True)
class Marker:
    """One entry at its place; without a point it is listed, but not drawn.

    `key` is unique within a layer. `ags` names the municipality, county or district it belongs to,
    `place` that one's name, `notes` are short sentences about it, `kind` is MEMBER or OTHER.
    """

    key: str
    title: str
    href: str
    point: Point | None
    ags: str
    place: str
    kind: str
    notes: tuple[str, ...] = ()


def feature_collection(markers: Iterable[Marker], **foreign: Any) -> bytes:
    """Return the markers as GeoJSON (RFC 7946), one feature each, with the box around them.

    `foreign` members follow those of the standard.
    """
    features = [_feature(marker) for marker in markers]
    collection: dict[str, Any] = {"type": "FeatureCollection"}
    located = [one["geometry"]["coordinates"] for one in features if one["geometry"]]
    if located:
        lons, lats = zip(*located, strict=True)
        collection["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    collection["features"] = features
    return orjson.dumps(collection | foreign)


def by_place(markers: Iterable[Marker]) -> list[list[Marker]]:
    """Gather the markers that share one point, in the order of the first of each.

    A county has the point of its seat, and a town may have many entries: drawn one over the other,
    all but one would be out of reach. Markers without a point are left out.
    """
    places: dict[tuple[float, float], list[Marker]] = {}
    for marker in markers:
        if marker.point is not None:
            places.setdefault(rounded(marker.point), []).append(marker)
    return list(places.values())


def box_around(markers: Iterable[Marker]) -> Box:
    """Return the smallest box that surely holds the points of `markers`, to the last digit.

    Raises:
        ValueError: If none of them has a point.
    """
    box = Box.around(marker.point for marker in markers if marker.point is not None)
    return Box(
        max(round(box.west - _MARGIN, DIGITS + 1), -180.0),
        max(round(box.south - _MARGIN, DIGITS + 1), -90.0),
        min(round(box.east + _MARGIN, DIGITS + 1), 180.0),
        min(round(box.north + _MARGIN, DIGITS + 1), 90.0),
    )


def rounded(point: Point) -> tuple[float, float]:
    """Return lat and lon as exact as they travel."""
    return round(point.lat, DIGITS), round(point.lon, DIGITS)


def _feature(marker: Marker) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "title": marker.title,
        "url": marker.href,
        "ags": marker.ags,
        "kind": marker.kind,
    }
    if marker.place != marker.title:
        properties["place"] = marker.place
    if marker.notes:
        properties["notes"] = marker.notes
    geometry = None
    if marker.point is not None:
        lat, lon = rounded(marker.point)
        geometry = {"type": "Point", "coordinates": (lon, lat)}
    return {"type": "Feature", "id": marker.key, "geometry": geometry, "properties": properties}
