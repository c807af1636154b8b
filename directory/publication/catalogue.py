"""The version of the catalogue, and what is prepared once per version and then kept."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.publication.models import CatalogueState

T = TypeVar("T")
_VERSION = "catalogue_version"

# Per database: name → (version, value). One value a name, so it cannot grow.
_kept: WeakKeyDictionary[Engine | Connection, dict[str, tuple[int, Any]]] = WeakKeyDictionary()


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
    """Return what `build` makes from the catalogue, made anew only after a change."""
    version = current_version(session)
    shelf = _kept.setdefault(session.get_bind(), {})
    kept = shelf.get(name)
    if kept is None or kept[0] != version:
        kept = (version, build(session))
        shelf[name] = kept
    value: T = kept[1]
    return value
