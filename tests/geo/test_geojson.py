"""Outlines travel as RFC 7946 has them, and meet boxes exactly where they are."""

from itertools import pairwise

import pytest

from directory.geo.boundaries import Area, Detail, Layer, Position, load
from directory.geo.geojson import geometry_of
from directory.geo.points import Box, Point

SQUARE = ((0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0))  # clockwise
HOLE = ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0), (1.0, 1.0))  # counterclockwise
FAR = tuple((lon + 10, lat) for lon, lat in SQUARE)
RING = Area("1", "Ringstadt", ((SQUARE, HOLE),))
TWO = Area("2", "Zweistadt", ((SQUARE,), (FAR,)))


def turns_left(ring: list[Position]) -> bool:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) > 0


def test_a_point_names_its_longitude_first() -> None:
    assert geometry_of(Point(51.123456789, 7.5)) == {
        "type": "Point",
        "coordinates": (7.5, 51.12346),
    }


def test_outer_rings_turn_left_and_holes_right() -> None:
    geometry = geometry_of(RING)
    assert geometry["type"] == "MultiPolygon"
    assert [list(map(turns_left, one)) for one in geometry["coordinates"]] == [[True, False]]
    assert len(geometry_of(TWO)["coordinates"]) == 2


def test_a_hole_too_small_to_be_told_is_left_out() -> None:
    speck = ((1.0, 1.0), (1.000001, 1.0), (1.0, 1.000001), (1.0, 1.0))
    assert len(geometry_of(Area("3", "Fleck", ((SQUARE, speck),)))["coordinates"][0]) == 1


def test_every_municipality_county_and_district_has_such_an_outline() -> None:
    topology = load(Detail.DETAIL)
    for layer in (Layer.MUNICIPALITIES, Layer.COUNTIES, Layer.DISTRICTS):
        for area in topology.areas(layer):
            polygons = geometry_of(area)["coordinates"]
            assert len(polygons) == len(area.polygons), area.name
            for outer, *holes in polygons:
                assert turns_left(outer), area.name
                assert not any(map(turns_left, holes)), area.name
                assert all(ring[0] == ring[-1] for ring in (outer, *holes))


@pytest.mark.parametrize(
    ("box", "meets"),
    [
        (Box(-1, -1, 5, 5), True),  # holds all of it
        (Box(0.2, 0.2, 0.4, 0.4), True),  # within it
        (Box(1.5, 1.5, 2.5, 2.5), False),  # in its hole
        (Box(2, 2, 2, 2), False),
        (Box(0.5, 0.5, 0.5, 0.5), True),
        (Box(4, 4, 5, 5), True),  # touches a corner
        (Box(4.1, 0, 5, 5), False),
        (Box(-1, 1.9, 5, 2.1), True),  # runs through without a corner of either
        (Box(0, 4.5, 4, 5), False),
        (Box(0, -2, 4, -1), False),
    ],
)
def test_an_area_meets_a_box_where_it_really_is(box: Box, meets: bool) -> None:
    assert RING.meets(box) is meets


def test_a_slanting_edge_beside_a_corner_does_not_meet_it() -> None:
    corners = ((0.0, 0.0), (4.0, 0.0), (0.0, 4.0), (0.0, 0.0))
    triangle = Area("4", "Dreieck", ((corners,),))
    assert not triangle.meets(Box(2.5, 2.5, 4, 4))
    assert triangle.meets(Box(1.9, 1.9, 4, 4))
    assert TWO.meets(Box(11, 1, 12, 2))
    assert not TWO.meets(Box(5, 1, 9, 2))


def test_a_key_finds_its_area_on_its_level() -> None:
    topology = load(Detail.DETAIL)
    for key, name in (
        ("05314000", "Bonn"),
        ("05962", "Märkischer Kreis"),
        ("053", "Regierungsbezirk Köln"),
    ):
        area = topology.find_area(key)
        assert area is not None
        assert area.name == name
    assert topology.find_area("09162000") is None
