"""The OpenAPI 3.1 description, made from the table of operations and the classes of the answers.

Examples are real: each operation is asked when the description is made, so they are what the
catalogue answers today.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson

from directory.accounts.bearers import ALLOWANCES
from directory.api import shapes
from directory.api.operations import ALL, OPERATIONS, Operation
from directory.api.schemas import Schema, list_of, reference, schemas_of
from directory.api.tags import JSON, dumped
from directory.errors import DirectoryError
from directory.search.lists.reference import Reference
from directory.search.parameters import Parameter

OPENAPI = "3.1.0"
# Of the interface; a name that goes or changes its meaning makes it a 2.
VERSION = "1.0.0"
PROBLEM = "application/problem+json"
# All municipalities of North Rhine-Westphalia can still be listed, those of Germany cannot.
_MOST_VALUES = 500

# What can go wrong, whatever is asked.
ERRORS = {
    400: "Das Gesendete ist kein JSON",
    401: "Es fehlt ein Zugriffsschlüssel, oder er gilt nicht (mehr)",
    403: "Der Zugriffsschlüssel reicht dafür nicht, oder die Kommune gehört nicht zum Konto",
    404: "Den Eintrag gibt es nicht, oder er ist nicht (mehr) veröffentlicht",
    406: "Die Anfrage nimmt kein JSON an",
    409: "Der Schritt passt nicht dazu, wo der Entwurf steht",
    412: "Der Stand in `If-Match` ist nicht der jetzige, den `etag` nennt; nichts ist geändert",
    413: "Das Gesendete ist zu groß",
    415: "Das Gesendete ist nicht von einer Art, die hier gilt",
    422: "Etwas Angegebenes gibt es hier nicht oder ist falsch; `errors` nennt jede Angabe",
    428: "`If-Match` fehlt: der `ETag` des Standes, der geändert werden soll",
    429: "Zu viele Anfragen in dieser Minute; `Retry-After` nennt die Sekunden bis zur nächsten",
    500: "Fehler auf unserer Seite",
    503: "Die Datenbank antwortet gerade nicht; `Retry-After` nennt die Sekunden",
}
_TITLES = {
    400: "Kein JSON",
    401: "Zugriffsschlüssel nötig",
    403: "Dafür reicht der Zugriffsschlüssel nicht",
    404: "Nicht gefunden",
    406: "Nicht in dieser Form",
    409: "Das passt nicht zum Stand des Eintrags",
    412: "Inzwischen geändert",
    413: "Zu groß",
    415: "Nicht in dieser Form",
    422: "Anfrage nicht verstanden",
    428: "If-Match nötig",
    429: "Zu viele Anfragen",
    500: "Fehler auf unserer Seite",
    503: "Vorübergehend nicht erreichbar",
}
_INTRODUCTION = (
    "Alles Öffentliche aus dem Verzeichnis des Kommunen-Netzwerks: engagiert in NRW. Lesen darf "
    "jede Website und jedes Programm, ohne Anmeldung. Fehler sind `application/problem+json` "
    "(RFC 9457). Jede Antwort hat einen `ETag`; wer ihn mit `If-None-Match` zurückschickt, bekommt "
    "`304`, solange sich nichts geändert hat. Filter heißen wie auf den Seiten: mehrere Werte "
    "eines Namens heißen „oder“, mehrere Namen „und“.\n\n"
    "Schreiben darf, wer ein Konto hat, mit einem Zugriffsschlüssel "
    "(`Authorization: Bearer …`): Entwürfe von Praxisbeispielen, auf demselben "
    "Weg und mit denselben Rechten wie in der Redaktion. Wer etwas ändert, nennt in `If-Match` den "
    "`ETag` des Standes, den er gelesen hat."
)
_TOKENS = {
    "type": "http",
    "scheme": "bearer",
    "description": "Ein Zugriffsschlüssel, auf der Seite „Konto“ angelegt. Möglich sind "
    f"{ALLOWANCES['read']} lesende und {ALLOWANCES['write']} schreibende Anfragen in der Minute.",
}
_SCHEME = "token"
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "Der `ETag` des Standes, der geändert werden soll",
    "schema": {"type": "string", "pattern": r'^(W/)?"[0-9a-f]{12}"$'},
    "example": 'W/"0123456789ab"',
}
_HEADERS: dict[str, tuple[str, Schema]] = {
    "ETag": ("Kennzeichen dieses Standes", {"type": "string"}),
    "Cache-Control": ("Wie lange die Antwort gilt", {"type": "string"}),
    "RateLimit": (
        "Wie viele Anfragen in wie vielen Sekunden noch möglich sind; fehlt, wo keine zählt",
        {"type": "string"},
    ),
    "RateLimit-Policy": ("Wie viele Anfragen in wie vielen Sekunden", {"type": "string"}),
    "Location": ("Adresse des Entwurfs", {"type": "string", "format": "uri"}),
    "Content-Location": ("Adresse des Entwurfs", {"type": "string", "format": "uri"}),
    "WWW-Authenticate": ("Was am Zugriffsschlüssel fehlt (RFC 6750)", {"type": "string"}),
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
        if found.get("id", 0) is None:
            items = self._ask(_named("practices"), {}, "limit=1")["items"]
            found["id"] = items[0]["id"] if items else None
        return found

    def answer(self, operation: Operation) -> Any:
        """Return a real answer, None if the catalogue has none."""
        values = self.values(operation)
        if operation.scope is not None:
            return orjson.loads(dumped(operation.sample))
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
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in ALL)],
        "paths": _paths(reference_, sampling),
        "components": {
            "schemas": schemas_of(
                [shapes.Listing, shapes.Problem, *(one.shape for one in ALL)],
                sent=[one.body for one in ALL if one.body],
            ),
            "securitySchemes": {_SCHEME: _TOKENS},
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
    missing |= set() if operation.scope else {401, 403}
    missing |= set() if operation.body else {400, 409, 413, 415}
    missing |= set() if operation.needs_tag else {412, 428}
    return [status for status in ERRORS if status not in missing]


def _paths(reference_: Reference, sampling: Sampling) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for one in ALL:
        described = _operation(one, reference_, sampling)
        paths.setdefault(path_of(one), {})[one.method.lower()] = described
    return paths


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
    shown: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [
            *(_in_path(one, in_path) for one in operation.in_path),
            *_in_query(operation.in_query, values),
            *((_IF_MATCH,) if operation.needs_tag else ()),
        ],
        "responses": _good_answers(operation, content)
        | {
            str(status): {"$ref": f"#/components/responses/{_error_name(status)}"}
            for status in errors_of(operation)
        },
    }
    if operation.scope is not None:
        shown["security"] = [{_SCHEME: [operation.scope.value]}]
    if operation.body is not None:
        taken = {"schema": reference(operation.body), "example": operation.body_example}
        shown["requestBody"] = {
            "required": True,
            "content": dict.fromkeys(operation.types_taken, taken),
        }
    return shown


def _good_answers(operation: Operation, content: Mapping[str, Any]) -> dict[str, Any]:
    names = ["ETag", "Cache-Control"]
    names += ["RateLimit", "RateLimit-Policy"] if operation.counts else []
    names += ["Content-Location"] if operation.body else []
    meaning = "Liste" if operation.is_list else (operation.shape.__doc__ or "").strip()
    answer = {"description": meaning, "headers": _headers(*names), "content": {JSON: content}}
    if operation.body is None:
        return {"200": answer, "304": {"$ref": "#/components/responses/NotModified"}}
    begun = answer | {
        "description": "Ein Entwurf ist entstanden",
        "headers": _headers(*names, "Location"),
    }
    answers = {HTTPStatus.OK: answer, HTTPStatus.CREATED: begun}
    return {f"{status:d}": answers[status] for status in operation.statuses}


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
    headers = {
        401: ("WWW-Authenticate",),
        412: ("ETag",),
        429: ("Retry-After", "RateLimit", "RateLimit-Policy"),
        503: ("Retry-After",),
    }
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
    if status == HTTPStatus.PRECONDITION_FAILED:
        example |= {"etag": 'W/"0123456789ab"'}
    described: dict[str, Any] = {
        "description": ERRORS[status],
        "content": {PROBLEM: {"schema": reference(shapes.Problem), "example": example}},
    }
    if status in headers:
        described["headers"] = _headers(*headers[status])
    return described
