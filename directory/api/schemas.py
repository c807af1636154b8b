"""JSON Schema (2020-12) out of the classes in `api/shapes`, so that both are always the same."""

import dataclasses
import datetime as dt
import enum
import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Rule:
    """What holds for the values of a field besides their type."""

    format: str | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None

    def schema(self) -> Schema:
        """Return it as a part of a schema."""
        return {name: value for name, value in vars(self).items() if value is not None}


_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dt.date: {"type": "string", "format": "date"},
    # As clocks here show it; the format `time` wants a difference to UTC.
    dt.time: {"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$"},
    dt.datetime: {"type": "string", "format": "date-time"},
    Any: {},
    type(None): {"type": "null"},
}


def reference(shape: type[Any]) -> Schema:
    """Return the reference to the schema of a class."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def list_of(shape: type[Any], listing: type[Any]) -> Schema:
    """Return the schema of a `listing` whose items are of one class."""
    own = {"properties": {"items": {"type": "array", "items": reference(shape)}}}
    return {"allOf": [reference(listing), own]}


def schemas_of(shapes: Iterable[type[Any]], *, sent: Iterable[type[Any]] = ()) -> dict[str, Schema]:
    """Return name → schema of these classes and of all they are made of, by name.

    Of what is `sent` nothing is required, but something has to be there, and nothing else.
    """
    found = {shape.__name__: _sent(shape) for shape in sent}
    waiting = [*shapes, *(part for shape in sent for part in _parts(shape))]
    while waiting:
        shape = waiting.pop()
        if shape.__name__ not in found:
            found[shape.__name__] = _of_class(shape)
            waiting += _parts(shape)
    return dict(sorted(found.items()))


def schema_of(hint: Any) -> Schema:
    """Return the schema of one type.

    Raises:
        TypeError: nobody has said how this type looks in JSON.
    """
    if get_origin(hint) is Annotated:
        return _annotated(hint)
    if dataclasses.is_dataclass(hint):
        return reference(hint)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    return _composed(hint)


def _annotated(hint: Any) -> Schema:
    """Add what is said about a type: a text is its meaning, a rule limits it."""
    inner, *said = get_args(hint)
    schema = schema_of(inner)
    limits: Schema = {}
    for one in said:
        limits |= one.schema() if isinstance(one, Rule) else {}
    if "anyOf" in schema and limits:
        schema["anyOf"] = [
            one if one.get("type") == "null" else one | limits for one in schema["anyOf"]
        ]
    else:
        schema |= limits
    meanings = [one for one in said if isinstance(one, str)]
    return schema | ({"description": meanings[-1]} if meanings else {})


def _composed(hint: Any) -> Schema:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        schemas = [schema_of(one) for one in inner]
        # What is said about the value holds for the whole, null included.
        meaning = next((one.pop("description") for one in schemas if "description" in one), None)
        return {"anyOf": schemas} | ({"description": meaning} if meaning else {})
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin is list:
        return {"type": "array", "items": schema_of(inner[0])}
    if origin is tuple:
        size = len(inner)
        parts = [schema_of(one) for one in inner]
        return {"type": "array", "prefixItems": parts, "minItems": size, "maxItems": size}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(inner[1])}
    raise TypeError(f"no JSON Schema for {hint!r}")


def _of_class(shape: type[Any]) -> Schema:
    hints = get_type_hints(shape, include_extras=True)
    fields = dataclasses.fields(shape)
    return {
        "type": "object",
        "description": (shape.__doc__ or "").strip(),
        "properties": {field.name: schema_of(hints[field.name]) for field in fields},
        "required": [field.name for field in fields if field.default is dataclasses.MISSING],
    }


def _sent(shape: type[Any]) -> Schema:
    schema = _of_class(shape) | {"minProperties": 1, "additionalProperties": False}
    del schema["required"]
    return schema


def _parts(shape: type[Any]) -> list[type[Any]]:
    """Return the classes that the fields of a class hold."""
    waiting = list(get_type_hints(shape).values())
    found = []
    while waiting:
        hint = waiting.pop()
        if dataclasses.is_dataclass(hint):
            found.append(hint)
        waiting += get_args(hint)
    return found  # type: ignore[return-value]
