"""The drawing: points that can be told apart, areas of members, sections of the state."""

import random

import pytest

from directory.geo.points import Box, Point
from directory.maps.markers import MEMBER, OTHER, Marker
from directory.maps.outlines import NRW_BOX, NRW_PROJECTION
from directory.maps.svg import SvgPoint, base_map, drawing, projection_for, svg_areas, svg_points

HEMER = Point(51.387314, 7.768556)
MUNICH = Point(48.137, 11.575)


def marker(key: str, point: Point | None, kind: str = OTHER) -> Marker:
    return Marker(key=key, title=key, href=f"/{key}", point=point, ags="05", place=key, kind=kind)


def points_of(markers: list[Marker], most: int = 500) -> list[SvgPoint]:
    return svg_points(
        markers,
        NRW_PROJECTION,
        title_of=lambda some: "+".join(sorted(one.key for one in some)),
        href_of=lambda some: some[0].href,
        most=most,
    )


def scattered(count: int) -> list[Marker]:
    chance = random.Random(5)  # noqa: S311 - the same places in every run
    return [
        marker(
            f"m{number}",
            Point(
                chance.uniform(NRW_BOX.south, NRW_BOX.north),
                chance.uniform(NRW_BOX.west, NRW_BOX.east),
            ),
        )
        for number in range(count)
    ]


def test_a_point_lies_where_the_base_map_has_it() -> None:
    (point,) = points_of([marker("hemer", HEMER)])
    x, y = NRW_PROJECTION.xy(HEMER)
    assert (point.x, point.y) == (round(x, 1), round(y, 1))
    assert (point.title, point.href, point.kind, point.count) == ("hemer", "/hemer", OTHER, None)


def test_entries_at_one_place_are_one_point_with_their_number() -> None:
    (point,) = points_of([marker("a", HEMER), marker("b", HEMER, MEMBER), marker("c", HEMER)])
    assert (point.count, point.kind, point.title) == (3, MEMBER, "a+b+c")


def test_small_points_lie_over_large_ones() -> None:
    markers = [*scattered(5), marker("a", HEMER), marker("b", HEMER)]
    radii = [point.r for point in points_of(markers)]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] > radii[1]


def test_many_places_are_merged_without_losing_one() -> None:
    markers = scattered(3000)
    points = points_of(markers)
    assert len(points) <= 200
    assert sum(point.count or 1 for point in points) == 3000
    assert {point.kind for point in points if point.count} == {"cluster"}
    stated = [key for point in points for key in point.title.split("+")]
    assert sorted(stated) == sorted(one.key for one in markers)


def test_what_has_no_place_is_not_drawn() -> None:
    assert points_of([marker("a", None)]) == []


def test_areas_of_one_level_are_one_path_and_the_largest_lies_below() -> None:
    areas = svg_areas(["05962016", "05962", "059", "05314000"])
    assert [area.kind for area in areas] == ["districts", "counties", "municipalities"]
    assert areas[2].d.count("M") == 2


def test_areas_fit_the_lines_of_the_base_map() -> None:
    (area,) = svg_areas(["05"])
    assert f'<path class="land" d="{area.d}"/>' in base_map().body.decode()


def test_keys_without_an_outline_are_left_out() -> None:
    assert svg_areas(["09162000", "09", "", "unknown"]) == []


def test_the_whole_state_is_drawn_unless_something_lies_beyond() -> None:
    assert projection_for([HEMER]) is NRW_PROJECTION
    wider = projection_for([HEMER, MUNICH])
    for corner in (MUNICH, Point(NRW_BOX.north, NRW_BOX.west)):
        x, y = wider.xy(corner)
        assert 0 < x < wider.width
        assert 0 < y < wider.height


@pytest.mark.parametrize(
    "box",
    [
        Box(7.76, 51.38, 7.77, 51.39),
        Box(7.768556, 51.387314, 7.768556, 51.387314),
        Box(6, 51, 9, 51.1),
        Box(7, 50.5, 7.1, 52.4),
        Box(-180, -90, 180, 90),
    ],
)
def test_a_section_shows_the_box_with_air_and_about_square(box: Box) -> None:
    projection = projection_for([], box)
    for point in (Point(max(box.south, -85), box.west), Point(min(box.north, 85), box.east)):
        x, y = projection.xy(point)
        assert -0.1 <= x <= projection.width + 0.1
        assert -0.1 <= y <= projection.height + 0.1
    assert 0.7 < projection.height / projection.width < 1.4


def test_the_base_map_lies_under_the_whole_drawing_or_shifted_under_a_section() -> None:
    whole = drawing(base_href="/base.svg")
    assert (whole.base.x, whole.base.y) == (0, 0)
    assert (whole.base.width, whole.base.height) == (whole.width, whole.height)
    section = drawing(base_href="/base.svg", projection=projection_for([], Box(7, 51, 8, 52)))
    assert section.base.x < 0
    assert section.base.width > section.width
    assert whole.base.scale == 1
    assert section.base.scale * NRW_PROJECTION.width == pytest.approx(section.base.width, abs=0.1)


def test_the_base_map_is_drawn_once_and_is_small_on_the_wire() -> None:
    assert base_map() is base_map()
    assert base_map().body.startswith(b"<svg ")
    assert len(base_map().brotli) < 15_000


def test_the_coarse_base_map_has_no_lines_between_municipalities_and_is_half_as_long() -> None:
    coarse, whole = base_map(coarse=True), base_map()
    assert b"lines municipalities" in whole.body
    assert b"lines municipalities" not in coarse.body
    assert b"lines counties" in coarse.body
    assert len(coarse.brotli) < 0.55 * len(whole.brotli)
