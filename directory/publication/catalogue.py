"""The version of the catalogue, and what is prepared once per version and then kept."""

import datetime as dt
from collections.abc import Callable
from threading import RLock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.publication.models import CatalogueState

T = TypeVar("T")
_VERSION = "catalogue_version"


class _Place:
    """Where one thing is kept, and whose turn it is to make it. One value, so it cannot grow."""

    def __init__(self) -> None:
        self.turn = RLock()
        # Version and value
        self.made: tuple[int, Any] | None = None


# Per database: name → where it is kept
_kept: WeakKeyDictionary[Engine | Connection, dict[str, _Place]] = WeakKeyDictionary()


def get_state(session: Session) -> CatalogueState:
    """Return the one row of the catalogue's state, making it when the catalogue is new."""
    state = session.get(CatalogueState, 1)
    if state is None:
        state = CatalogueState(id=1, version=0, changed_at=utc_now())
        session.add(state)
    return state


def current_version(session: Session) -> int:
    """Return the version this session sees, asked for once; 0 while the catalogue is empty."""
    if _VERSION not in session.info:
        session.info[_VERSION] = session.scalar(select(CatalogueState.version)) or 0
    version: int = session.info[_VERSION]
    return version


def last_change(session: Session) -> dt.datetime:
    """Return when visitors last saw something else than before; the start of time if never."""
    return session.scalar(select(CatalogueState.changed_at)) or dt.datetime.fromtimestamp(0, dt.UTC)


def advance(session: Session) -> int:
    """Raise the version; every operation that changes what visitors see calls this once."""
    state = get_state(session)
    state.version = (state.version or 0) + 1
    state.changed_at = utc_now()
    session.info.pop(_VERSION, None)
    return state.version


def prepared(session: Session, name: str, build: Callable[[Session], T]) -> T:
    """Return what `build` makes from the catalogue, made anew only after a change.

    If several want it at the same time, one makes it and the others wait.
    """
    version = current_version(session)
    place = _kept.setdefault(session.get_bind(), {}).setdefault(name, _Place())
    made = place.made
    if made is None or made[0] != version:
        with place.turn:
            made = place.made
            if made is None or made[0] != version:
                made = (version, build(session))
                # Who still reads the version before must not make the others make theirs again.
                if place.made is None or place.made[0] < version:
                    place.made = made
    value: T = made[1]
    return value
