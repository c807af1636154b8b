"""From plain JSON back to drafts: what forms, revisions, imports and programmes say of an entry.

The inverse of `Draft.fields`, and forgiving: values may be missing or of the wrong form. Everything
that is wrong is told at once, each thing at its field.
"""

import dataclasses
import datetime as dt
import enum
import types
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from directory.db import utc_now
from directory.publication.saving import Draft
from directory.publication.validation import Check, Known, Problems

D = TypeVar("D", bound=Draft)

_NUMBER_EXPECTED = "Bitte eine Zahl in Ziffern angeben."


@dataclass(frozen=True)
class Reading(Generic[D]):
    """What values were understood as; `draft` may be kept only where there are no `problems`."""

    draft: D
    problems: Problems


def read_draft(kind: type[D], values: Mapping[str, Any], known: Known) -> Reading[D]:
    """Read `values` (field → plain JSON) as a draft of `kind` and check it."""
    check = Check()
    draft: D = _whole(kind, values, check)
    for field, sentence in draft.problems(known).items():
        check.say(field, sentence)
    return Reading(draft, check.problems)


def restored(kind: type[D], fields: Mapping[str, Any]) -> D:
    """Return the draft whose `fields()` these are.

    What was kept before a field existed has its default. Raise `ValueError`, naming the fields,
    where something cannot be read.
    """
    check = Check()
    draft: D = _whole(kind, fields, check)
    if check.problems:
        raise ValueError(", ".join(check.problems))
    return draft


def _whole(kind: Any, values: Any, check: Check) -> Any:
    """Return the dataclass `kind` made of `values`; whatever is not understood is replaced."""
    given = values if isinstance(values, Mapping) else {}
    read = {}
    for field, expected in _fields(kind).items():
        if given.get(field.name) is None and _has_default(field):
            continue
        read[field.name] = _value(expected, given.get(field.name), check, field.name)
    return kind(**read)


@cache
def _fields(kind: Any) -> dict["dataclasses.Field[Any]", Any]:
    hints = get_type_hints(kind)
    return {field: hints[field.name] for field in dataclasses.fields(kind)}


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


def _value(expected: Any, value: Any, check: Check, name: str) -> Any:
    origin = get_origin(expected)
    if origin is types.UnionType:
        (expected,) = (one for one in get_args(expected) if one is not types.NoneType)
        return None if value in (None, "") else _value(expected, value, check, name)
    if origin in (tuple, frozenset):
        parts = value if isinstance(value, list | tuple) else []
        return origin(
            _value(get_args(expected)[0], part, check.within(name, position), "")
            if dataclasses.is_dataclass(get_args(expected)[0])
            else _value(get_args(expected)[0], part, check, name)
            for position, part in enumerate(parts, start=1)
        )
    if dataclasses.is_dataclass(expected):
        return _whole(expected, value, check)
    return _single(expected, value, check, name)


def _single(expected: type[Any], value: Any, check: Check, name: str) -> Any:
    if expected is str:
        return value if isinstance(value, str) else "" if value is None else str(value)
    if expected is bool:
        return value is True
    if issubclass(expected, enum.Enum):
        return _member(expected, value, check, name)
    try:
        return _READERS[expected](value)
    except (ValueError, TypeError):
        reader = expected.__name__
        check.say(name, "Bitte ausfüllen." if value in (None, "") else _EXPECTED[reader])
        return _stand_in(expected)


def _member(kind: type[enum.Enum], value: Any, check: Check, name: str) -> enum.Enum:
    try:
        return kind(value)
    except ValueError:
        check.say(name, "Bitte eine Angabe auswählen.")
        return next(iter(kind))


def _whole_number(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    if not text.isascii() or not text.lstrip("-").isdecimal() or len(text) > 12:
        raise ValueError
    return int(text)


def _decimal_number(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    # As people write it here: 1.234,5; a lone point is a decimal point.
    return float(text.replace(".", "").replace(",", ".") if "," in text else text)


_READERS: dict[Any, Any] = {
    int: _whole_number,
    float: _decimal_number,
    dt.date: dt.date.fromisoformat,
    dt.time: dt.time.fromisoformat,
}
_EXPECTED = {
    "int": _NUMBER_EXPECTED,
    "float": _NUMBER_EXPECTED,
    "date": "Bitte ein Datum mit Tag, Monat und Jahr angeben.",
    "time": "Bitte eine Uhrzeit als HH:MM angeben.",
}


def _stand_in(expected: Any) -> Any:
    """Return a harmless value, so that the other fields can be checked as well."""
    return {
        int: utc_now().year,
        float: 1.0,
        dt.date: utc_now().date(),
        dt.time: dt.time(),
    }[expected]
