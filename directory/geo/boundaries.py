"""Outlines of municipalities, counties, districts and the state, and their drawing as SVG.

Read from `seed/boundaries/*.topojson`, where neighbours share the line between them, so every
line exists once and layers fit each other exactly. Everything here is standard library: the
overview is decoded and drawn in some 30 ms.

Source: BKG, VG250, 2016; `seed/boundaries/derive/derive.mjs` says how it became these files.
Wherever outlines are shown, :data:`ATTRIBUTION` has to be shown too.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from itertools import chain, groupby, pairwise
from math import asinh, inf, pi, tan
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from directory.geo.points import Box, Point
from directory.resources import resource_dir

ATTRIBUTION = (
    "Verwaltungsgrenzen: © GeoBasis-DE / BKG 2016 (Daten verändert), https://www.bkg.bund.de"
)

_RADIANS = pi / 180

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


@dataclass(frozen=True)
class Projection:
    """Web Mercator, as on the interactive map: box in degrees to a drawing `width` units wide.

    Raises:
        ValueError: If box or drawing has no extent.
    """

    box: Box
    width: float

    def __post_init__(self) -> None:
        flat = self.box.west == self.box.east or self.box.south == self.box.north
        if flat or not 0 < self.width < inf:
            raise ValueError("a drawing needs a box and a width with an extent")

    @cached_property
    def height(self) -> float:
        """Height of the drawing in its units, to one digit."""
        return round((self._top - _mercator(self.box.south)) * self._units, 1)

    @property
    def degrees(self) -> float:
        """Degrees of longitude that the drawing shows."""
        return self.box.east - self.box.west

    @property
    def view_box(self) -> str:
        """The `viewBox` attribute; drawings that share it lie on each other exactly."""
        return f"0 0 {self.width:g} {self.height:g}"

    def xy(self, point: Point) -> tuple[float, float]:
        """Return the place in the drawing: units to the right and down from its upper left."""
        right = (point.lon - self.box.west) * self._units
        down = (self._top - _mercator(point.lat)) * self._units
        return right, down

    @cached_property
    def _units(self) -> float:
        return self.width / self.degrees

    @cached_property
    def _top(self) -> float:
        return _mercator(self.box.north)

    def grid(self, line: Iterable[Position], digits: int) -> list[tuple[int, int]]:
        """Return a line in whole steps of 10^-digits units, without steps on the spot."""
        west, top = self.box.west, self._top
        steps = self._units * 10**digits
        points = [
            (round((lon - west) * steps), round((top - _mercator(lat)) * steps))
            for lon, lat in line
        ]
        return [point for point, _ in groupby(points)]


NRW_BOX = Box(5.83, 50.3, 9.5, 52.555)
NRW_PROJECTION = Projection(NRW_BOX, width=1000)
"""What every drawing of the whole state uses, so that marks drawn by one page fit the base map."""

NRW_DIGITS = 0
"""Decimals of outlines in it. A unit is 260 m, about what the overview is simplified by; a tenth of
it would be half as many bytes again and nothing to see."""


def svg_path(areas: Area | Iterable[Area], projection: Projection, digits: int = 1) -> str:
    """Return the `d` of an SVG path around one area or several.

    Rings too small to be seen at this scale are left out; the text may thus be empty.
    """
    areas = (areas,) if isinstance(areas, Area) else areas
    rings = chain.from_iterable(area.rings for area in areas)
    return "".join(
        _path(points[:-1], digits) + "z"
        for points in (projection.grid(ring, digits) for ring in rings)
        if len(points) > 3
    )


def outline_paths(topology: Topology, projection: Projection, digits: int = 1) -> dict[Layer, str]:
    """Return the `d` of one SVG path per layer, with each line in its largest layer only.

    Half as long as outlines of all areas, and no line is drawn twice: translucent or dashed
    strokes stay even.
    """
    return {
        layer: "".join(
            _path(points, digits)
            for points in (projection.grid(line, digits) for line in topology.lines(layer))
            if len(points) > 1
        )
        for layer in Layer
    }


# Quiet enough to carry marks in any colour of the design. The picture brings its own style,
# because a picture inherits none from the page.
_STYLE = """
.land{fill:#eef2f5;stroke:#74889a;stroke-width:2}
.lines{fill:none}
.municipalities{stroke:#cbd5de;stroke-width:.8}
.counties{stroke:#a6b6c4;stroke-width:1.3}
.districts{stroke:#8799a9;stroke-width:1.7}
@media (prefers-color-scheme:dark){
.land{fill:#22303d;stroke:#7b90a3}
.municipalities{stroke:#394c5a}
.counties{stroke:#51687a}
.districts{stroke:#688195}
}
"""


def base_map_svg(
    topology: Topology,
    projection: Projection = NRW_PROJECTION,
    inner: Iterable[Layer] = (Layer.MUNICIPALITIES, Layer.COUNTIES, Layer.DISTRICTS),
) -> str:
    """Return the map without any entry on it as an SVG document of its own, light and dark.

    Below its outline it shows the lines of the layers `inner`, the finest first.

    The same input gives the same text, so it may be kept for as long as the boundaries hold. A
    page shows it by `<image>` below its own marks, in an SVG with the same `view_box`.
    """
    lines = outline_paths(topology, projection, NRW_DIGITS)
    land = svg_path(topology.areas(Layer.STATE), projection, NRW_DIGITS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{projection.view_box}"'
        f' width="{projection.width:g}" height="{projection.height:g}">'
        f"<title>Nordrhein-Westfalen</title><desc>{escape(ATTRIBUTION)}</desc>"
        f'<style>{_STYLE}</style><g stroke-linejoin="round" stroke-linecap="round">'
        f'<path class="land" d="{land}"/>'
        + "".join(f'<path class="lines {layer}" d="{lines[layer]}"/>' for layer in inner)
        + "</g></svg>\n"
    )


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


def _mercator(lat: float) -> float:
    """Return the Mercator ordinate of a latitude, in degrees of longitude."""
    return asinh(tan(lat * _RADIANS)) / _RADIANS


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


class _Decimals(dict[int, str]):
    """Whole steps of 10^-digits as the shortest decimals: 12 is "1.2", -5 is "-.5", 30 is "3".

    A drawing repeats the same few hundred steps thousands of times, so each is written once.
    """

    def __init__(self, digits: int) -> None:
        super().__init__()
        self._digits = digits

    def __missing__(self, steps: int) -> str:
        sign = "-" if steps < 0 else ""
        whole, part = divmod(abs(steps), 10**self._digits)
        fraction = f"{part:0{self._digits}}".rstrip("0") if part else ""
        text = f"{whole}.{fraction}" if fraction else f"{whole}"
        self[steps] = sign + (text.removeprefix("0") if fraction else text)
        return self[steps]


_decimals = cache(_Decimals)


def _path(points: Sequence[tuple[int, int]], digits: int) -> str:
    """Return "Mx yldx dy…": relative steps are short, and exact because they are whole."""
    decimals = _decimals(digits)
    x1, y1 = points[0]
    start = f"{decimals[x1]} {decimals[y1]}"
    steps = []
    for x2, y2 in points[1:]:
        steps.append(decimals[x2 - x1])
        steps.append(decimals[y2 - y1])
        x1, y1 = x2, y2
    # A minus sign separates as well as a blank does.
    return f"M{start}l{' '.join(steps)}".replace(" -", "-")
