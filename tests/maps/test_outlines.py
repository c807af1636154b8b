"""Drawings are held to the boundaries they show."""

import json
import math
import re
import time
from collections.abc import Callable
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from directory.geo.boundaries import ATTRIBUTION, Area, Detail, Layer, load, read
from directory.geo.points import Box, Point
from directory.maps.outlines import (
    NRW_BOX,
    NRW_PROJECTION,
    Projection,
    base_map_svg,
    outline_paths,
    svg_path,
)

DORTMUND = "05913000"
# A square with a square hole
POND = Area(
    "1",
    "Ufer",
    (
        (
            ((7, -2), (7, 2), (11, 2), (11, -2), (7, -2)),
            ((8.5, -0.5), (8.5, 0.5), (9.5, 0.5), (9.5, -0.5), (8.5, -0.5)),
        ),
    ),
)


def test_every_ring_is_drawn_closed_in_short_relative_steps() -> None:
    drawn = svg_path([POND], Projection(Box(7, -2, 11, 2), width=8))
    assert drawn == "M0 8l0-8 8 0 0 8zM3 5l0-2 2 0 0 2z"


def test_what_is_too_small_to_be_seen_is_left_out() -> None:
    assert svg_path(POND, Projection(Box(7, -2, 13, 4), width=1)) == "M0 1l0-1 1 0 0 1z"
    assert svg_path(POND, Projection(Box(-170, -80, 170, 80), width=1)) == ""


@pytest.mark.parametrize("width", [0, -1, math.nan, math.inf])
def test_drawing_needs_a_width(width: float) -> None:
    with pytest.raises(ValueError, match="extent"):
        Projection(NRW_BOX, width)


def test_drawing_needs_a_box_with_an_extent() -> None:
    with pytest.raises(ValueError, match="extent"):
        Projection(Box.around([Point(51, 7)]), width=100)


def test_corners_of_the_box_are_the_corners_of_the_drawing() -> None:
    upper_left = NRW_PROJECTION.xy(Point(NRW_BOX.north, NRW_BOX.west))
    lower_right = NRW_PROJECTION.xy(Point(NRW_BOX.south, NRW_BOX.east))
    assert upper_left == pytest.approx((0, 0))
    assert lower_right == pytest.approx((1000, NRW_PROJECTION.height), abs=0.05)


def test_drawing_keeps_shapes_as_web_mercator_does() -> None:
    # A kilometre at 51.5° north is as long upwards as to the right.
    here, east, north = Point(51.5, 7.5), Point(51.5, 7.5 + 0.01), Point(51.5 + 0.01, 7.5)
    x, y = NRW_PROJECTION.xy(here)
    right, up = NRW_PROJECTION.xy(east)[0] - x, y - NRW_PROJECTION.xy(north)[1]
    assert up * math.cos(math.radians(51.505)) == pytest.approx(right, rel=1e-4)


def test_whole_state_fits_the_drawing_with_room_for_its_outline() -> None:
    box = load(Detail.OVERVIEW).area(Layer.STATE, "05").box
    left, top = NRW_PROJECTION.xy(Point(box.north, box.west))
    right, bottom = NRW_PROJECTION.xy(Point(box.south, box.east))
    margins = (left, top, NRW_PROJECTION.width - right, NRW_PROJECTION.height - bottom)
    assert all(5 <= margin <= 15 for margin in margins)


def rings_of(path: str) -> list[list[tuple[float, float]]]:
    """Read back what was drawn: one list of x and y for each ring."""
    rings = []
    for ring in re.findall(r"M([^z]+)z", path):
        start, steps = ring.split("l")
        numbers = [float(text) for text in re.findall(r"-?\d+", start + " " + steps)]
        x = y = 0.0
        points = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        rings.append(points)
    return rings


@pytest.mark.parametrize("detail", list(Detail))
def test_drawn_outline_follows_the_area_to_the_last_unit(detail: Detail) -> None:
    dortmund = load(detail).area(Layer.MUNICIPALITIES, DORTMUND)
    projection = Projection(NRW_BOX, width=100_000)
    (drawn,) = rings_of(svg_path(dortmund, projection))
    expected = [projection.xy(Point(lat, lon)) for lon, lat in dortmund.rings[0]]
    assert all(a != b for a, b in pairwise(drawn))
    for point in expected:
        assert min(math.dist(point, other) for other in drawn) <= 0.71
    for point in drawn:
        assert min(math.dist(point, other) for other in expected) <= 0.71


def test_each_municipality_is_seen_on_the_overview() -> None:
    areas = load(Detail.OVERVIEW).areas(Layer.MUNICIPALITIES)
    assert all(svg_path(area, NRW_PROJECTION) for area in areas)


def test_outlines_draw_every_line_once() -> None:
    topology = load(Detail.OVERVIEW)
    paths = outline_paths(topology, Projection(NRW_BOX, width=10**9))
    assert list(paths) == list(Layer)
    document = json.loads(Detail.OVERVIEW.path.read_text(encoding="utf-8"))
    assert sum(path.count("M") for path in paths.values()) == len(document["arcs"])
    state = json.dumps([one["arcs"] for one in document["objects"][Layer.STATE]["geometries"]])
    # A line that is walked backwards is -1 - its number.
    of_state = {max(number, -1 - number) for number in map(int, re.findall(r"-?\d+", state))}
    assert paths[Layer.STATE].count("M") == len(of_state)


@pytest.fixture(scope="module")
def base_map() -> str:
    return base_map_svg(load(Detail.OVERVIEW))


def test_base_map_is_a_document_that_fits_the_drawings_above_it(base_map: str) -> None:
    root = ET.fromstring(base_map)  # noqa: S314 - our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == NRW_PROJECTION.view_box == "0 0 1000 985.7"
    classes = [element.get("class") for element in root.iter("{http://www.w3.org/2000/svg}path")]
    assert classes == ["land", "lines municipalities", "lines counties", "lines districts"]


def test_base_map_is_small_and_always_the_same(base_map: str) -> None:
    assert len(base_map.encode()) <= 80_000
    assert base_map == base_map_svg(read(Detail.OVERVIEW.path))


def test_base_map_names_its_source_and_asks_for_nothing(base_map: str) -> None:
    assert f"<desc>{ATTRIBUTION}</desc>" in base_map
    assert "© GeoBasis-DE / BKG 2016 (Daten verändert)" in ATTRIBUTION
    assert not re.search(r"href|url\(|@import|<script", base_map)


def test_base_map_knows_light_and_dark(base_map: str) -> None:
    light, dark = base_map.split("@media (prefers-color-scheme:dark)")
    for part in ("land", "municipalities", "counties", "districts"):
        colour = rf"\.{part}{{[^}}]*(#\w{{6}})"
        assert len({*re.findall(colour, light), *re.findall(colour, dark)}) == 2, part


def test_drawing_the_state_costs_little_more_than_reading_json() -> None:
    def quickest(action: Callable[[], object]) -> float:
        times = []
        for _ in range(7):
            start = time.process_time()
            action()
            times.append(time.process_time() - start)
        return min(times)

    def draw() -> None:
        for area in read(Detail.OVERVIEW.path).areas(Layer.MUNICIPALITIES):
            svg_path(area, NRW_PROJECTION)

    text = Detail.OVERVIEW.path.read_text(encoding="utf-8")
    assert quickest(draw) <= 15 * quickest(lambda: json.loads(text))
