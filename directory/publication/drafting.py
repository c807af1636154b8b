"""From plain JSON back to drafts: what forms, revisions, imports and programmes say of an entry.

The inverse of `Draft.fields`, and forgiving: values may be missing or of the wrong form. Everything
that is wrong is told at once, each thing at its field.
"""

import dataclasses
import datetime as dt
import enum
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from directory.db import utc_now
from directory.publication.saving import Draft
from directory.publication.validation import Check, Known, Problems

D = TypeVar("D", bound=Draft)
# Makes something of a value; says at the field of this name what is wrong with it.
_Reader = Callable[[Any, Check, str], Any]

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
    for name, has_default, reader in _fields(kind):
        value = given.get(name)
        if value is not None or not has_default:
            read[name] = reader(value, check, name)
    return kind(**read)


@cache
def _fields(kind: Any) -> list[tuple[str, bool, _Reader]]:
    """Return what is to be read, field by field: name, whether it has a default, and how."""
    hints = get_type_hints(kind)
    return [
        (field.name, _has_default(field), _reader(hints[field.name]))
        for field in dataclasses.fields(kind)
    ]


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    missing = dataclasses.MISSING
    return field.default is not missing or field.default_factory is not missing


@cache
def _reader(expected: Any) -> _Reader:
    """Return how values of one type are read."""
    origin = get_origin(expected)
    if origin is types.UnionType:
        (inner,) = (one for one in get_args(expected) if one is not types.NoneType)
        return partial(_optional, _reader(inner))
    if origin in (tuple, frozenset):
        part = get_args(expected)[0]
        several = _wholes if dataclasses.is_dataclass(part) else _several
        return partial(several, origin, _reader(part))
    if dataclasses.is_dataclass(expected):
        return lambda value, check, _: _whole(expected, value, check)
    if expected is str:
        return _text
    if expected is bool:
        return lambda value, _check, _name: value is True
    return partial(_member if issubclass(expected, enum.Enum) else _number_or_date, expected)


def _optional(read: _Reader, value: Any, check: Check, name: str) -> Any:
    if value in (None, ""):
        return None
    understood = read(value, check, name)
    # What is not known does less harm to the checks of other fields than a stand-in.
    return None if check.has_said(name) else understood


def _several(origin: Any, read: _Reader, value: Any, check: Check, name: str) -> Any:
    return origin(read(part, check, name) for part in _parts(value))


def _wholes(origin: Any, read: _Reader, value: Any, check: Check, name: str) -> Any:
    parts = enumerate(_parts(value), start=1)
    return origin(read(part, check.within(name, position), "") for position, part in parts)


def _parts(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: Any, _check: Check, _name: str) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _number_or_date(expected: type[Any], value: Any, check: Check, name: str) -> Any:
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
