"""Markers as GeoJSON: what other programmes read, and what our own map loads."""

from typing import Any

import orjson
import pytest

from directory.geo.points import Point
from directory.maps.markers import (
    MEMBER,
    OTHER,
    Marker,
    box_around,
    by_place,
    feature_collection,
)

DETMOLD = Point(51.93855, 8.87318)
HEMER = Point(51.387314, 7.768556)


def marker(key: str = "hemer", point: Point | None = HEMER, **fields: Any) -> Marker:
    defaults = {"title": "Hemer", "href": f"/kommunen/{key}", "ags": "05962016", "place": "Hemer"}
    return Marker(key=key, point=point, **{**defaults, "kind": OTHER, **fields})


def test_features_are_what_rfc_7946_asks_for() -> None:
    notes = ("Kreisangehörige Stadt, Märkischer Kreis", "5 Praxisbeispiele")
    collection = orjson.loads(feature_collection([marker(kind=MEMBER, notes=notes)]))
    assert collection == {
        "type": "FeatureCollection",
        "bbox": [7.76856, 51.38731, 7.76856, 51.38731],
        "features": [
            {
                "type": "Feature",
                "id": "hemer",
                "geometry": {"type": "Point", "coordinates": [7.76856, 51.38731]},
                "properties": {
                    "title": "Hemer",
                    "url": "/kommunen/hemer",
                    "ags": "05962016",
                    "kind": "member",
                    "notes": list(notes),
                },
            }
        ],
    }


def test_an_entry_of_a_place_names_it() -> None:
    (feature,) = orjson.loads(feature_collection([marker(title="Bürgerbus")]))["features"]
    assert feature["properties"]["place"] == "Hemer"


def test_an_entry_without_a_point_is_kept_but_not_located() -> None:
    collection = orjson.loads(feature_collection([marker("a"), marker("b", None)]))
    assert [feature["geometry"] is None for feature in collection["features"]] == [False, True]
    assert collection["bbox"] == [7.76856, 51.38731, 7.76856, 51.38731]


def test_nothing_has_no_box() -> None:
    assert orjson.loads(feature_collection([])) == {"type": "FeatureCollection", "features": []}


def test_a_foreign_member_leaves_the_rest_as_it_was() -> None:
    problems = ["Den Wert „x“ gibt es nicht."]
    more = orjson.loads(feature_collection([marker()], problems=tuple(problems)))
    assert more == orjson.loads(feature_collection([marker()])) | {"problems": problems}


def test_a_county_shares_the_marker_of_its_seat() -> None:
    town, county = marker("detmold", DETMOLD), marker("kreis-lippe", DETMOLD)
    elsewhere, nowhere = marker("hemer"), marker("unbekannt", None)
    assert by_place([town, elsewhere, nowhere, county]) == [[town, county], [elsewhere]]


def test_points_that_look_the_same_to_visitors_are_one_place() -> None:
    close = Point(DETMOLD.lat + 0.000001, DETMOLD.lon)
    assert len(by_place([marker("a", DETMOLD), marker("b", close)])) == 1


@pytest.mark.parametrize("lat", [51.387314, 51.3873149, 51.3873051, -0.000004, 89.999999])
def test_the_box_around_one_place_holds_its_exact_point(lat: float) -> None:
    exact = Point(lat, 7.768556)
    box = box_around([marker(point=Point(round(lat, 5), 7.76856))])
    assert box.contains(exact)
    assert box.north - box.south < 0.00002
    assert box.to_text().count(",") == 3


def test_there_is_no_box_around_nothing() -> None:
    with pytest.raises(ValueError, match="at least one point"):
        box_around([marker(point=None)])
