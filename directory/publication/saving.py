"""Keeping drafts: what did not change stays untouched, what did leaves its trace.

Every subject's operations go through `save_all`, so that versions, revisions and the audit trail
come about in one place and saving something twice is the same as saving it once.
"""

import datetime as dt
import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from directory.db import Model, utc_now
from directory.lookups import Lookup
from directory.publication import history
from directory.publication.models import EntryKind, Revision
from directory.publication.validation import InvalidEntry, Known, Problems

_CHUNK = 5_000
# What JSON takes as it is
_PLAIN = frozenset({str, int, float, bool, type(None)})
# From so many new entries on, plain rows take far less time than entities.
_MANY = 50


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
    insert: Callable[[Sequence[D], dt.datetime], Sequence[E]] | None = None,
) -> list[Saved[E]]:
    """Save valid `drafts` of one kind, each another entry's; the result has their order.

    `existing` are the present entries by the same `identity` as the drafts. `read` gives the draft
    an entry corresponds to, `write` puts a draft into an entry, `key` names it in the history.
    `insert` writes many new entries as plain rows, as of the moment given, and returns them.
    Whatever an entry has of `version`, `updated_at` and `changed_at` is brought up to date.
    """
    now = utc_now()
    results: list[Saved[E]] = []
    touched: list[tuple[Saved[E], D]] = []
    new = {name: draft for draft in drafts if (name := identity(draft)) not in existing}
    inserted: dict[K, E] = {}
    if insert is not None and len(new) >= _MANY:
        session.flush()
        inserted = dict(zip(new, insert(list(new.values()), now), strict=True))
    with session.no_autoflush:
        for draft in drafts:
            name = identity(draft)
            entry = existing.get(name)
            if entry is not None and read(entry) == draft:
                results.append(Saved(entry, Outcome.UNCHANGED))
                continue
            outcome = Outcome.CREATED if entry is None else Outcome.CHANGED
            if name in inserted:
                entry = inserted[name]
            else:
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


def in_chunks(keys: Iterable[K]) -> Iterator[list[K]]:
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
    last = last_versions(session, kind, [key(saved.entry) for saved, _ in touched])
    savings = []
    for saved, draft in touched:
        name = key(saved.entry)
        # Some kinds have no version of their own: their revisions count on by themselves.
        version = max(getattr(saved.entry, "version", 1), last.get(name, 0) + 1)
        savings.append(history.Saving(name, version, draft.fields(), saved.outcome.value))
    history.remember(session, kind=kind, savings=savings, by=by)


def last_versions(session: Session, kind: EntryKind, keys: Iterable[str]) -> dict[str, int]:
    """Return key → number of the newest revision, for those of `keys` that have any."""
    versions: dict[str, int] = {}
    for chunk in in_chunks(keys):
        versions.update(_LAST_VERSIONS.rows(session, kind=kind.value, keys=chunk))
    return versions


_LAST_VERSIONS = Lookup(
    select(Revision.key, func.max(Revision.version))
    .where(Revision.kind == bindparam("kind"), Revision.key.in_(bindparam("keys", expanding=True)))
    .group_by(Revision.key)
)


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(map(_plain, value), key=str)
    if is_dataclass(value):
        # Most values are plain: a call for each would take most of the time.
        return {
            name: given if type(given) in _PLAIN else _plain(given)
            for name, given in vars(value).items()
        }
    if isinstance(value, dt.time):
        return value.isoformat().removesuffix(":00")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value
