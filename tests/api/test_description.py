"""The description is valid OpenAPI 3.1, names every route, and its examples are real answers."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.api.operations import OPERATIONS
from directory.api.views import PREFIX
from tests.api.schemas import faults, target
from tests.pages import get


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
    assert len(described) >= len(OPERATIONS)


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
    names = [one["operationId"] for one in operations(description).values()]
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
