"""The four collections: what each holds, what its features say and what it can be asked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from directory.geo.points import Point
from directory.ogc.fields import Field
from directory.ogc.moments import Interval
from directory.ogc.questions import OF_ITEMS, Question
from directory.search.lists.listings import LISTINGS, ListKind
from directory.search.parameters import LITERAL, PLACES, WORDS, Parameter, sort_of

_AGS = re.compile(r"[0-9]{3,8}")
_SLUG = re.compile(r"[a-z0-9-]{1,120}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")

# Ids of the features of one page, and how many there are in all
Found = tuple[Sequence[Any], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One feature before it is written: `ags` names the municipality whose outline is its own."""

    id: str | int
    name: str
    ags: str | None
    point: Point | None
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Collection:
    """One collection; its id is the path of the page that shows the same entries."""

    id: str
    title: str
    singular: str
    description: str
    fields: Sequence[Field]
    id_schema: Mapping[str, Any]
    # An id somebody may ask for
    example: str | int
    # What the time of a feature is
    time: str
    find: Callable[[Session, Question], Found]
    # Returns the public entries among these ids
    load: Callable[[Session, Sequence[Any]], Mapping[Any, Entry]]
    # Reads an id out of an address; None: no entry has such a one
    read_id: Callable[[str], Any | None]
    # When the first and the last feature are; None: nobody knows
    times: Callable[[Session], Interval | None]
    # Filters of the page
    filters: tuple[Parameter, ...]
    # Further names that pages have: words, surroundings, order
    more: tuple[Parameter, ...] = ()
    # Filters by a property that pages do not have
    own: tuple[Parameter, ...] = ()
    # Name of a property → name of the filter that pages have for it
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_property(self) -> tuple[Parameter, ...]:
        """Filters by a property as it stands in the features."""
        titles = {one.name: one.title for one in self.fields}
        known = {one.name: one for one in self.filters}
        renamed = (
            _renamed(known[meant], name, titles[name]) for name, meant in self.aliases.items()
        )
        return (*self.own, *renamed)

    @property
    def queryables(self) -> Iterator[Parameter]:
        """What features can be narrowed by, by the names in `queryables` and in addresses."""
        yield from self.by_property
        known = {one.name for one in self.by_property}
        yield from (one for one in self.filters if one.name not in known)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All names that an address of its features may have."""
        return (*OF_ITEMS, *self.queryables, *self.more)


def _renamed(one: Parameter, name: str, meaning: str) -> Parameter:
    return Parameter(name, meaning, one.schema, values=one.values, repeats=one.repeats)


def as_ags(text: str) -> str | None:
    """Return a key (AGS), as far as it is written like one."""
    return text if _AGS.fullmatch(text) else None


def as_slug(text: str) -> str | None:
    """Return a short name, as far as it is written like one."""
    return text if _SLUG.fullmatch(text) else None


def as_number(text: str) -> int | None:
    """Return an id that is a number, as far as it fits into a column for numbers."""
    return int(text) if _NUMBER.fullmatch(text) else None


def page_names(kind: ListKind) -> tuple[Parameter, ...]:
    """Return what a list can be asked besides filters, as its page calls it."""
    # The box is read in its own way here: with heights, and across the date line.
    places = PLACES if LISTINGS[kind].place is not None else ()
    return (WORDS, LITERAL, *(one for one in places if one.name != "bbox"), sort_of(kind))


def changed_within(changed: Any, interval: Interval) -> ColumnElement[bool]:
    """Return whether the moment in a column lies in an interval."""
    within: ColumnElement[bool] = and_(changed >= interval.start, changed < interval.end)
    return within


def first_and_last(session: Session, changed: Any, *where: Any) -> Interval | None:
    """Return the first and the last moment in a column, None if there is none."""
    first, last = session.execute(select(func.min(changed), func.max(changed)).where(*where)).one()
    return Interval(first, last) if first is not None else None
