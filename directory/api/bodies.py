"""What programmes send: read strictly by the class that describes it, all faults told at once."""

import dataclasses
import enum
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
from werkzeug.datastructures import ETags

from directory.errors import BadInput, DirectoryError
from directory.publication.validation import MOST_ITEMS
from directory.text import clean
from directory.web.prepared import Prepared

MERGE_PATCH = "application/merge-patch+json"
# Of more faults nobody reads the rest.
_MOST_TOLD = 50
_LONGEST_NAME = 40

_UNREAD_ENTRY = (
    "Das ist nicht mehr, wie Sie es gelesen haben. Überschrieben wurde nichts. Bitte lesen Sie es "
    "noch einmal und senden dann dessen ETag mit."
)
_UNREAD_DRAFT = (
    "Zu diesem Praxisbeispiel gibt es einen Entwurf, dessen Stand Sie nicht genannt haben. "
    "Überschrieben wurde nichts. Bitte lesen Sie ihn und senden dann dessen ETag mit."
)

Faults = list[tuple[str, str]]


class BadBody(BadInput):
    """What was sent cannot be kept; `errors` name each thing."""

    title = "Angaben unvollständig oder falsch"

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        told = faults[:_MOST_TOLD]
        super().__init__(" ".join(f"{name}: {detail}" if name else detail for name, detail in told))
        self.members = {"errors": [{"name": name, "detail": detail} for name, detail in told]}


class NoJson(DirectoryError):
    """What was sent says to be JSON and is none."""

    status = 400
    title = "Kein JSON"


class UnknownForm(DirectoryError):
    """What was sent is not of a type that is taken here."""

    status = 415
    title = "Nicht in dieser Form"

    def __init__(self, taken: Sequence[str], header: str) -> None:
        listed = " oder ".join(taken)
        super().__init__(f"Bitte senden Sie JSON, mit „Content-Type: {listed}“.")
        self.headers = {header: ", ".join(taken)}


class TagNeeded(DirectoryError):
    """Somebody changes something without saying which state of it they have read."""

    status = 428
    title = "If-Match nötig"

    def __init__(self) -> None:
        super().__init__(
            "Bitte senden Sie in „If-Match“ den ETag des Standes mit, den Sie gelesen haben. "
            "So wird nichts überschrieben, was Sie nicht kennen; „*“ genügt nicht."
        )


class Stale(DirectoryError):
    """Somebody changes a state that is no longer the present one."""

    status = 412
    title = "Inzwischen geändert"

    def __init__(self, etag: str, *, draft: str | None = None) -> None:
        super().__init__(_UNREAD_ENTRY if draft is None else _UNREAD_DRAFT)
        self.members = {"etag": etag} | ({} if draft is None else {"draft": draft})
        self.headers = {"ETag": etag}


@dataclass(frozen=True)
class Sent:
    """What somebody sent: values by name, and which state they have read."""

    values: Mapping[str, Any]
    seen: ETags

    def refuse_unless_seen(self, present: Prepared, *, draft: str | None = None) -> None:
        """Raise `Stale` unless somebody has read the `present` state.

        A weak tag counts: ours stands for the bytes before they were compressed, and a proxy that
        compresses makes any tag weak.
        """
        if not self.seen.contains_weak(present.digest):
            raise Stale(present.etag, draft=draft)


def read_body(shape: type[Any], body: bytes) -> dict[str, Any]:
    """Return name → value of all that was sent of `shape`, nothing of which is required.

    Raises:
        NoJson: it is no JSON.
        BadBody: it is no object, empty, or names or types are not those of `shape`.
    """
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NoJson("Das Gesendete ist kein gültiges JSON.") from error
    if not isinstance(given, dict) or not given:
        raise BadBody([("", "Bitte senden Sie ein JSON-Objekt mit mindestens einer Angabe.")])
    faults: Faults = []
    values = _members(shape, given, "", faults)
    if faults:
        raise BadBody(faults)
    return values


def _members(
    shape: type[Any], given: Mapping[str, Any], path: str, faults: Faults
) -> dict[str, Any]:
    hints = get_type_hints(shape)
    values = {}
    for name, value in given.items():
        if name in hints:
            values[name] = _value(hints[name], value, path + name, faults)
        else:
            short = clean(name[:_LONGEST_NAME])
            faults.append((path + short, f"„{short}“ gibt es hier nicht."))
    return values


def _value(hint: Any, value: Any, path: str, faults: Faults) -> Any:
    """Return `value` if it is what `hint` says, None and one more of the `faults` if not."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _value(inner[0], value, path, faults)
    if origin in (Union, types.UnionType):
        (hint,) = (one for one in inner if one is not types.NoneType)
        return None if value is None else _value(hint, value, path, faults)
    if origin is list:
        if isinstance(value, list) and len(value) > MOST_ITEMS:
            return _fault(path, f"Höchstens {MOST_ITEMS} Einträge.", faults)
        if isinstance(value, list):
            parts = enumerate(value, start=1)
            return [_value(inner[0], one, f"{path}[{number}]", faults) for number, one in parts]
        return _fault(path, "Muss eine Liste sein.", faults)
    if origin is Literal or issubclass(hint, enum.Enum):
        known = list(inner) if origin is Literal else [member.value for member in hint]
        if value in known and isinstance(value, str):
            return value
        return _fault(path, f"Muss einer dieser Werte sein: {', '.join(known)}.", faults)
    return _plain(hint, value, path, faults)


def _plain(hint: type[Any], value: Any, path: str, faults: Faults) -> Any:
    if hint is str:
        if isinstance(value, str):
            return clean(value.replace("\r\n", "\n"))
        return _fault(path, "Muss ein Text sein.", faults)
    if hint is bool:
        return (
            value if isinstance(value, bool) else _fault(path, "Muss true oder false sein.", faults)
        )
    if hint is int:
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if is_whole and not isinstance(value, bool):
            return int(value)
        return _fault(path, "Muss eine ganze Zahl sein.", faults)
    return _part(hint, value, path, faults)


def _part(shape: type[Any], value: Any, path: str, faults: Faults) -> Any:
    """Return an object within a list, all of whose members must be there."""
    if not isinstance(value, dict):
        return _fault(path, "Muss ein JSON-Objekt sein.", faults)
    for field in dataclasses.fields(shape):
        if field.name not in value and field.default is dataclasses.MISSING:
            faults.append((f"{path}.{field.name}", "Bitte angeben."))
    return _members(shape, value, f"{path}.", faults)


def _fault(path: str, sentence: str, faults: Faults) -> None:
    faults.append((path, sentence))
