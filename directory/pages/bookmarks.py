"""What a visitor has marked: a short cookie, set only when somebody presses „Merken“.

The cookie holds keys and nothing about the person: `p12.k05962016`, numbers of practices and
keys of municipalities in the order they were marked. Programmes cannot read it, no other site
gets it.
"""

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts.guards import csrf_field
from directory.web.moulds import filled

COOKIE = "merkliste"
MOST = 100
PRACTICE, MUNICIPALITY = "p", "k"

_ENTRY = re.compile(r"p[1-9]\d{0,8}|k\d{3}(?:\d{2}(?:\d{3})?)?")
_HALF_A_YEAR = 182 * 24 * 3600
_USES_COOKIES = "uses_cookies"
_ONWARD = Markup('<a class="bookmark__onward" href="{}">Zur Merkliste</a>')


class Entry(NamedTuple):
    """One marked entry: `p` and the number of a practice, or `k` and the key of a place."""

    kind: str
    key: str


@dataclass(frozen=True)
class Bookmarks:
    """The marked entries in their order, each once, at most a hundred."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> "Bookmarks":
        """Read what a cookie says; what is no entry is passed over."""
        found = [Entry(part[0], part[1:]) for part in text.split(".") if _ENTRY.fullmatch(part)]
        return cls().with_added(found)

    def to_text(self) -> str:
        """Write the entries for a cookie."""
        return ".".join(entry.kind + entry.key for entry in self.entries)

    def with_added(self, entries: Iterable[Entry]) -> "Bookmarks":
        """Return these and the new ones after them, as far as there is room."""
        return Bookmarks(tuple(dict.fromkeys([*self.entries, *entries]))[:MOST])

    def without(self, entries: Iterable[Entry]) -> "Bookmarks":
        """Return these but for some."""
        gone = set(entries)
        return Bookmarks(tuple(entry for entry in self.entries if entry not in gone))

    def keys(self, kind: str) -> list[str]:
        """Return the keys of one kind in their order."""
        return [entry.key for entry in self.entries if entry.kind == kind]

    def __contains__(self, entry: tuple[str, str]) -> bool:
        return entry in self.entries

    def __len__(self) -> int:
        return len(self.entries)


def init_app(app: Flask) -> None:
    """Let templates show what is marked, and tell caches that pages depend on it."""
    app.jinja_env.globals["with_bookmark"] = with_bookmark
    app.jinja_env.globals["bookmarks_count"] = lambda: len(own_bookmarks())
    app.after_request(_vary)


@dataclass(frozen=True)
class _Forms:
    """What the forms for marking have in common on one page; a list has twenty of them."""

    kept: frozenset[Entry]
    # Where they lead, their token, and the page they come back to
    common: tuple[Markup, Markup, Markup]
    # From what is kept to the list; nothing on the list itself
    onward: Markup


def with_bookmark(
    template: str, macro: str, args: tuple[Hashable, ...], kind: str, key: object
) -> Markup:
    """Fill a mould (:mod:`directory.web.moulds`) that ends in the form for marking an entry.

    After `args` the macro is given whether the entry is kept, and what `components/bookmark.html`
    calls `action`, `csrf_field`, `back` and `onward`.
    """
    forms: _Forms | None = g.get("bookmark_forms")
    if forms is None:
        action, back = url_for("shortlist.change"), request.full_path.rstrip("?")
        common = (escape(action), csrf_field(), escape(back))
        onward = Markup() if request.blueprint == "shortlist" else _ONWARD.format(action)
        forms = g.bookmark_forms = _Forms(frozenset(own_bookmarks().entries), common, onward)
    kept = (kind, str(key)) in forms.kept
    onward = forms.onward if kept else Markup()
    return filled(template, macro, (*args, kept), *forms.common, onward)


def own_bookmarks() -> Bookmarks:
    """Return what this visitor has marked."""
    if COOKIE not in g:
        setattr(g, COOKIE, Bookmarks.from_text(cookie(COOKIE)))
    bookmarks: Bookmarks = getattr(g, COOKIE)
    return bookmarks


def keep(response: AnyResponse, bookmarks: Bookmarks) -> AnyResponse:
    """Have the browser remember these; an empty list leaves nothing behind."""
    return set_cookie(response, COOKIE, bookmarks.to_text())


def cookie(name: str) -> str:
    """Return what a cookie of ours says, and note that the answer depends on it."""
    setattr(g, _USES_COOKIES, True)
    return request.cookies.get(name, "")


def set_cookie(response: AnyResponse, name: str, value: str) -> AnyResponse:
    """Set a functional cookie for half a year; without `value` it is deleted."""
    secure = current_app.config["BEHIND_TLS"]
    if value:
        response.set_cookie(
            name, value, max_age=_HALF_A_YEAR, httponly=True, samesite="Lax", secure=secure
        )
    else:
        response.delete_cookie(name, httponly=True, samesite="Lax", secure=secure)
    return response


def _vary(response: Response) -> Response:
    # Every page shows in its frame and on its cards what is marked, also one kept for all others.
    if g.get(_USES_COOKIES) or response.mimetype == "text/html":
        response.vary.add("Cookie")
    return response
