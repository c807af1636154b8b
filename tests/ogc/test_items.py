"""Features are what the database has, found by place, time and the filters of the pages."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.db import db
from directory.events.models import Event
from directory.municipalities.models import Municipality
from directory.practices.models import Practice
from directory.publication.catalogue import advance
from directory.publication.models import Status
from directory.search import index
from tests.factories import build_event
from tests.ogc.asking import COLLECTIONS, ENTITIES, ask, ids, items, links, total

BONN = "05314000"
HEMER = "05962016"
MEMBERS = "mitglied=ja"


@pytest.fixture
def session(site_app: Flask) -> Any:
    with site_app.app_context():
        yield db.session


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_without_filters_is_all_that_is_public(
    client: FlaskClient, session: Session, name: str
) -> None:
    found = ids(client, name)
    assert len(found) == len(set(found)) == total(session, name)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_following_the_links_leads_to_the_last_feature_and_back(
    client: FlaskClient, name: str
) -> None:
    every = ids(client, name)
    size = len(every) // 3 + 1
    page = ask(client, f"/collections/{name}/items?limit={size}")
    seen = [one["id"] for one in page["features"]]
    addresses = [links(page, "self")[0]]
    while following := links(page, "next"):
        page = client.get(following[0]).get_json(force=True)
        seen += [one["id"] for one in page["features"]]
        assert page["numberMatched"] == len(every)
        addresses.append(following[0])
    assert seen == every
    assert len(addresses) == 3
    before = client.get(links(page, "prev")[0]).get_json(force=True)
    assert [one["id"] for one in before["features"]] == every[size : 2 * size]
    assert links(ask(client, f"/collections/{name}/items?limit=1"), "prev") == []


def test_links_keep_the_whole_question(client: FlaskClient) -> None:
    query = "kreis=05962&kreis=05970&mitglied=alle&bbox=7,51,8.5,51.6&geometry=boundary&q=stadt"
    page = ask(client, f"/collections/kommunen/items?{query}&limit=1&offset=1")
    for rel in ("next", "prev", "self", "alternate"):
        (address,) = links(page, rel)
        for part in ("kreis=05962", "kreis=05970", "mitglied=alle", "geometry=boundary", "q=stadt"):
            assert part in address, rel
        assert "bbox=7%2C51%2C8.5%2C51.6" in address
        assert address.startswith("http://localhost/ogc/collections/kommunen/items?")


def test_beyond_the_end_there_is_nothing_but_the_way_back(client: FlaskClient) -> None:
    page = ask(client, "/collections/veranstaltungen/items?limit=5&offset=5000")
    assert page["features"] == []
    assert page["numberReturned"] == 0
    back = client.get(links(page, "prev")[0]).get_json(force=True)
    assert back["numberReturned"] == 5
    assert links(back, "next") == []


def test_no_more_come_than_the_maximum(client: FlaskClient) -> None:
    page = ask(client, "/collections/praxisbeispiele/items?limit=1000000")
    assert page["numberReturned"] == page["numberMatched"]
    assert ask(client, "/collections/kommunen/items")["numberReturned"] == 100


# Attributes --------------------------------------------------------------------------------------


def test_a_municipality_says_what_the_database_knows(client: FlaskClient, session: Session) -> None:
    features = {one["id"]: one for one in items(client, "kommunen")["features"]}
    for entry in session.scalars(select(Municipality)):
        properties = features[entry.ags]["properties"]
        assert properties["name"] == entry.name
        assert properties["kind"] == entry.kind.value
        assert properties["county"] == entry.county_ags
        assert properties["county_name"] == (entry.county.name if entry.county else None)
        assert properties["district"] == entry.district_ags
        assert properties["population"] == entry.population
        assert properties["area_km2"] == entry.area_km2
        assert properties["size"] == (entry.size.value if entry.size else None)
        assert properties["member"] is entry.is_member
        assert properties["url"] == f"http://localhost/kommunen/{entry.slug}"
        point = features[entry.ags]["geometry"]["coordinates"]
        assert point == [round(entry.lon or 0, 5), round(entry.lat or 0, 5)]


def test_a_practice_says_what_the_database_knows(client: FlaskClient, session: Session) -> None:
    features = {one["id"]: one for one in items(client, "praxisbeispiele")["features"]}
    for entry in session.scalars(select(Practice).where(Practice.status == Status.PUBLISHED)):
        properties = features[entry.id]["properties"]
        for name in ("slug", "title", "summary", "approach", "success_factors", "started_year"):
            assert properties[name] == getattr(entry, name)
        assert properties["municipality"] == entry.ags
        assert properties["municipality_name"] == entry.municipality.name
        terms = properties["topics"] + properties["target_groups"] + properties["instruments"]
        assert sorted(terms) == sorted(one.slug for one in entry.terms)


def test_the_json_interface_says_the_same(client: FlaskClient) -> None:
    """Names that both have mean the same in both."""
    for name, path in (("praxisbeispiele", "practices"), ("veranstaltungen", "events")):
        answer = client.get(f"/api/v1/{path}?limit=100").get_json()["items"]
        features = {one["properties"]["slug"]: one for one in items(client, name)["features"]}
        for one in answer:
            properties = features[one["slug"]]["properties"]
            same = {
                key
                for key, value in one.items()
                if key in properties and not isinstance(value, dict | list) and value is not None
            }
            assert len(same) > 6
            assert {key: properties[key] for key in same} == {key: one[key] for key in same}


def test_every_feature_has_exactly_the_properties_that_are_described(client: FlaskClient) -> None:
    schemas = ask(client, "/api")["components"]["schemas"]
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": int | float,
        "boolean": bool,
        "array": list,
    }
    for name in COLLECTIONS:
        described = schemas[f"{name}Feature"]["properties"]["properties"]["properties"]
        for one in items(client, name)["features"]:
            assert list(one["properties"]) == list(described)
            for key, value in one["properties"].items():
                if value is None:
                    assert described[key]["nullable"], key
                else:
                    assert isinstance(value, kinds[described[key]["type"]]), key


@pytest.mark.parametrize("name", COLLECTIONS)
def test_each_feature_has_an_address_of_its_own(client: FlaskClient, name: str) -> None:
    for one in items(client, name)["features"][:30]:
        alone = ask(client, f"/collections/{name}/items/{one['id']}")
        assert {key: alone[key] for key in one} == one
        assert links(alone, "collection") == [f"http://localhost/ogc/collections/{name}?f=json"]


# Filters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "path", "query"),
    [
        ("kommunen", "municipalities", MEMBERS),
        ("kommunen", "municipalities", "mitglied=alle&kreis=05962&art=kreisangehoerige-stadt"),
        ("kommunen", "municipalities", "mitglied=alle&thema=vernetzung"),
        ("kommunen", "municipalities", "mitglied=alle&groesse=unter-10000&groesse=ab-500000"),
        ("kommunen", "municipalities", "mitglied=alle&ort=Bonn&umkreis=20"),
        ("praxisbeispiele", "practices", "q=ehrenamtskarte"),
        ("praxisbeispiele", "practices", "thema=vernetzung&bezirk=053"),
        ("praxisbeispiele", "practices", "thema=vernetzung&thema=bildung&mitglied=ja&sort=neu"),
        ("praxisbeispiele", "practices", f"kommune={BONN}"),
        ("praxisbeispiele", "practices", "q=ehrenamt&bbox=6.9,50.6,7.3,51.5"),
        ("veranstaltungen", "events", "art=kongress"),
        ("veranstaltungen", "events", "reihe=entwicklungswerkstatt&form=digital"),
    ],
)
def test_filters_find_what_they_find_everywhere(
    client: FlaskClient, name: str, path: str, query: str
) -> None:
    other = client.get(f"/api/v1/{path}?limit=100&{query}").get_json()
    own = items(client, name, query)
    assert own["numberMatched"] == other["total"]
    keys = {"kommunen": "ags"}.get(name, "slug")
    assert [one["properties"][keys] for one in own["features"][:100]] == [
        one[keys] for one in other["items"]
    ]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_filter_by_property_gives_the_features_that_have_this_value(
    client: FlaskClient, name: str
) -> None:
    features = items(client, name)["features"]
    queryable = ask(client, f"/collections/{name}/queryables")["properties"]
    names = [one for one in queryable if one in features[0]["properties"]]
    assert len(names) >= 3
    for key in names:
        for value in {one["properties"][key] for one in features} - {None}:
            having = [one["id"] for one in features if one["properties"][key] == value]
            assert sorted(map(str, ids(client, name, f"{key}={value}"))) == sorted(map(str, having))


@pytest.mark.parametrize("name", COLLECTIONS)
def test_what_is_offered_is_understood(client: FlaskClient, name: str) -> None:
    for key, schema in ask(client, f"/collections/{name}/queryables")["properties"].items():
        value = schema["enum"][-1] if "enum" in schema else HEMER
        ask(client, f"/collections/{name}/items?limit=1&{key}={value}")


def test_contact_points_are_found_by_their_municipality(client: FlaskClient) -> None:
    every = items(client, "ansprechstellen")["features"]
    members = set(ids(client, "kommunen", MEMBERS))
    of_members = [one["id"] for one in every if one["properties"]["municipality"] in members]
    assert ids(client, "ansprechstellen", MEMBERS) == of_members
    assert 0 < len(of_members) < len(every)
    both = ids(client, "ansprechstellen", f"kommune={HEMER}&kommune={BONN}&bezirk=059")
    assert both == [o["id"] for o in every if o["properties"]["municipality"] == HEMER]


# Place -------------------------------------------------------------------------------------------


def inside(point: list[float], box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west <= point[0] <= east and south <= point[1] <= north


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("box", [(7, 51, 8, 52), (6.9, 50.6, 7.3, 50.9), (0, 0, 1, 1)])
def test_a_box_holds_exactly_the_points_in_it(
    client: FlaskClient, name: str, box: tuple[float, float, float, float]
) -> None:
    expected = [
        one["id"]
        for one in items(client, name)["features"]
        if one["geometry"] and inside(one["geometry"]["coordinates"], box)
    ]
    assert ids(client, name, f"bbox={','.join(map(str, box))}") == expected


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_box_made_of_one_point_holds_this_point(client: FlaskClient, name: str) -> None:
    one = next(each for each in items(client, name)["features"] if each["geometry"])
    lon, lat = one["geometry"]["coordinates"]
    assert one["id"] in ids(client, name, f"bbox={lon},{lat},{lon},{lat}")


def test_six_numbers_are_a_box_with_heights(client: FlaskClient) -> None:
    flat = ids(client, "kommunen", "bbox=7,51,8,52")
    assert ids(client, "kommunen", "bbox=7,51,-10,8,52,9000") == flat
    assert len(flat) > 50


def test_a_box_may_cross_the_date_line(client: FlaskClient) -> None:
    every = ids(client, "kommunen")
    assert ids(client, "kommunen", "bbox=5,50,-170,53") == every
    assert ids(client, "kommunen", "bbox=170,50,-170,53") == []
    east, west = (set(ids(client, "kommunen", f"bbox={w},50,{e},53")) for w, e in ((8, 5), (5, 8)))
    assert east | west == set(every)


def test_a_box_narrows_what_filters_and_words_find(client: FlaskClient) -> None:
    box = set(ids(client, "praxisbeispiele", "bbox=6.5,51,7.5,52"))
    words = ids(client, "praxisbeispiele", "q=ehrenamtskarte")
    both = ids(client, "praxisbeispiele", "q=ehrenamtskarte&bbox=6.5,51,7.5,52")
    assert both == [one for one in words if one in box]
    assert 0 < len(both) < len(words)


def test_boundaries_turn_as_rfc_7946_wants_and_are_of_one_type(client: FlaskClient) -> None:
    features = items(client, "kommunen", "geometry=boundary")["features"]
    assert {one["geometry"]["type"] for one in features} == {"MultiPolygon"}
    for one in features:
        for outer, *holes in one["geometry"]["coordinates"]:
            assert _area(outer) > 0
            assert all(_area(hole) < 0 for hole in holes)
    (hemer,) = (one for one in features if one["id"] == HEMER)
    ((ring,),) = hemer["geometry"]["coordinates"]
    assert all(7.6 < lon < 7.9 and 51.3 < lat < 51.5 for lon, lat in ring)


def _area(ring: list[list[float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


def test_boundaries_meet_boxes_that_their_points_do_not(client: FlaskClient) -> None:
    (feature,) = items(client, "kommunen", f"ags={HEMER}&geometry=boundary")["features"]
    lon, lat = feature["geometry"]["coordinates"][0][0][0]
    corner = f"bbox={lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}"
    assert HEMER not in ids(client, "kommunen", corner)
    areas = ids(client, "kommunen", f"{corner}&geometry=boundary")
    # The county and the district around it are there as well.
    assert {HEMER, "05962", "059"} <= set(areas)
    assert len(areas) < 10


@pytest.mark.parametrize("name", ["praxisbeispiele", "ansprechstellen", "veranstaltungen"])
def test_entries_have_the_outline_of_their_municipality(client: FlaskClient, name: str) -> None:
    one = next(each for each in items(client, name)["features"] if each["geometry"])
    key = one["properties"]["municipality"]
    alone = ask(client, f"/collections/{name}/items/{one['id']}?geometry=boundary")
    place = ask(client, f"/collections/kommunen/items/{key}?geometry=boundary")
    assert alone["geometry"] == place["geometry"]
    assert alone["geometry"]["type"] == "MultiPolygon"


def test_what_has_no_place_has_no_geometry(client: FlaskClient, session: Session) -> None:
    nowhere = set(
        session.scalars(
            select(Event.slug).where(Event.venue_ags.is_(None), Event.status == Status.PUBLISHED)
        )
    )
    assert nowhere
    for query in ("", "geometry=boundary"):
        features = items(client, "veranstaltungen", query)["features"]
        assert {one["id"] for one in features if one["geometry"] is None} == nowhere
    assert not nowhere & set(ids(client, "veranstaltungen", "bbox=-180,-90,180,90"))


def test_a_contact_point_lies_at_its_address_once_that_is_placed(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        contact = db.session.scalars(select(ContactPoint).where(ContactPoint.ags == HEMER)).one()
        number = contact.id
        contact.street, contact.lat, contact.lon = "Hademareplatz 44", 51.387001234, 7.7660001
        advance(db.session)
        db.session.commit()
    placed = ask(client, f"/collections/ansprechstellen/items/{number}")
    assert placed["geometry"] == {"type": "Point", "coordinates": [7.766, 51.387]}
    assert placed["properties"]["located_by"] == "address"
    assert ids(client, "ansprechstellen", "bbox=7.7655,51.3865,7.7665,51.3875") == [number]
    with app.app_context():
        contact = db.session.get_one(ContactPoint, number)
        # Without a street nothing public says where exactly it is.
        contact.street = None
        advance(db.session)
        db.session.commit()
    unplaced = ask(client, f"/collections/ansprechstellen/items/{number}")
    assert unplaced["properties"]["located_by"] == "municipality"
    assert unplaced["geometry"] != placed["geometry"]
    assert ids(client, "ansprechstellen", "bbox=7.7655,51.3865,7.7665,51.3875") == []


# Time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["kommunen", "praxisbeispiele", "ansprechstellen"])
def test_entries_are_found_by_the_moment_of_their_last_change(any_app: Flask, name: str) -> None:
    client, entity = any_app.test_client(), ENTITIES[name]
    changed = dt.datetime(2025, 3, 4, 10, 11, 12, 345678, tzinfo=dt.UTC)
    with any_app.app_context():
        key = "ags" if name == "kommunen" else "id"
        statement = select(entity).order_by(getattr(entity, key))
        if name != "kommunen":
            statement = statement.where(entity.status == Status.PUBLISHED)
        entry = db.session.scalars(statement.limit(1)).one()
        entry.updated_at = changed
        wanted = [getattr(entry, key)]
        advance(db.session)
        db.session.commit()
    (feature,) = items(client, name, "datetime=2025-03-04")["features"]
    shown = feature["properties"]["updated_at"]
    assert shown == "2025-03-04T10:11:12Z"
    for found in (
        shown,
        "2025-03-04T00:00:00Z/2025-03-04T23:59:59Z",
        f"../{shown}",
        f"{shown}/2025-12-31",
        "2025-03-04T11:11:12%2B01:00",
    ):
        assert ids(client, name, f"datetime={found}") == wanted, found
    for missed in ("2025-03-05", "2025-03-04T10:11:13Z", "../2025-03-04T10:11:11Z"):
        assert ids(client, name, f"datetime={missed}") == []
    rest = ids(client, name, "datetime=2025-12-31/..")
    assert wanted[0] not in rest
    assert len(rest) == len(ids(client, name)) - 1


def test_events_are_found_by_their_days_as_precisely_as_they_are_known(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        for slug, start, end in (
            ("tag", "2031-05-10", None),
            ("tage", "2031-05-09", "2031-05-11"),
            ("monat", "2031-05", None),
            ("jahr", "2031", None),
            ("ohne", None, None),
        ):
            build_event(
                db.session, slug=slug, title=slug, year=2031, date_start=start, date_end=end
            )
        index.rebuild(db.session)
        advance(db.session)
        db.session.commit()
    known = {"tag", "tage", "monat", "jahr"}
    for asked, expected in (
        ("2031-05-10", known),
        ("2031-05-11", known - {"tag"}),
        ("2031-05-31", {"monat", "jahr"}),
        ("2031-12-31", {"jahr"}),
        ("2032-01-01/..", set()),
        ("2031-05-09T12:00:00Z", known - {"tag"}),
        ("2031-01-01/2031-12-31", known),
        # Still the evening before in London, but the day itself here
        ("2031-05-09T23:30:00Z", known),
    ):
        assert set(ids(client, "veranstaltungen", f"datetime={asked}")) == expected, asked


def test_time_place_and_filters_hold_together(client: FlaskClient) -> None:
    found = ids(
        client,
        "veranstaltungen",
        "datetime=2010-01-01/..&bbox=6,50,8,52&art=kongress&q=engagement",
    )
    assert found
    for query in ("datetime=2010-01-01/..", "bbox=6,50,8,52", "art=kongress", "q=engagement"):
        assert set(found) <= set(ids(client, "veranstaltungen", query))
