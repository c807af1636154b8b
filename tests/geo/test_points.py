"""Points, boxes and distances."""

import math
import subprocess
import sys

import pytest
from geopy.distance import geodesic

from directory.geo.points import Box, Point, kilometres

BONN = Point(50.735851, 7.100660)
KOELN = Point(50.938361, 6.959974)
EVERYWHERE = Box(-180, -90, 180, 90)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(90.1, 0), (-90.1, 0), (0, 180.1), (0, -180.1), (math.nan, 7), (51, math.nan), (51, math.inf)],
)
def test_point_off_the_globe_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="must be between"):
        Point(lat, lon)


def test_poles_and_date_line_are_on_the_globe() -> None:
    assert Point(90, 180) != Point(-90, -180)


@pytest.mark.parametrize(
    "text",
    ["", "7,50,8", "7,50,8,51,9", "7;50;8;51", "a,b,c,d", "8,50,7,51", "7,51,8,50", "7,50,8,nan",
     "-inf,50,8,51", "7,50,8,91", "181,50,182,51"],
)  # fmt: skip
def test_text_that_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Box.from_text(text)


def test_box_is_read_west_south_east_north() -> None:
    assert Box.from_text("5.83,50.3,9.5,52.6") == Box(west=5.83, south=50.3, east=9.5, north=52.6)


@pytest.mark.parametrize(
    "box", [Box(7, 50, 8, 51), Box(-0.1, -1 / 3, 1e-7, 2 / 3), EVERYWHERE, Box(7, 51, 7, 51)]
)
def test_box_printed_and_read_is_the_same_box(box: Box) -> None:
    assert Box.from_text(box.to_text()) == box


def test_box_is_printed_without_needless_digits() -> None:
    assert Box(7.0, 50.5, 8.25, 51.0).to_text() == "7,50.5,8.25,51"


def test_box_around_points_is_the_smallest_that_holds_them() -> None:
    assert Box.around(iter([BONN, KOELN])) == Box(KOELN.lon, BONN.lat, BONN.lon, KOELN.lat)


def test_box_around_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        Box.around([])


def test_edges_belong_to_the_box() -> None:
    box = Box(7, 50, 8, 51)
    corners = [Point(50, 7), Point(51, 8), Point(50, 8), Point(51, 7)]
    beyond = [Point(49.999, 7.5), Point(51.001, 7.5), Point(50.5, 6.999), Point(50.5, 8.001)]
    assert all(box.contains(point) for point in corners)
    assert not any(box.contains(point) for point in beyond)


@pytest.mark.parametrize("lat", [0.0, 51.5, -51.5, 75.0])
@pytest.mark.parametrize("km", [0.1, 1.0, 25.0, 300.0])
def test_expanded_box_holds_all_that_is_near_and_little_more(lat: float, km: float) -> None:
    centre = Point(lat, 7)
    box = Box.around([centre]).expanded(by_km=km)
    rim = [geodesic(kilometers=km).destination((lat, 7), bearing) for bearing in range(0, 360, 5)]
    assert all(box.contains(Point(lat, lon)) for lat, lon, _ in rim)
    # At 75° north meridians converge within 300 km, so the box has to be wide.
    slack = 1.02 if abs(lat) < 60 and km < 100 else 1.3
    assert kilometres(centre, Point(lat, box.east)) <= km * slack
    assert kilometres(centre, Point(box.north, 7)) <= km * 1.02


def test_expanded_box_ends_at_poles_and_date_line() -> None:
    by_the_pole = Box(7, 89.9, 8, 90).expanded(by_km=50)
    assert by_the_pole == Box(-180, by_the_pole.south, 180, 90)
    assert by_the_pole.south == pytest.approx(89.448, abs=0.001)
    assert Box(7, 51, 7, 51).expanded(by_km=1e9) == EVERYWHERE


def test_box_expanded_by_nothing_stays_as_it_is() -> None:
    assert Box(7, 50, 8, 51).expanded(by_km=0) == Box(7, 50, 8, 51)


@pytest.mark.parametrize("km", [-1, math.nan, math.inf])
def test_box_grows_by_a_distance_only(km: float) -> None:
    with pytest.raises(ValueError, match="grows by a distance"):
        EVERYWHERE.expanded(by_km=km)


def test_distance_is_that_of_the_land_surveyors() -> None:
    # Flinders Peak to Buninyon, the worked example of Geoscience Australia's GDA manual.
    flinders_peak = Point(-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyon = Point(-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert kilometres(flinders_peak, buninyon) == pytest.approx(54.972271, abs=0.000002)


def test_distance_is_the_same_both_ways_and_nil_on_the_spot() -> None:
    assert kilometres(BONN, KOELN) == pytest.approx(kilometres(KOELN, BONN))
    assert kilometres(BONN, BONN) == 0


def test_start_does_not_pay_for_geopy() -> None:
    code = "import sys, directory.geo.points; sys.exit('geopy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
