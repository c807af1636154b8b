"""The OpenAPI 3.1 description, made from the table of operations and the classes of the answers.

Examples are real: each operation is asked when the description is made, so they are what the
catalogue answers today.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from directory.api import shapes
from directory.api.operations import OPERATIONS, Operation
from directory.api.parameters import Parameter
from directory.api.schemas import Schema, list_of, reference, schemas_of
from directory.errors import DirectoryError
from directory.search.reference import Reference

OPENAPI = "3.1.0"
# Of the interface; a name that goes or changes its meaning makes it a 2.
VERSION = "1.0.0"
PROBLEM = "application/problem+json"
JSON = "application/json"
# All municipalities of North Rhine-Westphalia can still be listed, those of Germany cannot.
_MOST_VALUES = 500

# What can go wrong, whatever is asked.
ERRORS = {
    404: "Den Eintrag gibt es nicht, oder er ist nicht (mehr) veröffentlicht",
    406: "Die Anfrage nimmt kein JSON an",
    422: "Die Adresse nennt etwas, das es hier nicht gibt; `errors` nennt jede Angabe",
    429: "Zu viele Anfragen in dieser Minute; `Retry-After` nennt die Sekunden bis zur nächsten",
    500: "Fehler auf unserer Seite",
    503: "Die Datenbank antwortet gerade nicht; `Retry-After` nennt die Sekunden",
}
_TITLES = {
    404: "Nicht gefunden",
    406: "Nicht in dieser Form",
    422: "Anfrage nicht verstanden",
    429: "Zu viele Anfragen",
    500: "Fehler auf unserer Seite",
    503: "Vorübergehend nicht erreichbar",
}
_INTRODUCTION = (
    "Alles Öffentliche aus dem Verzeichnis des Kommunen-Netzwerks: engagiert in NRW. Lesen darf "
    "jede Website und jedes Programm, ohne Anmeldung. Fehler sind `application/problem+json` "
    "(RFC 9457). Jede Antwort hat einen `ETag`; wer ihn mit `If-None-Match` zurückschickt, bekommt "
    "`304`, solange sich nichts geändert hat. Filter heißen wie auf den Seiten: mehrere Werte "
    "eines Namens heißen „oder“, mehrere Namen „und“."
)
_HEADERS: dict[str, tuple[str, Schema]] = {
    "ETag": ("Kennzeichen dieses Standes", {"type": "string"}),
    "Cache-Control": ("Wie lange die Antwort gilt", {"type": "string"}),
    "RateLimit": (
        "Wie viele Anfragen in wie vielen Sekunden noch möglich sind; fehlt, wo keine zählt",
        {"type": "string"},
    ),
    "RateLimit-Policy": ("Wie viele Anfragen in wie vielen Sekunden", {"type": "string"}),
    "Retry-After": ("Sekunden bis zum nächsten Versuch", {"type": "integer", "minimum": 0}),
}


class Sampling:
    """Asks operations for real answers; made once for each description."""

    def __init__(self, ask: Any) -> None:
        """`ask(operation, values, query)` answers like the operation itself, as plain JSON."""
        self._ask = ask

    def values(self, operation: Operation) -> dict[str, Any]:
        """Return what to put into the path so that there is an answer."""
        found = {one.name: one.example for one in operation.in_path}
        if "id" in found:
            items = self._ask(_named("practices"), {}, "limit=1")["items"]
            found["id"] = items[0]["id"] if items else None
        return found

    def answer(self, operation: Operation) -> Any:
        """Return a real answer, None if the catalogue has none."""
        values = self.values(operation)
        if None in values.values():
            return None
        try:
            return self._ask(operation, values, operation.example)
        except DirectoryError:
            return None


def describe(reference_: Reference, sampling: Sampling, *, server: str) -> dict[str, Any]:
    """Return the whole description; `server` is the address all paths stand below."""
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Kommunen-Verzeichnis",
            "version": VERSION,
            "summary": "Kommunen, Praxisbeispiele, Ansprechstellen und Veranstaltungen",
            "description": _INTRODUCTION,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
        "paths": {
            path_of(one): {"get": _operation(one, reference_, sampling)} for one in OPERATIONS
        },
        "components": {
            "schemas": schemas_of(
                [shapes.Listing, shapes.Problem, *(one.shape for one in OPERATIONS)]
            ),
            "headers": {
                name: {"description": meaning, "schema": schema}
                for name, (meaning, schema) in _HEADERS.items()
            },
            "responses": {_error_name(status): _error(status) for status in ERRORS}
            | {"NotModified": {"description": "Es hat sich nichts geändert"}},
        },
    }


def path_of(operation: Operation) -> str:
    """Return the path as OpenAPI writes it: `/municipalities/{ags}`."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.rule)


