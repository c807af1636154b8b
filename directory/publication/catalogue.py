"""The version of the catalogue, and what is prepared once per version and then kept.

Entries change every day, the ground they stand on hardly ever: municipalities with their
memberships, the vocabulary, series. What is read from the ground alone survives other changes.
"""

import datetime as dt
from collections.abc import Callable
from threading import RLock
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Boolean, Connection, Engine, bindparam, case, select, update
from sqlalchemy.orm import Session

from directory.db import at_hand, utc_now
from directory.lookups import Lookup
from directory.publication.models import CatalogueState

T = TypeVar("T")
_VERSIONS = "catalogue_versions"
_STATE = Lookup(select(CatalogueState.version, CatalogueState.ground))


class _Made(NamedTuple):
    """A value, what it was made from, and the version of whoever made it."""

    source: object
    version: int
    value: Any


class _Place:
    """Where one thing is kept, and whose turn it is to make it. One value, so it cannot grow."""

    def __init__(self) -> None:
        self.turn = RLock()
        self.made: _Made | None = None


# Per database: name → where it is kept
_kept: WeakKeyDictionary[Engine | Connection, dict[str, _Place]] = WeakKeyDictionary()


def get_state(session: Session) -> CatalogueState:
    """Return the one row of the catalogue's state, making it when the catalogue is new."""
    state = session.get(CatalogueState, 1)
    if state is None:
        state = CatalogueState(id=1, version=0, changed_at=utc_now())
        session.add(state)
    return state


class Versions(NamedTuple):
    """Which state of the catalogue a session sees: the whole, and the ground below the entries."""

    version: int = 0
    ground: int = 0


def current_versions(session: Session) -> Versions:
    """Return the versions this session sees, asked for once; 0 while the catalogue is empty."""
    if _VERSIONS not in session.info:
        rows = _STATE.rows(session)
        # Where nobody knows when the ground changed it may have been at any time.
        found = [Versions(version, ground or version) for version, ground in rows]
        session.info[_VERSIONS] = found[0] if found else Versions()
    versions: Versions = session.info[_VERSIONS]
    return versions


def current_version(session: Session) -> int:
    """Return the version this session sees; 0 while the catalogue is empty."""
    return current_versions(session).version


def last_change(session: Session) -> dt.datetime:
    """Return when visitors last saw something else than before; the start of time if never."""
    return session.scalar(select(CatalogueState.changed_at)) or dt.datetime.fromtimestamp(0, dt.UTC)


def advance(session: Session, *, ground: bool = True) -> None:
    """Raise the version; every operation that changes what visitors see calls this once.

    `ground` is False only for who has changed nothing but practices, events, materials or contact
    points: whatever else there is may then be kept.
    """
    session.flush()
    values = {"now": utc_now(), "ground": ground}
    changed: Any = session.execute(_ADVANCE, values)
    if not changed.rowcount:
        get_state(session)
        session.flush()
        session.execute(_ADVANCE, values)
    for state in at_hand(session, CatalogueState, [1]).values():
        session.expire(state)
    session.info.pop(_VERSIONS, None)


# In one statement, written once: reading the row and writing it back took a tenth of a save.
_TABLE: Any = CatalogueState.__table__
_NEXT = _TABLE.c.version + 1
_ADVANCE = update(_TABLE).values(
    version=_NEXT,
    ground=case((bindparam("ground", type_=Boolean), _NEXT), else_=_TABLE.c.ground),
    changed_at=bindparam("now"),
)


def prepared(session: Session, name: str, build: Callable[[Session], T], *, of: object = None) -> T:
    """Return what `build` makes from the catalogue, made anew only after a change.

    `of` is what it is made from, if that is less than the whole version: only when that is another
    it is made anew. If several want it at the same time, one makes it and the others wait.
    """
    version = current_version(session)
    source = version if of is None else of
    place = _kept.setdefault(session.get_bind(), {}).setdefault(name, _Place())
    made = place.made
    if made is None or made.source != source:
        with place.turn:
            made = place.made
            if made is None or made.source != source:
                made = _Made(source, version, build(session))
                # Who still reads the version before must not make the others make theirs again.
                if place.made is None or place.made.version <= version:
                    place.made = made
    value: T = made.value
    return value


def grounded(session: Session, name: str, build: Callable[[Session], T]) -> T:
    """Return what `build` makes from the ground alone, made anew only after that has changed."""
    return prepared(session, name, build, of=current_versions(session).ground)
