"""Outlines of municipalities, counties, districts and the state.

Read from `seed/boundaries/*.topojson`, where neighbours share the line between them, so every
line exists once and layers fit each other exactly. How they are
drawn says :mod:`directory.maps.outlines`.

Source: BKG, VG250, 2016; `seed/boundaries/derive/derive.mjs` says how it became these files.
Wherever outlines are shown, :data:`ATTRIBUTION` has to be shown too.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from directory.geo.points import Box, Point
from directory.resources import resource_dir

ATTRIBUTION = (
    "Verwaltungsgrenzen: © GeoBasis-DE / BKG 2016 (Daten verändert), https://www.bkg.bund.de"
)

Position = tuple[float, float]
"""Longitude and latitude in degrees: the order of GeoJSON, the reverse of :class:`Point`."""

Line = tuple[Position, ...]
"""From one position to the next. A line between two areas belongs to both."""

Ring = Line
"""A closed line: the last position repeats the first."""

Polygon = tuple[Ring, ...]
"""An outer ring, followed by the rings of its holes."""


class Layer(StrEnum):
    """A level of administration, from the smallest areas to the largest."""

    MUNICIPALITIES = "municipalities"  # 396, key of 8 digits
    COUNTIES = "counties"  # 53, key of 5 digits; each kreisfreie Stadt forms one
    DISTRICTS = "districts"  # 5, key of 3 digits
    STATE = "state"  # 1, key "05"

    @classmethod
    def of_key(cls, key: str) -> "Layer":
        """Return the level that a key of this length names."""
        levels = {8: cls.MUNICIPALITIES, 5: cls.COUNTIES, 3: cls.DISTRICTS}
        return levels.get(len(key), cls.STATE)


class Detail(StrEnum):
    """How closely outlines follow the ground."""

    OVERVIEW = "overview"  # for the whole state on one page
    DETAIL = "detail"  # for a single municipality, and for telling where a point lies

    @property
    def path(self) -> Path:
        """The TopoJSON file of this edition."""
        name = "nrw-uebersicht" if self is Detail.OVERVIEW else "nrw-detail"
        return resource_dir("seed") / "boundaries" / f"{name}.topojson"


@dataclass(frozen=True, eq=False)
class Area:
    """One administrative area. Some have exclaves, hence several polygons.

    Areas are compared by identity: there is one object per area, with thousands of positions.
    """

    key: str
    name: str
    polygons: tuple[Polygon, ...] = field(repr=False)

    @property
    def rings(self) -> tuple[Ring, ...]:
        """All rings of all polygons, outer ones and holes alike (even-odd rule)."""
        return tuple(chain.from_iterable(self.polygons))

    @cached_property
    def box(self) -> Box:
        """The smallest box around the area."""
        lons, lats = zip(*chain.from_iterable(self.rings), strict=True)
        return Box(min(lons), min(lats), max(lons), max(lats))

    def contains(self, point: Point) -> bool:
        """Tell whether the point lies in the area. Holes are outside, exclaves inside."""
        if not self.box.contains(point):
            return False
        # Even-odd rule: walking east from inside, one crosses an odd number of edges.
        inside = False
        for ring in self.rings:
            for (lon1, lat1), (lon2, lat2) in pairwise(ring):
                if (lat1 > point.lat) != (lat2 > point.lat):
                    crossing = lon1 + (point.lat - lat1) / (lat2 - lat1) * (lon2 - lon1)
                    inside ^= point.lon < crossing
        return inside

    def meets(self, box: Box) -> bool:
        """Tell whether area and box have a point in common, be it on an edge."""
        own = self.box
        if own.west > box.east or own.east < box.west or own.south > box.north:
            return False
        if own.north < box.south:
            return False
        # Either a line of ours runs through the box, or one of the two lies within the other.
        edges = chain.from_iterable(map(pairwise, self.rings))
        return any(_runs_through(box, *edge) for edge in edges) or self.contains(
            Point(box.south, box.west)
        )


class Topology:
    """The four layers of one file, made of shared lines."""

    def __init__(
        self,
        areas: dict[Layer, dict[str, Area]],
        lines: dict[Layer, list[Line]],
    ) -> None:
        self._areas = areas
        self._lines = lines

    def areas(self, layer: Layer) -> Collection[Area]:
        """Return all areas of a layer, by key."""
        return self._areas[layer].values()

    def area(self, layer: Layer, key: str) -> Area:
        """Return the area with this key.

        Raises:
            KeyError: If the layer has no such area.
        """
        return self._areas[layer][key]

    def find_area(self, key: str) -> Area | None:
        """Return the area with this key, whatever its level; those of other states have none."""
        return self._areas[Layer.of_key(key)].get(key)

    def lines(self, layer: Layer) -> Sequence[Line]:
        """Return the lines that separate areas of this layer, but not of any larger one.

        Together the four layers give every line exactly once. Those of the state are its outline.
        """
        return self._lines[layer]


@cache
def load(detail: Detail) -> Topology:
    """Return the boundaries of North Rhine-Westphalia, read once per process."""
    return read(detail.path)


def read(path: Path) -> Topology:
    """Read a quantised TopoJSON file with the four layers as its objects.

    Raises:
        OSError: If the file cannot be read.
        KeyError: If it has no transform or lacks a layer.
        ValueError: If it is not JSON.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    arcs = _decode(document["arcs"], document["transform"])
    areas: dict[Layer, dict[str, Area]] = {}
    rank: dict[int, Layer] = {}
    for layer in Layer:
        geometries = document["objects"][layer]["geometries"]
        areas[layer] = {geometry["id"]: _area(geometry, arcs) for geometry in geometries}
        # From small to large: what bounds a county as well takes the county's rank.
        rank.update((_index(arc), layer) for geometry in geometries for arc in _flat(geometry))
    lines: dict[Layer, list[Line]] = {layer: [] for layer in Layer}
    for index, arc in enumerate(arcs):
        lines[rank[index]].append(arc)
    return Topology(areas, lines)


