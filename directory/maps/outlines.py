"""Outlines as SVG: where degrees lie in a drawing, paths around areas, and the map below all marks.

Standard library alone: the overview is decoded and drawn in some 30 ms. Wherever outlines are
shown, :data:`directory.geo.boundaries.ATTRIBUTION` has to be shown too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby
from math import asinh, inf, pi, tan
from xml.sax.saxutils import escape

from directory.geo.boundaries import ATTRIBUTION, Area, Layer, Position, Topology
from directory.geo.points import Box, Point

_RADIANS = pi / 180


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

    def grid(self, line: Iterable[Position]) -> list[tuple[int, int]]:
        """Return a line in whole units of the drawing, without steps on the spot."""
        west, top, units = self.box.west, self._top, self._units
        points = [
            (round((lon - west) * units), round((top - _mercator(lat)) * units))
            for lon, lat in line
        ]
        return [point for point, _ in groupby(points)]


NRW_BOX = Box(5.83, 50.3, 9.5, 52.555)
NRW_PROJECTION = Projection(NRW_BOX, width=1000)
"""What every drawing of the whole state uses, so that marks drawn by one page fit the base map.

A unit is 260 m, about what the overview is simplified by, so outlines are drawn in whole units: a
tenth of it would be half as many bytes again and nothing to see.
"""


def svg_path(areas: Area | Iterable[Area], projection: Projection) -> str:
    """Return the `d` of an SVG path around one area or several.

    Rings too small to be seen at this scale are left out; the text may thus be empty.
    """
    areas = (areas,) if isinstance(areas, Area) else areas
    rings = chain.from_iterable(area.rings for area in areas)
    return "".join(
        _path(points[:-1]) + "z" for points in map(projection.grid, rings) if len(points) > 3
    )


def outline_paths(topology: Topology, projection: Projection) -> dict[Layer, str]:
    """Return the `d` of one SVG path per layer, with each line in its largest layer only.

    Half as long as outlines of all areas, and no line is drawn twice: translucent or dashed
    strokes stay even.
    """
    return {
        layer: "".join(
            _path(points)
            for points in map(projection.grid, topology.lines(layer))
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


def base_map_svg(topology: Topology, *, coarse: bool = False) -> str:
    """Return the map without any entry on it as an SVG document of its own, light and dark.

    A `coarse` one, half as long, has no lines between municipalities.

    The same input gives the same text, so it may be kept for as long as the boundaries hold. A
    page shows it by `<image>` below its own marks, in an SVG with the same `view_box`.
    """
    lines = outline_paths(topology, NRW_PROJECTION)
    land = svg_path(topology.areas(Layer.STATE), NRW_PROJECTION)
    inner = (Layer.COUNTIES, Layer.DISTRICTS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{NRW_PROJECTION.view_box}"'
        f' width="{NRW_PROJECTION.width:g}" height="{NRW_PROJECTION.height:g}">'
        f"<title>Nordrhein-Westfalen</title><desc>{escape(ATTRIBUTION)}</desc>"
        f'<style>{_STYLE}</style><g stroke-linejoin="round" stroke-linecap="round">'
        f'<path class="land" d="{land}"/>'
        + "".join(
            f'<path class="lines {layer}" d="{lines[layer]}"/>'
            for layer in (inner if coarse else (Layer.MUNICIPALITIES, *inner))
        )
        + "</g></svg>\n"
    )


def _mercator(lat: float) -> float:
    """Return the Mercator ordinate of a latitude, in degrees of longitude."""
    return asinh(tan(lat * _RADIANS)) / _RADIANS


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Return "Mx yldx dy…": relative steps are short, and exact because they are whole."""
    x1, y1 = points[0]
    steps = []
    for x2, y2 in points[1:]:
        steps.append(f"{x2 - x1} {y2 - y1}")
        x1, y1 = x2, y2
    # A minus sign separates as well as a blank does.
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}".replace(" -", "-")
