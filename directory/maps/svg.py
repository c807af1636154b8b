"""The map without script: a base map, filled areas and linked points, all drawn on the server."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from directory.geo.boundaries import Area, Detail, Layer, load
from directory.geo.points import Box, Point
from directory.maps.markers import MEMBER, OTHER, Marker, by_place
from directory.maps.outlines import NRW_BOX, NRW_PROJECTION, Projection, base_map_svg, svg_path
from directory.web.prepared import Prepared

# Several places merged into one point
MERGED = "cluster"
# Of more places than this, neighbours are merged until fewer circles are left than that.
MOST_POINTS = 500
_MOST_MERGED = 80
_FIRST_CELL = 12.0  # drawing units
_WIDER = 1.3

_WIDTH = 1000.0
# With less of its surroundings nobody recognises a place.
_SMALLEST_KM = 20.0
_AIR = 1.1
# How many degrees of latitude are as high on the map as one of longitude is wide, in this region.
_SQUARE = 0.62


@dataclass(frozen=True, slots=True)
class SvgPoint:
    """One circle of a drawing: centre and radius in its units, and where it leads.

    `count` is None where it stands for a single entry.
    """

    x: float
    y: float
    r: float
    title: str
    href: str | None
    kind: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class SvgArea:
    """Outlines to fill or to trace; `kind` is the layer they are of.

    In the units of the base map, wherever that lies in a drawing: so they fit its lines exactly.
    """

    d: str
    kind: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Base:
    """Where the picture of the whole state lies in a drawing, in its units."""

    x: float
    y: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """How large a unit of the picture is in the drawing."""
        return round(self.width / NRW_PROJECTION.width, 5)


@dataclass(frozen=True)
class Drawing:
    """All that a template needs; `width` and `height` are the drawing's units."""

    width: float
    height: float
    base_href: str
    base: Base
    areas: tuple[SvgArea, ...]
    points: tuple[SvgPoint, ...]


@cache
def base_map(*, coarse: bool = False) -> Prepared:
    """Return the picture of the state without entries, drawn once per process.

    A `coarse` one, half as long, has no lines between municipalities.
    """
    picture = base_map_svg(load(Detail.OVERVIEW), coarse=coarse)
    return Prepared(picture.encode(), "image/svg+xml", stays=True)


def drawing(
    *,
    base_href: str,
    areas: Iterable[SvgArea] = (),
    points: Iterable[SvgPoint] = (),
    projection: Projection = NRW_PROJECTION,
) -> Drawing:
    """Lay areas, and points in the units of `projection`, over the base map."""
    x, y = projection.xy(Point(NRW_BOX.north, NRW_BOX.west))
    right, bottom = projection.xy(Point(NRW_BOX.south, NRW_BOX.east))
    return Drawing(
        width=projection.width,
        height=projection.height,
        base_href=base_href,
        base=Base(round(x, 1), round(y, 1), round(right - x, 1), round(bottom - y, 1)),
        areas=tuple(areas),
        points=tuple(points),
    )


def svg_points(
    markers: Iterable[Marker],
    projection: Projection,
    *,
    title_of: Callable[[Sequence[Marker]], str],
    href_of: Callable[[Sequence[Marker]], str],
    most: int = MOST_POINTS,
) -> list[SvgPoint]:
    """Return one point per place, large ones first so that small ones lie on top.

    `title_of` and `href_of` are asked once per point, with all entries it stands for. Where there
    are more than `most` places, those in one cell of a grid become one point of kind MERGED.
    """
    places = by_place(markers)
    merged = len(places) > most
    if merged:
        places = _in_cells(places, projection, min(most, _MOST_MERGED))
    points = []
    for place in places:
        x, y = _centre(place, projection)
        count = len(place)
        is_member = any(marker.kind == MEMBER for marker in place)
        points.append(
            SvgPoint(
                x=round(x, 1),
                y=round(y, 1),
                r=_radius(count),
                title=title_of(place),
                href=href_of(place),
                kind=MERGED if merged and count > 1 else MEMBER if is_member else OTHER,
                count=count if count > 1 else None,
            )
        )
    return sorted(points, key=lambda point: -point.r)


def svg_areas(keys: Collection[str], *, selected: bool = False) -> list[SvgArea]:
    """Return the outlines of `keys` (AGS), those of one level as one area, largest level first.

    Keys without an outline, such as those of other states, are left out.
    """
    topology = load(Detail.OVERVIEW)
    found: dict[Layer, list[Area]] = {}
    for key in sorted(keys):
        if area := topology.find_area(key):
            found.setdefault(Layer.of_key(key), []).append(area)
    return [
        SvgArea(svg_path(found[layer], NRW_PROJECTION), layer.value, selected)
        for layer in reversed(Layer)
        if found.get(layer)
    ]


def projection_for(points: Iterable[Point], wanted: Box | None = None) -> Projection:
    """Return the section to draw: the `wanted` box, else the state and whatever lies beyond."""
    if wanted is not None:
        return Projection(_spacious(wanted), _WIDTH)
    outside = [point for point in points if not NRW_BOX.contains(point)]
    if not outside:
        return NRW_PROJECTION
    corners = (Point(NRW_BOX.south, NRW_BOX.west), Point(NRW_BOX.north, NRW_BOX.east))
    return Projection(Box.around((*outside, *corners)).expanded(_SMALLEST_KM), _WIDTH)


def _spacious(box: Box) -> Box:
    """Return `box` with some air around, about as high as wide and large enough to be placed."""
    lat, lon = (box.south + box.north) / 2, (box.west + box.east) / 2
    least = Box(lon, lat, lon, lat).expanded(_SMALLEST_KM)
    wide = max(box.east - box.west, (box.north - box.south) / _SQUARE, least.east - least.west)
    half = wide * _AIR / 2
    return Box(
        max(lon - half, -180.0),
        max(lat - half * _SQUARE, -85.0),
        min(lon + half, 180.0),
        min(lat + half * _SQUARE, 85.0),
    )


def _in_cells(
    places: Sequence[Sequence[Marker]], projection: Projection, most: int
) -> list[list[Marker]]:
    """Merge the places of each cell of a grid just coarse enough for `most` points."""
    centres = [_centre(place, projection) for place in places]
    side = _FIRST_CELL
    while len({(x // side, y // side) for x, y in centres}) > most:
        side *= _WIDER
    cells: dict[tuple[float, float], list[Marker]] = {}
    for (x, y), place in zip(centres, places, strict=True):
        cells.setdefault((x // side, y // side), []).extend(place)
    return list(cells.values())


def _centre(place: Sequence[Marker], projection: Projection) -> tuple[float, float]:
    spots = [projection.xy(marker.point) for marker in place if marker.point is not None]
    if len(spots) == 1:
        return spots[0]
    xs, ys = zip(*spots, strict=True)
    return sum(xs) / len(xs), sum(ys) / len(ys)


def _radius(count: int) -> float:
    """Grow slowly with the number of entries; from two on a number has to fit."""
    return 8.0 if count == 1 else round(min(9 + 3.5 * math.sqrt(count), 40), 1)