def _runs_through(box: Box, start: Position, end: Position) -> bool:
    """Tell whether the straight line between two positions has a point in common with the box."""
    (lon, lat), east, north = start, end[0] - start[0], end[1] - start[1]
    # The part of the way, from 0 to 1, that lies between the edges (Liang and Barsky).
    first, last = 0.0, 1.0
    for way, gap in (
        (-east, lon - box.west),
        (east, box.east - lon),
        (-north, lat - box.south),
        (north, box.north - lat),
    ):
        if way < 0:
            first = max(first, gap / way)
        elif way > 0:
            last = min(last, gap / way)
        elif gap < 0:
            return False
    return first <= last


def _decode(arcs: Any, transform: Any) -> list[Line]:
    """Return the lines in degrees; the file holds whole steps from one position to the next."""
    (scale_x, scale_y), (west, south) = transform["scale"], transform["translate"]
    decoded = []
    for arc in arcs:
        x = y = 0
        line = []
        for dx, dy in arc:
            x += dx
            y += dy
            line.append((west + x * scale_x, south + y * scale_y))
        decoded.append(tuple(line))
    return decoded


def _area(geometry: Any, arcs: Sequence[Line]) -> Area:
    polygons = tuple(
        tuple(_ring(ring, arcs) for ring in polygon) for polygon in _polygons(geometry)
    )
    return Area(geometry["id"], geometry["properties"]["name"], polygons)


def _polygons(geometry: Any) -> Any:
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]


def _flat(geometry: Any) -> Iterable[int]:
    return chain.from_iterable(chain.from_iterable(_polygons(geometry)))


def _index(arc: int) -> int:
    """Return the place of an arc in the list; ~i stands for arc i walked backwards."""
    return arc if arc >= 0 else ~arc


def _ring(ring: Iterable[int], arcs: Sequence[Line]) -> Ring:
    positions: list[Position] = []
    for arc in ring:
        line = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        # Each line starts where the one before it ended.
        positions.extend(line[1:] if positions else line)
    return tuple(positions)
