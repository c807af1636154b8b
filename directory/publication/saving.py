"""Keeping drafts: what did not change stays untouched, what did leaves its trace.

Every subject's operations go through `save_all`, so that versions, revisions and the audit trail
come about in one place and saving something twice is the same as saving it once.
"""

import datetime as dt
import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from dataclasses import fields as fields_of
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, Self, TypeVar, cast, get_args, get_origin, get_type_hints

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.db import Model, utc_now
from directory.publication import history
from directory.publication.models import EntryKind, Revision
from directory.publication.validation import InvalidEntry, Known, Problems

_CHUNK = 5_000


class Outcome(enum.StrEnum):
    """What saving did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Draft(ABC):
    """Base of the frozen dataclasses that say what an entry is to be.

    Two drafts are equal when saving one after the other changes nothing. Lists whose order means
    nothing are frozensets.
    """

    @abstractmethod
    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence; empty when all is well."""

    def gaps(self) -> Problems:
        """Return what still lacks before readers may see it, field → German sentence."""
        return {}

    def fields(self) -> dict[str, Any]:
        """Return all values as plain JSON, as revisions keep them."""
        return dict(_plain(self))

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Return the draft whose `fields()` these are.

        What was kept before a field existed gets its default. Raise `ValueError`, naming the place,
        for anything else that cannot be the fields of such a draft.
        """
        return cast("Self", _made(cls, fields, "fields"))


K = TypeVar("K", bound=Hashable)
E = TypeVar("E", bound=Model)
D = TypeVar("D", bound=Draft)


@dataclass(frozen=True)
class Saved(Generic[E]):
    """An entry as it is kept now, and what saving did to it."""

    entry: E
    outcome: Outcome


def save_all(
    session: Session,
    *,
    kind: EntryKind,
    drafts: Sequence[D],
    existing: Mapping[K, E],
    identity: Callable[[D], K],
    create: Callable[[D], E],
    read: Callable[[E], D],
    write: Callable[[E, D], None],
    key: Callable[[E], str],
    by: str,
) -> list[Saved[E]]:
    """Save valid `drafts` of one kind, each another entry's; the result has their order.

    `existing` are the present entries by the same `identity` as the drafts. `read` gives the draft
    an entry corresponds to, `write` puts a draft into an entry, `key` names it in the history.
    Whatever an entry has of `version`, `updated_at` and `changed_at` is brought up to date.
    """
    now = utc_now()
    results: list[Saved[E]] = []
    touched: list[tuple[Saved[E], D]] = []
    with session.no_autoflush:
        for draft in drafts:
            entry = existing.get(identity(draft))
            if entry is not None and read(entry) == draft:
                results.append(Saved(entry, Outcome.UNCHANGED))
                continue
            outcome = Outcome.CREATED if entry is None else Outcome.CHANGED
            if entry is None:
                entry = create(draft)
                session.add(entry)
            write(entry, draft)
            _stamp(entry, outcome, now)
            results.append(Saved(entry, outcome))
            touched.append((results[-1], draft))
    if touched:
        session.flush()
        _remember(session, kind=kind, touched=touched, key=key, by=by)
    return results


def refuse_invalid(drafts: Iterable[D], known: Known, *, key: Callable[[D], str]) -> None:
    """Raise `InvalidEntry`, named by `key`, for the first draft that cannot be kept."""
    for draft in drafts:
        problems = draft.problems(known)
        if problems:
            raise InvalidEntry(problems, key=key(draft))


def in_chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Split distinct `keys` so that each part fits the bound parameters of one statement."""
    distinct = list(dict.fromkeys(keys))
    for start in range(0, len(distinct), _CHUNK):
        yield distinct[start : start + _CHUNK]


def _stamp(entry: Model, outcome: Outcome, now: dt.datetime) -> None:
    version = 1 if outcome is Outcome.CREATED else getattr(entry, "version", 0) + 1
    for name, value in (("version", version), ("updated_at", now), ("changed_at", now)):
        if name in type(entry).__table__.columns:
            setattr(entry, name, value)


def _remember(
    session: Session,
    *,
    kind: EntryKind,
    touched: Sequence[tuple[Saved[E], D]],
    key: Callable[[E], str],
    by: str,
) -> None:
    last = _last_versions(session, kind, [key(saved.entry) for saved, _ in touched])
    for saved, draft in touched:
        name = key(saved.entry)
        # Some kinds have no version of their own: their revisions count on by themselves.
        version = max(getattr(saved.entry, "version", 1), last.get(name, 0) + 1)
        history.record(session, kind=kind, key=name, version=version, fields=draft.fields(), by=by)
        history.note(session, action=saved.outcome.value, by=by, kind=kind, key=name)
    session.flush()


def _last_versions(session: Session, kind: EntryKind, keys: Iterable[str]) -> dict[str, int]:
    versions: dict[str, int] = {}
    for chunk in in_chunks(keys):
        rows = session.execute(
            select(Revision.key, func.max(Revision.version))
            .where(Revision.kind == kind, Revision.key.in_(chunk))
            .group_by(Revision.key)
        )
        versions.update((name, version) for name, version in rows)
    return versions


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields_of(value)}
    if isinstance(value, frozenset):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.time):
        return value.isoformat().removesuffix(":00")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


# What stands for a value in plain JSON, and how to read it.
_PLAIN_TYPES: dict[type, type] = {str: str, int: int, float: float, bool: bool}
_WRITTEN_TYPES: dict[type, Callable[[str], Any]] = {
    dt.date: dt.date.fromisoformat,
    dt.time: dt.time.fromisoformat,
}


def _made(kind: Any, plain: Any, place: str) -> Any:
    """Return the value of type `kind` that `_plain` made `plain` of."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        if plain is None:
            return None
        (kind,) = (one for one in arguments if one is not NoneType)
        return _made(kind, plain, place)
    if origin in (tuple, frozenset):
        _expect(plain, list, place)
        return origin(
            _made(arguments[0], one, f"{place}[{position}]")
            for position, one in enumerate(plain, start=1)
        )
    if is_dataclass(kind):
        return _made_dataclass(kind, plain, place)
    return _made_single(kind, plain, place)


def _made_dataclass(kind: Any, plain: Any, place: str) -> Any:
    _expect(plain, Mapping, place)
    hints = _hints(kind)
    unknown = sorted(plain.keys() - {field.name for field in fields_of(kind)})
    if unknown:
        raise ValueError(f"{place}: {', '.join(map(str, unknown))}")
    values = {name: _made(hints[name], one, f"{place}.{name}") for name, one in plain.items()}
    try:
        return kind(**values)
    except TypeError as error:  # a field without default is missing
        raise ValueError(f"{place}: {error}") from error


def _made_single(kind: type, plain: Any, place: str) -> Any:
    try:
        if issubclass(kind, enum.Enum):
            return kind(plain)
        if kind in _WRITTEN_TYPES:
            _expect(plain, str, place)
            return _WRITTEN_TYPES[kind](plain)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if kind is float and type(plain) is int:
        return float(plain)
    # Not isinstance: true is no number.
    if type(plain) is not _PLAIN_TYPES[kind]:
        raise ValueError(f"{place}: {kind.__name__}")
    return plain


def _expect(plain: Any, kind: type, place: str) -> None:
    if not isinstance(plain, kind):
        raise ValueError(f"{place}: {kind.__name__}")  # noqa: TRY004 - one error for all that is wrong


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
