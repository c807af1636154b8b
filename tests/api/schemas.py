"""As much of JSON Schema and OpenAPI 3.1 as our description uses, checked without any library.

Whatever else a schema says is refused, so that nothing goes unchecked unnoticed.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

KEYWORDS = {
    *("type", "enum", "anyOf", "allOf", "items", "prefixItems", "properties", "required"),
    *("additionalProperties", "description", "format", "pattern", "minimum", "maximum"),
    *("minProperties", "minItems", "maxItems", "minLength", "maxLength", "default", "$ref"),
}
_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_FORMATS: dict[str, Callable[[str], object]] = {
    "date": dt.date.fromisoformat,
    "date-time": dt.datetime.fromisoformat,
    "uri": lambda text: text if urlsplit(text).scheme else int("no scheme"),
    "uri-reference": urlsplit,
}


def faults(value: Any, schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    """Yield what of `value` does not fit `schema`; references lead into `whole`."""
    unknown = schema.keys() - KEYWORDS
    assert not unknown, unknown
    if "$ref" in schema:
        yield from faults(value, target(schema["$ref"], whole), whole)
    for part in schema.get("allOf", ()):
        yield from faults(value, part, whole)
    if "anyOf" in schema and all(list(faults(value, one, whole)) for one in schema["anyOf"]):
        yield f"{value!r} fits none of {schema['anyOf']}"
    if "type" in schema and not _TYPES[schema["type"]](value):
        yield f"{value!r} is no {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{value!r} is none of {schema['enum']}"
    if isinstance(value, int | float) and not (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
    ):
        yield f"{value} is out of bounds"
    yield from _of_text(value, schema) if isinstance(value, str) else ()
    yield from _of_list(value, schema, whole) if isinstance(value, list) else ()
    yield from _of_object(value, schema, whole) if isinstance(value, dict) else ()


def target(ref: str, whole: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to."""
    found: Any = whole
    for step in ref.removeprefix("#/").split("/"):
        found = found[step]
    assert isinstance(found, dict)
    return found


def _of_text(value: str, schema: dict[str, Any]) -> Iterator[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{value!r} is not written like {schema['pattern']}"
    if "format" in schema:
        try:
            _FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{value!r} is no {schema['format']}"


def _of_list(value: list[Any], schema: dict[str, Any], whole: dict[str, Any]) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{len(value)} items are too many or too few"
    for one in value:
        yield from faults(one, schema.get("items", {}), whole)
    for one, part in zip(value, schema.get("prefixItems", ()), strict=False):
        yield from faults(one, part, whole)


def _of_object(
    value: dict[str, Any], schema: dict[str, Any], whole: dict[str, Any]
) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{name} is missing"
    if len(value) < schema.get("minProperties", 0):
        yield "members are missing"
    known = schema.get("properties", {})
    for name, one in value.items():
        if name in known:
            for fault in faults(one, known[name], whole):
                yield f"{name}: {fault}"
        elif schema.get("additionalProperties") is False:
            yield f"{name} is not known"
        elif "additionalProperties" in schema:
            yield from faults(one, schema["additionalProperties"], whole)
