"""What the pages say: the same as the documents, in words for people."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from directory.ogc.collections import Collection, Entry
from directory.ogc.questions import OF_ITEMS
from directory.search.lists.reference import Reference
from directory.search.parameters import Parameter
from directory.text import number
from directory.web.filters import date, date_time

# More values than these are no choice to read through.
_MOST_SHOWN = 60


def facts(one: Collection, entry: Entry) -> list[tuple[str, str | None]]:
    """Return the properties of a feature: what each is called, and its value in words."""
    return [(field.title, _said(entry.properties[field.name])) for field in one.fields]


def filters(parameters: Iterable[Parameter], reference: Reference) -> Iterator[dict[str, str]]:
    """Yield filters: name, meaning, and the values to choose from if they are not too many."""
    for one in parameters:
        known = list(one.values(reference)) if one.values else []
        yield {
            "name": one.name,
            "meaning": one.meaning.replace("`", ""),
            "choices": ", ".join(known) if len(known) <= _MOST_SHOWN else "",
        }


def described(collections: Iterable[Collection]) -> list[dict[str, Any]]:
    """Return each collection with the names that its addresses may have and its properties."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "names": [each.name for each in one.parameters if each not in OF_ITEMS],
            "fields": one.fields,
        }
        for one in collections
    ]


def shared() -> list[dict[str, str]]:
    """Return the names that the features of every collection can be asked with."""
    return [{"name": one.name, "meaning": one.meaning.replace("`", "")} for one in OF_ITEMS]


def _said(value: Any) -> str | None:
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, dt.datetime):
        return date_time(value)
    if isinstance(value, dt.date):
        return date(value)
    if isinstance(value, float):
        return number(value, 2)
    if isinstance(value, list | tuple):
        return "; ".join(value) or None
    return None if value is None else str(value)