def errors_of(operation: Operation) -> Sequence[int]:
    """Return which errors an operation may answer with."""
    missing = set() if operation.in_path else {404}
    missing |= set() if operation.counts else {429}
    return [status for status in ERRORS if status not in missing]


def _named(name: str) -> Operation:
    return next(one for one in OPERATIONS if one.name == name)


def _operation(operation: Operation, values: Reference, sampling: Sampling) -> dict[str, Any]:
    shape = operation.shape
    content: dict[str, Any] = {
        "schema": list_of(shape, shapes.Listing) if operation.is_list else reference(shape)
    }
    if (example := sampling.answer(operation)) is not None:
        content["example"] = example
    in_path = sampling.values(operation)
    return {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [
            *(_in_path(one, in_path) for one in operation.in_path),
            *_in_query(operation.in_query, values),
        ],
        "responses": {
            "200": {
                "description": (shape.__doc__ or "").strip() if not operation.is_list else "Liste",
                "headers": _headers(
                    "ETag",
                    "Cache-Control",
                    *(("RateLimit", "RateLimit-Policy") if operation.counts else ()),
                ),
                "content": {JSON: content},
            },
            "304": {"$ref": "#/components/responses/NotModified"},
        }
        | {
            str(status): {"$ref": f"#/components/responses/{_error_name(status)}"}
            for status in errors_of(operation)
        },
    }


def _in_path(parameter: Parameter, values: Mapping[str, Any]) -> dict[str, Any]:
    example = values.get(parameter.name)
    return {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "description": parameter.meaning,
        "schema": parameter.schema,
    } | ({} if example is None else {"example": example})


def _in_query(parameters: Sequence[Parameter], reference_: Reference) -> Iterator[dict[str, Any]]:
    for one in parameters:
        schema = one.schema
        if one.values is not None:
            known = list(one.values(reference_))
            if 0 < len(known) <= _MOST_VALUES:
                schema = schema | {"enum": known}
        elif schema["type"] == "string" and not one.may_be_empty:
            schema = {"minLength": 1} | schema
        if one.repeats:
            schema = {"type": "array", "items": schema, "minItems": 1}
        described: dict[str, Any] = {
            "name": one.name,
            "in": "query",
            "description": one.meaning,
            "schema": schema,
        }
        if one.repeats:
            described |= {"style": "form", "explode": True}
        if one.example is not None:
            described["example"] = one.example
        yield described


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _error_name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


def _error(status: int) -> dict[str, Any]:
    headers = {429: ("Retry-After", "RateLimit", "RateLimit-Policy"), 503: ("Retry-After",)}
    detail = ERRORS[status].replace("`", "")
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES[status],
        "status": status,
        "detail": f"{detail}.",
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        wrong = {"name": "limit", "detail": "„limit“ muss eine ganze Zahl von 1 bis 100 sein."}
        example |= {"detail": wrong["detail"], "errors": [wrong]}
    described: dict[str, Any] = {
        "description": ERRORS[status],
        "content": {PROBLEM: {"schema": reference(shapes.Problem), "example": example}},
    }
    if status in headers:
        described["headers"] = _headers(*headers[status])
    return described
