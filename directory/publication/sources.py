"""Where something is described: the same three values for practices and events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from directory.publication.validation import Check


@dataclass(frozen=True, kw_only=True)
class Source:
    """One publication: its title, address, and date as precise as it is known."""

    title: str
    url: str
    as_of: str | None = None


def check_sources(
    check: Check,
    sources: Sequence[Source],
    *,
    title: InstrumentedAttribute[Any],
    url: InstrumentedAttribute[Any],
) -> None:
    """Check all `sources`; `title` and `url` are the columns they will stand in."""
    for position, source in enumerate(sources, start=1):
        part = check.within("sources", position)
        part.line("title", source.title, title)
        part.url("url", source.url, url)
        part.partial_date("as_of", source.as_of)
