"""A visitor's own municipality: in the address, or remembered on this device if they wish so.

Lists then say how near and how alike the place of each entry is. Nothing is stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from directory.db import db
from directory.geo.places import Place
from directory.pages.bookmarks import cookie, set_cookie
from directory.pages.components.listing import list_href
from directory.search.criteria import SIMILARITY, Criteria
from directory.search.likeness.peer_groups import get_peers, get_units
from directory.search.likeness.weights import Weights
from directory.search.lists.reference import get_reference
from directory.text import clean, number
from directory.web.filters import km
from directory.web.redirects import local_path

bp = Blueprint("own", __name__)

COOKIE = "meine_kommune"
PARAMETER = "meine"
_LONGEST_WORDS = 80
# Up to which index places are called very alike and alike; chosen at random they are at about 1.
_VERY_ALIKE, _ALIKE = 0.35, 0.7


@dataclass(frozen=True)
class Proposal:
    """A municipality that was perhaps meant: here, and on the page of those like it."""

    name: str
    href: str
    peers_href: str


@dataclass(frozen=True)
class OwnPlace:
    """The visitor's municipality, as pages offer to choose, use and forget it.

    Without a municipality all but `action` and `back` is empty, after a slip but for what was
    `typed` and the nearest names.
    """

    action: str
    back: str
    typed: str = ""
    proposals: tuple[Proposal, ...] = ()
    ags: str = ""
    name: str = ""
    peers_href: str = ""
    sort_href: str = ""
    remembered: bool = False


def arguments() -> MultiDict[str, str]:
    """Return what the address asks, with the municipality this device remembers."""
    remembered = cookie(COOKIE)
    if PARAMETER in request.args or remembered not in get_reference(db.session).names:
        return request.args
    args = MultiDict(request.args)
    args[PARAMETER] = remembered
    return args


def own_place(ags: str = "", *, sort_href: str = "") -> OwnPlace:
    """Return the municipality `ags` as the visitor's own, or the offer to choose one."""
    action = url_for("own.choose")
    back = _with(request.full_path.rstrip("?"), [])
    reference = get_reference(db.session)
    name = reference.names.get(ags)
    if name is None:
        typed = clean(request.args.get(PARAMETER, ""))[:_LONGEST_WORDS]
        if not typed or _find(typed) is not None:
            return OwnPlace(action, back)
        near = reference.gazetteer.suggest(typed)
        return OwnPlace(action, back, typed, tuple(_proposal(place, back) for place in near))
    return OwnPlace(
        action,
        back,
        ags=ags,
        name=name,
        peers_href=_peers_href(ags),
        sort_href=sort_href,
        remembered=cookie(COOKIE) == ags,
    )


def own_of(criteria: Criteria) -> OwnPlace:
    """Return what a list knows of the visitor's municipality, and its order by likeness."""
    if not criteria.own or criteria.order == SIMILARITY:
        return own_place(criteria.own)
    return own_place(criteria.own, sort_href=list_href(criteria.sorted_by(SIMILARITY)))


def nearness(own: str, other: str) -> str:
    """Say how far and how alike two municipalities are: „36 km von Hemer, ähnlich (0,30)“."""
    units = get_units(db.session)
    here, there = units.get(own), units.get(other)
    if here is None or there is None:
        return ""
    if own == other:
        return "Ihre Kommune"
    level = here.level if here.level is there.level else None
    peer = get_peers(db.session, level).compare(own, other, Weights.usual())
    if peer is None:
        return ""
    words = [f"{km(peer.km)} von {here.name}"] if peer.km is not None else []
    if level:
        # A Gemeinde and a Kreis are too different for their index to tell anything.
        words.append(f"{_alike(peer.index)} (Index {number(peer.index, 2)})")
    return ", ".join(words)


@bp.post("/meine-kommune")
def choose() -> Response:
    """Choose one's municipality by name, postcode or key, or have it forgotten; lead back."""
    back = local_path(request.form.get("zurueck", ""), url_for("practices.index"))
    if request.form.get("aktion") == "vergessen":
        return set_cookie(redirect(_with(back, []), code=303), COOKIE, "")
    words = clean(request.form.get(PARAMETER, ""))[:_LONGEST_WORDS]
    place = _find(words)
    if place is None:
        # The form says what is wrong and offers what was perhaps meant.
        again = _with(back, [(PARAMETER, words)] if words else [])
        return redirect(f"{again}#{PARAMETER}", code=303)
    ags = place.ags
    to_peers = request.form.get("ziel") == "vergleichbar"
    answer = redirect(_peers_href(ags) if to_peers else _with(back, [(PARAMETER, ags)]), code=303)
    return set_cookie(answer, COOKIE, ags) if request.form.get("merken") else answer


def _find(words: str) -> Place | None:
    found = get_reference(db.session).gazetteer.find(words)
    return found.places[0] if found and found.places else None


def _proposal(place: Place, back: str) -> Proposal:
    return Proposal(place.name, _with(back, [(PARAMETER, place.ags)]), _peers_href(place.ags))


def _alike(index: float) -> str:
    if index <= _VERY_ALIKE:
        return "sehr ähnlich"
    return "ähnlich" if index <= _ALIKE else "wenig ähnlich"


def _peers_href(ags: str) -> str:
    return url_for("municipalities.peers_by_key", ags=ags)


def _with(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return `path` with its own question, but for the municipality, which is in `pairs`."""
    parts = urlsplit(path)
    asked = [pair for pair in parse_qsl(parts.query) if pair[0] != PARAMETER]
    if not pairs:
        asked = [pair for pair in asked if pair != ("sort", SIMILARITY)]
    query = urlencode([*asked, *pairs])
    return parts.path + (f"?{query}" if query else "")
