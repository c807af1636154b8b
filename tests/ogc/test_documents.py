"""Landing page, conformance, collections, queryables and the description hold together."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from directory.ogc.documents import CONFORMANCE
from tests.api.schemas import target
from tests.ogc.asking import COLLECTIONS, ask, ids, links

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


def test_every_link_of_every_document_leads_to_what_it_promises(client: FlaskClient) -> None:
    waiting, seen = ["http://localhost/ogc"], set()
    while waiting:
        address = waiting.pop()
        if address in seen or len(seen) > 150:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "json" not in answer.mimetype:
            continue
        document = answer.get_json(force=True)
        for one in [*document.get("links", ()), *_inner_links(document)]:
            assert one["href"].startswith("http://localhost/"), one
            if "/items" not in one["href"] or one["rel"] != "next":
                found = client.get(one["href"])
                assert found.status_code == 200, one
                assert found.headers["Content-Type"].split("; charset")[0] == one["type"], one
            waiting.append(one["href"])
    assert len(seen) > 30


def _inner_links(document: dict[str, Any]) -> list[dict[str, str]]:
    return [link for one in document.get("collections", ()) for link in one["links"]]


def test_the_landing_page_has_all_that_programmes_look_for(client: FlaskClient) -> None:
    landing = ask(client, "")
    assert landing == ask(client, "/") | {"links": landing["links"]}
    for rel in ("self", "alternate", "service-desc", "service-doc", "conformance", "data"):
        assert len(links(landing, rel)) == 1, rel


def test_conformance_names_what_holds(client: FlaskClient) -> None:
    found = ask(client, "/conformance")["conformsTo"]
    assert found == list(CONFORMANCE)
    for part in ("core", "geojson", "html", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" in found


def test_collections_say_where_and_when_their_features_are(client: FlaskClient) -> None:
    found = ask(client, "/collections")["collections"]
    assert [one["id"] for one in found] == list(COLLECTIONS)
    for one in found:
        assert one["itemType"] == "feature"
        assert one["crs"] == [CRS84]
        ((west, south, east, north),) = one["extent"]["spatial"]["bbox"]
        assert (5 < west < 6, 50 < south < 51, 9 < east < 10, 52 < north < 53) == (True,) * 4
        every = ids(client, one["id"])
        for geometry in ("point", "boundary"):
            box = f"bbox={west},{south},{east},{north}&geometry={geometry}"
            outside = set(every) - set(ids(client, one["id"], box))
            assert all(not _geometry(client, one["id"], key) for key in outside)
        ((start, end),) = one["extent"]["temporal"]["interval"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", start)
        assert start <= end
        alone = ask(client, f"/collections/{one['id']}")
        assert alone | {"links": one["links"]} == one
        assert len(links(alone, "items")) == 2
        assert len(links(alone, QUERYABLES)) == 1


def _geometry(client: FlaskClient, name: str, key: str | int) -> Any:
    return ask(client, f"/collections/{name}/items/{key}")["geometry"]


def test_queryables_are_a_schema_with_the_words_of_the_pages(client: FlaskClient) -> None:
    answer = client.get("/ogc/collections/kommunen/queryables")
    assert answer.mimetype == "application/schema+json"
    found = answer.get_json(force=True)
    assert found["$id"] == "http://localhost/ogc/collections/kommunen/queryables"
    assert found["additionalProperties"] is False
    assert found["properties"]["kind"]["enum"] == found["properties"]["art"]["enum"]
    assert {"thema", "kreis", "bezirk", "groesse", "mitglied", "ags"} <= found["properties"].keys()


def test_the_description_is_valid_and_names_every_address(
    client: FlaskClient, site_app: Flask
) -> None:
    answer = client.get("/ogc/api")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    description = answer.get_json(force=True)
    validate(description)
    assert description["servers"] == [{"url": "http://localhost/ogc"}]
    described = {re.sub(r"(?<=collections/)\w+", "{name}", path) for path in description["paths"]}
    routes = {
        re.sub(r"<(\w+)>", r"{\1}", rule.rule).removeprefix("/ogc").replace("{key}", "{featureId}")
        for rule in site_app.url_map.iter_rules()
        if rule.rule.startswith("/ogc")
    }
    assert described == {path or "/" for path in routes}
    assert len(description["paths"]) == 4 + 4 * len(COLLECTIONS)


def test_programmes_find_out_how_much_they_may_ask_for(client: FlaskClient) -> None:
    # Where QGIS and GDAL look
    schema = ask(client, "/api")["components"]["parameters"]["limit"]["schema"]
    assert schema == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_name_that_is_described_is_taken_with_its_example(
    client: FlaskClient, name: str
) -> None:
    description = ask(client, "/api")
    operation = description["paths"][f"/collections/{name}/items"]["get"]
    for one in operation["parameters"]:
        parameter = target(one["$ref"], description) if "$ref" in one else one
        schema = parameter["schema"].get("items", parameter["schema"])
        value = parameter.get("example") or (schema.get("enum") or [schema.get("default")])[0]
        if value is not None and parameter["name"] not in {"sort", "umkreis"}:
            address = f"/ogc/collections/{name}/items?{parameter['name']}={value}"
            assert client.get(address).status_code == 200, address


def test_whoever_comes_in_for_boundaries_is_led_to_them(client: FlaskClient) -> None:
    landing = ask(client, "?geometry=boundary")
    data = client.get(links(landing, "data")[0]).get_json(force=True)
    (collection,) = (one for one in data["collections"] if one["id"] == "kommunen")
    page = client.get(links(collection, "items")[0]).get_json(force=True)
    assert page["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert "geometry=boundary" in links(page, "next")[0]
