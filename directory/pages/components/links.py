"""Addresses of pages that several others lead to, with what they ask for."""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlencode

from flask import request, url_for

from directory.events.queries import Appearance


def page_href(endpoint: str, slug: str) -> str:
    """Return the address of the page of one entry: `url_for(endpoint, slug=slug)`, but faster.

    A list has a hundred of them, at 10 µs each. Slugs need no quoting, so one address gives the
    beginning of all, for as long as the process runs.
    """
    return pages_start(endpoint) + slug


def pages_start(endpoint: str) -> str:
    """Return what the addresses of all entries of `endpoint` begin with; the slug follows."""
    return _beginning(endpoint, request.script_root)


@lru_cache(maxsize=64)
def _beginning(endpoint: str, _script_root: str) -> str:
    return url_for(endpoint, slug="-").removesuffix("-")


def appearance_href(one: Appearance) -> str:
    """Return where the page of the event tells of it."""
    href = page_href("events.detail", one.event_slug)
    return f"{href}#{one.session_slug}" if one.session_slug else href


def practices_href(keys: Sequence[str], **more: str) -> str:
    """Return the list of exactly the practices of these municipalities, narrowed by `more`.

    Empty if there is none: without a municipality the list would show all.
    """
    query = urlencode([*(("kommune", ags) for ags in keys), *more.items()])
    return f"{url_for('practices.index')}?{query}" if keys else ""


def compare_href(keys: Sequence[str]) -> str:
    """Return the page that shows these municipalities side by side."""
    query = urlencode([("ags", ags) for ags in keys])
    return url_for("comparison.index") + (f"?{query}" if query else "")


def compare_practices_href(slugs: Sequence[str]) -> str:
    """Return the page that shows these practices side by side."""
    query = urlencode([("p", slug) for slug in slugs])
    return url_for("comparison.index") + (f"?{query}" if query else "")
