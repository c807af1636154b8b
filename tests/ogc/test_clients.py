"""Programmes that nobody here wrote read the running site to the last feature."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from owslib.ogcapi.features import Features
from sqlalchemy.orm import Session

from directory.db import db
from tests.ogc.asking import COLLECTIONS, ids, items, total
from tests.ogc.gdal_reading import Gdal, gdal_beside
from tests.services import GDAL, QGIS

BOX = (7.0, 51.0, 8.0, 52.0)
IN_BOX = "bbox=7,51,8,52"


@pytest.fixture
def session(site_app: Flask) -> Any:
    with site_app.app_context():
        yield db.session


# GDAL, as pyogrio brings it ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def gdal() -> Iterator[Gdal]:
    with gdal_beside() as found:
        yield found


def test_gdal_finds_the_collections(gdal: Gdal, site: str) -> None:
    layers = gdal.layers(f"OAPIF:{site}/ogc")
    assert layers == [(name, "Point") for name in COLLECTIONS]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_gdal_reads_every_feature_with_its_attributes(
    gdal: Gdal, site: str, site_app: Flask, session: Session, name: str
) -> None:
    values, geometries = gdal.read(f"OAPIF:{site}/ogc", name)
    features = items(site_app.test_client(), name)["features"]
    assert len(geometries) == total(session, name) == len(features)
    assert sum(one is None for one in geometries) == sum(not one["geometry"] for one in features)
    compared = 0
    for key in set(values) - {"id", "url"}:
        shown = [one["properties"][key] for one in features]
        # GDAL makes dates of dates, and knows no null in columns of numbers.
        if "date" not in key and all(isinstance(one, str | int | float) for one in shown):
            assert values[key] == shown, key
            compared += 1
    assert compared > 4
    assert list(map(str, values["id"])) == [str(one["id"]) for one in features]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_gdal_reads_page_by_page(gdal: Gdal, site: str, session: Session, name: str) -> None:
    _, geometries = gdal.read(f"OAPIF:{site}/ogc", name, PAGE_SIZE=7)
    assert len(geometries) == total(session, name)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_gdal_reads_what_lies_in_a_box(gdal: Gdal, site: str, site_app: Flask, name: str) -> None:
    expected = len(ids(site_app.test_client(), name, IN_BOX))
    assert len(gdal.read(f"OAPIF:{site}/ogc", name, bbox=BOX)[1]) == expected
    assert expected > 0


@pytest.mark.parametrize(
    ("name", "where", "query"),
    [
        ("kommunen", "kind = 'kreis'", "kind=kreis"),
        (
            "kommunen",
            "county = '05962' AND size = '20000-50000'",
            "kreis=05962&groesse=20000-50000",
        ),
        ("praxisbeispiele", "municipality = '05314000'", "kommune=05314000"),
        ("ansprechstellen", "district = '059'", "bezirk=059"),
        ("veranstaltungen", "kind = 'kongress'", "art=kongress"),
    ],
)
def test_gdal_filters_by_property(
    gdal: Gdal, site: str, site_app: Flask, name: str, where: str, query: str
) -> None:
    expected = ids(site_app.test_client(), name, query)
    values, _ = gdal.read(f"OAPIF:{site}/ogc", name, where=where)
    assert list(map(str, values["id"])) == list(map(str, expected))
    assert expected
    both = ids(site_app.test_client(), name, f"{query}&{IN_BOX}")
    _, geometries = gdal.read(f"OAPIF:{site}/ogc", name, where=where, bbox=BOX)
    assert len(geometries) == len(both)


def test_gdal_reads_boundaries(gdal: Gdal, site: str, session: Session) -> None:
    source = f"OAPIF:{site}/ogc?geometry=boundary"
    assert gdal.layers(source)[0] == ("kommunen", "MultiPolygon")
    _, geometries = gdal.read(source, "kommunen")
    assert len(geometries) == total(session, "kommunen")
    assert None not in geometries


@pytest.mark.parametrize("name", COLLECTIONS)
def test_ogrinfo_of_the_system_counts_the_same(site: str, session: Session, name: str) -> None:
    """Debian's GDAL is years older than the one above."""
    done = subprocess.run(
        [GDAL.needed(), "-ro", "-al", "-so", f"OAPIF:{site}/ogc", name],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert f"Feature Count: {total(session, name)}\n" in done.stdout
    assert "Geometry: Point\n" in done.stdout
    assert "ERROR" not in done.stderr


# OWSLib ------------------------------------------------------------------------------------------


def test_owslib_finds_its_way(site: str) -> None:
    service = Features(f"{site}/ogc")
    assert service.feature_collections() == list(COLLECTIONS)
    assert service.api()["openapi"] == "3.0.3"
    assert any(one.endswith("/conf/geojson") for one in service.conformance()["conformsTo"])
    assert "kreis" in service.collection_queryables("kommunen")["properties"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_owslib_reads_every_feature(site: str, site_app: Flask, name: str) -> None:
    service = Features(f"{site}/ogc")
    features: list[dict[str, Any]] = []
    while True:
        page = service.collection_items(name, limit=50, offset=len(features))
        features += page["features"]
        if all(one["rel"] != "next" for one in page["links"]):
            break
    expected = items(site_app.test_client(), name)["features"]
    assert [one["id"] for one in features] == [one["id"] for one in expected]
    # Addresses name the host that was asked.
    for one in (*features, *expected):
        del one["properties"]["url"]
    assert features == expected
    for one in features[:5]:
        alone = service.collection_item(name, str(one["id"]))
        del alone["properties"]["url"]
        assert {key: alone[key] for key in one} == one


@pytest.mark.parametrize(
    ("name", "how", "query"),
    [
        ("kommunen", {"bbox": list(BOX), "kreis": "05962"}, f"{IN_BOX}&kreis=05962"),
        ("praxisbeispiele", {"bbox": list(BOX), "q": "ehrenamt"}, f"{IN_BOX}&q=ehrenamt"),
        ("veranstaltungen", {"datetime_": "2010-01-01/.."}, "datetime=2010-01-01/.."),
        ("ansprechstellen", {"district": "059"}, "district=059"),
    ],
)
def test_owslib_narrows(
    site: str, site_app: Flask, name: str, how: dict[str, Any], query: str
) -> None:
    found = Features(f"{site}/ogc").collection_items(name, limit=1000, **how)
    assert [one["id"] for one in found["features"]] == ids(site_app.test_client(), name, query)
    assert found["features"]


# QGIS --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_qgis_opens_every_collection(
    site: str, site_app: Flask, session: Session, tmp_path: Path
) -> None:
    QGIS.needed()
    picture = tmp_path / "qgis.png"
    done = subprocess.run(
        ["/usr/bin/python3", Path(__file__).with_name("qgis_reading.py"), site, picture],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env={
            "HOME": str(tmp_path),
            "LC_ALL": "C.UTF-8",
            "PATH": os.environ["PATH"],
            "QT_QPA_PLATFORM": "offscreen",
        },
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    client = site_app.test_client()
    for name in COLLECTIONS:
        features = items(client, name)["features"]
        assert found[name]["count"] == found[name]["read"] == total(session, name)
        assert found[name]["in_box"] == len(ids(client, name, IN_BOX))
        assert found[name]["geometry"] == "Point"
        assert set(features[0]["properties"]) <= set(found[name]["attributes"])
        names = sorted(one["properties"].get("name", "") for one in features)
        assert found[name]["names"] == [one for one in names if one]
    assert found["boundaries"]["read"] == total(session, "kommunen")
    assert found["boundaries"]["geometry"] == "Polygon"
    assert picture.stat().st_size > 20_000
