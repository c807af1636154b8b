"""Thousands of points travel packed, and come out where they went in."""

import json
import random

import brotli

from directory.geo.points import Point
from directory.maps.markers import MEMBER, OTHER, Marker, rounded
from directory.maps.packed import packed


def marker(number: int, lat: float, lon: float, kind: str = OTHER) -> Marker:
    return Marker(f"k{number}", "Ort", "/k", Point(lat, lon), f"{number:08}", "Ort", kind)


def unpacked(body: bytes) -> list[tuple[float, float]]:
    """As `static/js/map-spots.js` reads it: lat and lon of each point."""
    answer = json.loads(body)
    step = 10 ** answer["digits"]
    points: list[tuple[float, float]] = []
    for edge, count in answer["strips"]:
        lon = round(answer["bbox"][0] * step)
        for place in range(len(points), len(points) + count):
            lon += number_at(answer["lons"], place)
            points.append(((edge + number_at(answer["lats"], place)) / step, lon / step))
    return points


def number_at(columns: list[str], place: int) -> int:
    return sum((ord(column[place]) - ord("(")) * 50**power for power, column in enumerate(columns))


def test_points_come_out_where_they_went_in_to_ten_metres() -> None:
    chance = random.Random(1)  # noqa: S311
    markers = [marker(n, chance.uniform(47.3, 55), chance.uniform(-5.9, 15)) for n in range(3_000)]
    body = packed(markers)
    found = set(unpacked(body))
    for one in markers:
        assert one.point
        near = [(lat, lon) for lat, lon in found if abs(lat - one.point.lat) < 0.00006]
        assert any(abs(lon - one.point.lon) < 0.00006 for _, lon in near)
    assert len(brotli.compress(body, quality=5)) < 4 * len(markers)


def test_fewer_digits_are_shorter_and_exact_to_a_hundred_metres() -> None:
    chance = random.Random(2)  # noqa: S311
    markers = [marker(n, chance.uniform(47.3, 55), chance.uniform(5.9, 15)) for n in range(3_000)]
    body = packed(markers, digits=3)
    found = set(unpacked(body))
    for one in markers:
        assert one.point
        near = [(lat, lon) for lat, lon in found if abs(lat - one.point.lat) < 0.0006]
        assert any(abs(lon - one.point.lon) < 0.0006 for _, lon in near)
    assert len(brotli.compress(body)) < 0.8 * len(brotli.compress(packed(markers)))


def test_entries_of_one_point_are_counted_and_members_are_known() -> None:
    home = Point(51.5, 7.1)
    markers = [
        marker(1, home.lat, home.lon, MEMBER),
        marker(2, home.lat, home.lon),
        marker(3, 50.0, 6.0),
        Marker("k4", "Ohne Punkt", "/k", None, "00000004", "Ort", MEMBER),
    ]
    answer = json.loads(packed(markers, problems=("Oh je.",)))
    assert answer == {
        "digits": 4,
        "strips": [[500000, 1], [515000, 1]],
        "lons": ["((", "(<", "(,"],  # 0 and 11,000 = 4 · 50² + 20 · 50
        "lats": [],
        "members": [1],
        "areas": ["00000001"],
        "bbox": [6.0, 50.0, 7.1, 51.5],
        "counts": [1, 2],
        "problems": ["Oh je."],
    }


def test_nothing_is_packed_into_nothing() -> None:
    assert json.loads(packed([])) == {
        "digits": 4,
        "strips": [],
        "lons": [],
        "lats": [],
        "members": [],
        "areas": [],
    }


def test_script_and_server_round_halves_alike() -> None:
    """What the script makes of the GeoJSON has to be the same number as here."""
    for units in (71_234_5, 60_000_5, -1_234_5, 515_678_5):
        point = Point(units / 100_000, 7.0)
        lat, _ = rounded(point)
        ((found, _),) = unpacked(packed([marker(1, point.lat, point.lon)]))
        assert found == (lat * 10_000 + 0.5) // 1 / 10_000
