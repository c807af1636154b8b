"""The state with one place in it, as a picture for paper: one colour scheme, no links."""

from functools import cache

from directory.geo.boundaries import Detail, Layer, load
from directory.geo.points import Point
from directory.maps.outlines import NRW_PROJECTION, outline_paths, svg_path
from directory.maps.svg import svg_areas

_LAND, _LINES, _OUTLINE = "#eaf3f2", "#bfd0d4", "#7d969d"
_PLACE, _RING = "#00566f", "#ffffff"
_FAINT = "0.35"


def location(key: str, point: Point | None) -> str:
    """Return a whole SVG: the state, the area of this AGS if we have its outline, the point."""
    parts = [
        f'<path d="{area.d}" fill="{_PLACE}" fill-opacity="{_FAINT}" stroke="{_PLACE}" '
        'stroke-width="3"/>'
        for area in svg_areas([key])
    ]
    if point is not None:
        x, y = NRW_PROJECTION.xy(point)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="15" fill="{_PLACE}" stroke="{_RING}" '
            'stroke-width="4"/>'
        )
    return _picture("".join(parts))


def state() -> str:
    """Return the state alone."""
    return _picture("")


def _picture(marks: str) -> str:
    box = NRW_PROJECTION.view_box
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{_base()}{marks}</svg>'


@cache
def _base() -> str:
    topology = load(Detail.OVERVIEW)
    lines = outline_paths(topology, NRW_PROJECTION)
    land = svg_path(topology.areas(Layer.STATE), NRW_PROJECTION)
    return (
        f'<path d="{land}" fill="{_LAND}" fill-rule="evenodd"/>'
        f'<path d="{lines[Layer.COUNTIES]}" fill="none" stroke="{_LINES}" stroke-width="1.5"/>'
        f'<path d="{lines[Layer.DISTRICTS]}" fill="none" stroke="{_LINES}" stroke-width="3"/>'
        f'<path d="{lines[Layer.STATE]}" fill="none" stroke="{_OUTLINE}" stroke-width="3"/>'
    )
