"""Pictures that other sites show beside a link to us, and the lines in pages that name them.

Drawn here from the entry itself; nobody else is asked and nobody is told.
"""

from dataclasses import dataclass

from flask import Blueprint, Flask, Response, request, url_for

from directory.accounts.open_doors import count_file
from directory.db import db
from directory.errors import NotFound
from directory.events import queries as events
from directory.events.models import Event
from directory.geo.boundaries import ATTRIBUTION
from directory.geo.points import Point
from directory.maps import printed
from directory.municipalities import queries as municipalities
from directory.municipalities.models import Municipality
from directory.practices import queries as practices
from directory.practices.queries import PracticePlace
from directory.printing.typesetting import png_of
from directory.text import plural
from directory.web.addresses import absolute
from directory.web.filters import period
from directory.web.prepared import Prepared

bp = Blueprint("share_cards", __name__)

WIDTH, HEIGHT = 1200, 630
_KINDS = {
    "practices.detail": ("share_cards.practice", "article"),
    "municipalities.detail": ("share_cards.municipality", "profile"),
    "events.detail": ("share_cards.event", "article"),
}


@dataclass(frozen=True)
class ShareCard:
    """What a page says about its picture, for `<head>`."""

    kind: str
    image: str
    width: int = WIDTH
    height: int = HEIGHT


def init_app(app: Flask) -> None:
    """Let the base template ask for the card of the page it frames."""
    app.jinja_env.globals["share_card"] = share_card


def share_card() -> ShareCard:
    """Return the card of the page that is answered now."""
    endpoint, kind = _KINDS.get(request.endpoint or "", ("share_cards.site", "website"))
    values = {} if kind == "website" else {"slug": (request.view_args or {})["slug"]}
    return ShareCard(kind=kind, image=absolute(url_for(endpoint, **values)))


@bp.get("/vorschau.png")
def site() -> Response:
    """Send the card of all pages that have none of their own."""
    return _card(
        "Kommunen-Verzeichnis",
        eyebrow="Was wirkt, was nicht, wer es macht",
        line="Gute Beispiele aus Nordrhein-Westfalen",
    )


@bp.get("/praxisbeispiele/<slug>/vorschau.png")
def practice(slug: str) -> Response:
    """Send the card of an example: its title, and where it comes from."""
    found = practices.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound("Dieses Praxisbeispiel gibt es hier nicht (mehr).")
    place = found.municipality
    return _card(found.title, eyebrow="Praxisbeispiel", line=place.name, place=place)


@bp.get("/kommunen/<slug>/vorschau.png")
def municipality(slug: str) -> Response:
    """Send the card of a municipality: its name, and how many examples it has."""
    found = municipalities.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound(f"Eine Kommune „{slug}“ ist nicht verzeichnet.")
    count = len(practices.of_municipalities(db.session, [found.ags]))
    line = plural(count, "Praxisbeispiel", "Praxisbeispiele") if count else ""
    return _card(found.name, eyebrow=found.legal_status, line=line, place=found)


@bp.get("/veranstaltungen/<slug>/vorschau.png")
def event(slug: str) -> Response:
    """Send the card of an event: its title, its day and its town."""
    found: Event | None = events.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound("Diese Veranstaltung ist nicht verzeichnet.")
    parts = [period(found.date_start, found.date_end), found.venue_town or ""]
    return _card(found.short_title, eyebrow=found.kind.label, line=" · ".join(filter(None, parts)))


def _card(
    title: str, *, eyebrow: str, line: str, place: Municipality | PracticePlace | None = None
) -> Response:
    drawn = None
    if place is not None and place.lat is not None and place.lon is not None:
        drawn = printed.location(place.ags, Point(place.lat, place.lon))
    values = {
        "title": title,
        "eyebrow": eyebrow,
        "line": line,
        "map": drawn,
        "credit": ATTRIBUTION.partition(", http")[0],
    }
    response = Prepared(png_of("card", values, permit=count_file), "image/png").response(request)
    # It is made to be shown by others.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
