"""`/api/v1/openapi.json` and `/api/docs`: the description for programmes, and the same to read."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from directory.accounts.bearers import ALLOWANCES
from directory.accounts.open_doors import PER_MINUTE
from directory.api.description import Sampling, describe
from directory.api.operations import ALL, Operation
from directory.api.parameters import read
from directory.api.presenters import absolute, addressed_at
from directory.api.tags import JSON, dumped
from directory.api.views import PREFIX, admit, bp, reference
from directory.db import db
from directory.publication.catalogue import prepared
from directory.web.prepared import Prepared

pages = Blueprint("api_docs", __name__, url_prefix="/api")
# More values than these are no choice to read through.
_MOST_SHOWN = 60
_INDENTED = orjson.OPT_INDENT_2
# Stands in what is kept for all readers; nobody is there (RFC 2606).
_NOWHERE = "https://directory.invalid"


@bp.get("/openapi.json")
def openapi() -> Response:
    """Send the description."""
    admit()
    read(request.path, request.args, (), reference)
    return Prepared(_description(), JSON).response(request)


@pages.get("/docs")
def docs() -> str:
    """Show the description to people."""
    groups = list(_groups(orjson.loads(_description())))
    return render_template(
        "api/docs.html",
        contents=[("Grundlagen", "grundlagen"), *((one["label"], one["anchor"]) for one in groups)],
        groups=groups,
        description_href=url_for("api.openapi"),
        base=absolute(PREFIX),
        per_minute=PER_MINUTE,
        per_minute_writing=ALLOWANCES["write"],
    )


def _description() -> bytes:
    """Return the description of the present catalogue, with addresses as this reader sees them."""
    kept = prepared(db.session, "openapi", lambda _: _described_at(_NOWHERE))
    return kept.replace(_NOWHERE.encode(), absolute("").encode())


def _described_at(base: str) -> bytes:
    with addressed_at(base):
        return dumped(describe(reference(), Sampling(_ask), server=absolute(PREFIX)))


def _ask(operation: Operation, values: dict[str, Any], query: str) -> Any:
    """Answer as the operation would if somebody asked this."""
    path = url_for(f"api.{operation.name}", **values)
    args: MultiDict[str, str] = MultiDict(parse_qsl(query))
    asked = read(path, args, operation.in_query, reference)
    return orjson.loads(dumped(operation.do(asked, **values)))


def _groups(description: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the operations as the page shows them, one group a tag."""
    for tag in description["tags"]:
        name = tag["name"]
        yield {
            "label": name,
            "anchor": name.lower(),
            "operations": [
                _shown(path, method, operation, description)
                for path, item in description["paths"].items()
                for method, operation in item.items()
                if operation["tags"] == [name]
            ],
        }


def _shown(
    path: str, method: str, operation: dict[str, Any], description: dict[str, Any]
) -> dict[str, Any]:
    answers = operation["responses"]
    example = (answers.get("200") or answers["201"])["content"][JSON].get("example")
    row = next(one for one in ALL if one.name == operation["operationId"])
    schemas = description["components"]["schemas"]
    return {
        "method": method.upper(),
        "scope": row.scope.value if row.scope else "",
        "sent": list(_fields(schemas[row.body.__name__])) if row.body else [],
        "sent_example": _indented(row.body_example),
        "path": f"{PREFIX}{path}",
        "anchor": operation["operationId"],
        "summary": _plain(operation["summary"]),
        "parameters": [
            {
                "name": one["name"],
                "required": one.get("required", False),
                "meaning": _plain(one["description"]),
                "choices": ", ".join(_values(one["schema"])),
            }
            for one in operation["parameters"]
        ],
        "fields": list(_fields(schemas[row.shape.__name__])),
        "example": _indented(example),
    }


def _indented(example: Any) -> str:
    return orjson.dumps(example, option=_INDENTED).decode() if example else ""


def _values(schema: dict[str, Any]) -> list[str]:
    inner = schema.get("items", schema)
    if len(inner.get("enum", ())) > _MOST_SHOWN:
        return []
    if "enum" in inner:
        return [str(one) for one in inner["enum"]]
    if "minimum" in inner:
        usual = f", ohne Angabe {inner['default']}" if "default" in inner else ""
        return [f"{inner['minimum']:g} bis {inner['maximum']:g}{usual}"]
    return []


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, one in schema["properties"].items():
        yield name, _plain(one.get("description", ""))


def _plain(text: str) -> str:
    return text.replace("`", "")
