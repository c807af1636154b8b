"""The OpenAPI 3.0 description of what stands below `/ogc`, made from the table of collections."""

from collections.abc import Iterable, Iterator
from typing import Any

from directory.ogc.collections import Collection
from directory.ogc.documents import DESCRIPTION, TITLE, schema_of
from directory.ogc.fields import Field
from directory.ogc.links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from directory.ogc.questions import FORM, GEOMETRY, OF_ITEM, OF_ITEMS
from directory.search.lists.reference import Reference
from directory.search.parameters import Parameter, Schema

# Of the interface; a name that goes or changes its meaning makes it a 2.
VERSION = "1.0.0"
PROBLEM = "application/problem+json"

_ERRORS = {
    "400": "Die Adresse nennt etwas, das es hier nicht gibt; `errors` nennt jede Angabe",
    "404": "Sammlung oder Feature gibt es nicht (mehr)",
    "406": "Die Anfrage nimmt weder JSON noch HTML an",
    "429": "Zu viele Anfragen in dieser Minute; `Retry-After` nennt die Sekunden",
}
_DOCUMENTS = (
    ("/", "landing", "Einstieg", JSON),
    ("/conformance", "conformance", "Erfüllte Klassen des Standards", JSON),
    ("/api", "api", "Diese Beschreibung", OPENAPI),
    ("/collections", "collections", "Alle Sammlungen", JSON),
)
_SHARED = {one.name: one for one in (*OF_ITEMS, *OF_ITEM)}


_COMMON = [{"$ref": f"#/components/parameters/{one.name}"} for one in (FORM, GEOMETRY)]


def describe(
    collections: Iterable[Collection], reference: Reference, server: str
) -> dict[str, Any]:
    """Return the whole description; `server` is the address all paths stand below."""
    collections = list(collections)
    paths = {
        path: _get(name, "Grundlagen", summary, mimetype, {"type": "object"}, _COMMON)
        for path, name, summary, mimetype in _DOCUMENTS
    }
    for one in collections:
        paths |= _paths(one, reference)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "EUPL-1.2"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": "Grundlagen"}, *({"name": one.title} for one in collections)],
        "paths": paths,
        "components": {
            "parameters": {name: _parameter(one, reference) for name, one in _SHARED.items()},
            "schemas": _schemas(collections),
            "responses": {
                f"error{status}": {
                    "description": meaning,
                    "content": {PROBLEM: {"schema": _named("problem")}},
                }
                for status, meaning in _ERRORS.items()
            },
        },
    }


def _paths(one: Collection, reference: Reference) -> dict[str, Any]:
    base = f"/collections/{one.id}"
    feature_id = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "description": f"Kennung: {one.singular}",
        "schema": dict(one.id_schema),
        "example": one.example,
    }
    of_items = [
        _shared(each) if each.name in _SHARED else _parameter(each, reference)
        for each in one.parameters
    ]
    of_item = [feature_id, *map(_shared, OF_ITEM)]
    return {
        base: _get(one.id, one.title, one.description, JSON, {"type": "object"}, _COMMON),
        f"{base}/queryables": _get(
            f"{one.id}.queryables", one.title, "Filter", SCHEMA, {"type": "object"}, _COMMON
        ),
        f"{base}/items": _get(
            f"{one.id}.items", one.title, one.title, GEOJSON, _named(f"{one.id}List"), of_items
        ),
        f"{base}/items/{{featureId}}": _get(
            f"{one.id}.item", one.title, one.singular, GEOJSON, _named(f"{one.id}Feature"), of_item
        ),
    }


def _get(
    name: str, tag: str, summary: str, mimetype: str, schema: Schema, parameters: list[Any]
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": name,
            "tags": [tag],
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": summary,
                    "content": {
                        mimetype: {"schema": schema},
                        HTML: {"schema": {"type": "string"}},
                    },
                },
                "304": {"description": "Es hat sich nichts geändert"},
            }
            | {status: {"$ref": f"#/components/responses/error{status}"} for status in _ERRORS},
        }
    }


def _shared(one: Parameter) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{one.name}"}


def _named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(one: Parameter, reference: Reference) -> dict[str, Any]:
    schema = schema_of(one, reference)
    is_list = one.repeats or schema["type"] == "array"
    if one.repeats:
        schema = {"type": "array", "items": schema}
    described: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "description": one.meaning,
        "required": False,
        "schema": schema,
    }
    if is_list:
        described |= {"style": "form", "explode": one.repeats}
    if one.example is not None and not is_list:
        described["example"] = one.example
    return described


def _schemas(collections: Iterable[Collection]) -> dict[str, Any]:
    link_text = {"type": "string"}
    schemas: dict[str, Any] = {
        "link": {
            "type": "object",
            "required": ["href", "rel"],
            "properties": dict.fromkeys(("href", "rel", "type", "title", "hreflang"), link_text),
        },
        "problem": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                **dict.fromkeys(("type", "title", "detail"), link_text),
                "status": {"type": "integer"},
                "errors": {"type": "array", "items": {"type": "object"}},
            },
        },
        "geometry": {
            "type": "object",
            "nullable": True,
            "description": f"{GEOMETRY.meaning}; null ohne bekannten Ort",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"type": "string", "enum": ["Point", "MultiPolygon"]},
                "coordinates": {"type": "array", "items": {}},
            },
        },
    }
    for one in collections:
        schemas |= dict(_schemas_of(one))
    return schemas


def _schemas_of(one: Collection) -> Iterator[tuple[str, dict[str, Any]]]:
    links = {"type": "array", "items": _named("link")}
    number = {"type": "integer", "minimum": 0}
    yield (
        f"{one.id}Feature",
        {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": dict(one.id_schema),
                "geometry": _named("geometry"),
                "properties": {
                    "type": "object",
                    "required": [each.name for each in one.fields],
                    "properties": {each.name: _property(each) for each in one.fields},
                },
                "links": links,
            },
        },
    )
    yield (
        f"{one.id}List",
        {
            "type": "object",
            "required": ["type", "features", "links", "numberMatched", "numberReturned"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "numberMatched": number,
                "numberReturned": number,
                "links": links,
                "features": {"type": "array", "items": _named(f"{one.id}Feature")},
            },
        },
    )


def _property(one: Field) -> Schema:
    return one.schema | {"description": one.title} | ({"nullable": True} if one.nullable else {})
