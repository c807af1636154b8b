"""The description is valid OpenAPI 3.1, names every route, and its examples are real answers."""

import re
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.api import samples
from directory.api.description import path_of
from directory.api.operations import ALL, OF_BEARERS, OPERATIONS
from directory.api.tags import dumped
from directory.api.views import PREFIX
from tests.api.schemas import faults, target
from tests.pages import get
from tests.tokens import COMPLETE, bearer


@pytest.fixture(scope="module")
def description(site_app: Flask) -> dict[str, Any]:
    answer = site_app.test_client().get(f"{PREFIX}/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def operations(description: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{PREFIX}{path}": item["get"] for path, item in description["paths"].items()}


def test_every_route_is_described_and_nothing_else(
    site_app: Flask, description: dict[str, Any]
) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in site_app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (PREFIX + path, method) for path, item in description["paths"].items() for method in item
    }
    assert described == routes
    assert len(described) == len(ALL)


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [ref for one in part.values() for ref in references(one)]
    return [ref for one in part for ref in references(one)] if isinstance(part, list) else []


def test_the_description_holds_together(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert description["servers"] == [{"url": "http://localhost/api/v1"}]
    used = set(references(description))
    for ref in used:
        assert target(ref, description)
    kinds = description["components"]
    assert {f"#/components/schemas/{name}" for name in kinds["schemas"]} <= used
    names = [one["operationId"] for item in description["paths"].values() for one in item.values()]
    assert len(names) == len(set(names))
    for path, one in operations(description).items():
        in_path = [each["name"] for each in one["parameters"] if each["in"] == "path"]
        assert in_path == re.findall(r"{(\w+)}", path)
        assert {"200", "304", "406", "422", "500", "503"} <= set(one["responses"])
        assert ("404" in one["responses"]) == bool(in_path)
        for each in one["parameters"]:
            assert each["description"]
            example = each.get("example")
            assert example is None or not list(faults(example, each["schema"], description))


def test_the_description_is_valid_openapi(description: dict[str, Any]) -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(description, cls=validator.OpenAPIV31SpecValidator)


def test_examples_are_what_is_answered(client: FlaskClient, description: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.rule)
        one = description["paths"][path]["get"]
        values = {
            each["name"]: each["example"] for each in one["parameters"] if each["in"] == "path"
        }
        answer = client.get(f"{PREFIX}{path.format(**values)}?{operation.example}")
        content = one["responses"]["200"]["content"]["application/json"]
        assert content["example"] == answer.get_json()


def test_answers_fit_their_schemas(client: FlaskClient, description: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.rule)
        one = description["paths"][path]["get"]
        values = {
            each["name"]: each["example"] for each in one["parameters"] if each["in"] == "path"
        }
        query = "limit=100" if operation.is_list else operation.example
        answer = client.get(f"{PREFIX}{path.format(**values)}?{query}").get_json()
        schema = one["responses"]["200"]["content"]["application/json"]["schema"]
        assert list(faults(answer, schema, description)) == []
    for refused in ("/practices/0", "/topics?farbe=rot"):
        problem = client.get(PREFIX + refused).get_json()
        assert not list(faults(problem, {"$ref": "#/components/schemas/Problem"}, description))


def test_a_wrong_answer_does_not_fit(client: FlaskClient, description: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Municipality"}
    hemer = client.get(f"{PREFIX}/municipalities/05962016").get_json()
    for change in (
        {"ags": "5962016"},
        {"kind": "dorf"},
        {"point": [7.7]},
        {"population": "viele"},
        {"population_date": "gestern"},
        {"county": {"ags": "05962"}},
        {"topics": None},
        {"url": "/kommunen/hemer"},
    ):
        assert list(faults(hemer | change, schema, description)), change
    del hemer["evidence"]
    assert list(faults(hemer, schema, description))


def test_the_page_shows_the_whole_description(
    client: FlaskClient, description: dict[str, Any]
) -> None:
    page = get(client, "/api/docs")
    assert page.h1 == "Schnittstelle für Programme"
    for path, one in operations(description).items():
        assert path in page.text
        for each in one["parameters"]:
            assert each["name"] in page.text
    assert "Hemer" in page.text
    # What a filter may be, and within which bounds a number
    assert "Werte: kreisfreie-stadt, kreisangehoerige-stadt," in page.text
    assert "Werte: 1 bis 100, ohne Angabe 20" in page.text


def test_what_needs_a_token_says_so(description: dict[str, Any]) -> None:
    assert description["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for operation in ALL:
        one = description["paths"][path_of(operation)][operation.method.lower()]
        if operation.scope is None:
            assert "security" not in one
            continue
        assert one["security"] == [{"token": [operation.scope.value]}]
        expected = {401, 403, 406, 422, 429, 500, 503, *operation.statuses}
        expected |= {404} if operation.in_path else set()
        expected |= {400, 409, 413, 415} if operation.body else {304}
        expected |= {412, 428} if operation.needs_tag else set()
        assert set(one["responses"]) == {f"{status:d}" for status in expected}
        in_head = [each["name"] for each in one["parameters"] if each["in"] == "header"]
        assert in_head == (["If-Match"] if operation.needs_tag else [])


def test_made_up_examples_fit_their_schemas(description: dict[str, Any]) -> None:
    for operation in OF_BEARERS:
        one = description["paths"][path_of(operation)][operation.method.lower()]
        for status in operation.statuses:
            content = one["responses"][f"{status:d}"]["content"]["application/json"]
            assert not list(faults(content["example"], content["schema"], description))
        if operation.body is not None:
            content = one["requestBody"]["content"]["application/json"]
            assert not list(faults(content["example"], content["schema"], description))
            assert list(faults({"titel": "X"}, content["schema"], description))


def test_made_up_examples_can_be_sent(app: Flask) -> None:
    city = bearer(app)
    begun = city.post("/practices", samples.NEW)
    assert begun.status_code == 201
    changed = city.patch(begun.location, samples.CHANGE, begun.headers["ETag"])
    shown, kept = orjson.loads(dumped(samples.DRAFT)), changed.get_json()
    made = ("id", "created_at", "updated_at", "url")
    assert {name: kept[name] for name in kept if name not in made} == {
        name: shown[name] for name in shown if name not in made
    }


def test_answers_to_tokens_fit_their_schemas(app: Flask, description: dict[str, Any]) -> None:
    city = bearer(app)
    schema = {"$ref": "#/components/schemas/Draft"}
    empty = city.post("/practices", {"title": "X"})
    full = city.post("/practices", COMPLETE)
    listed = city.get("/drafts")
    for answer in (empty.get_json(), full.get_json(), *listed.get_json()["items"]):
        assert not list(faults(answer, schema, description))
    problem = {"$ref": "#/components/schemas/Problem"}
    for refused in (
        city.post("/practices", {"title": 7}),
        city.patch(full.location, {"title": "X"}, '"alt"'),
        city.patch(full.location, {"title": "X"}, None),
        app.test_client().get("/api/v1/drafts"),
    ):
        assert refused.status_code >= 400
        assert not list(faults(refused.get_json(), problem, description))
