"""`/karte`: the hits of a list on a map, beside that list, and the data the map loads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from directory.config import Settings
from directory.db import db
from directory.errors import NotFound
from directory.geo.boundaries import ATTRIBUTION, Detail, Layer
from directory.maps.markers import MEMBER, OTHER
from directory.maps.svg import base_map as base_map_picture
from directory.municipalities.models import Level, Municipality
from directory.pages.components.cards import municipality_href
from directory.pages.components.links import page_href
from directory.pages.components.listing import ListingView, embed_map_href, listing_view, map_href
from directory.pages.components.map_data import MapData, Question, base_href, map_data
from directory.practices.queries import PracticeRow, rows_for_cards
from directory.search.criteria import Criteria, Problem
from directory.search.lists.listings import ALL, ListKind
from directory.search.lists.reference import Reference, get_reference
from directory.search.queries import Filter, find, practices_per_municipality
from directory.text import plural
from directory.web.prepared import FOREVER, REVALIDATE, Prepared
from directory.web.redirects import local_path
from directory.web.security import allow_images_from

if TYPE_CHECKING:
    from directory.maps.drawing import Frame

bp = Blueprint("map", __name__)

CONSENT_COOKIE = "kartenhintergrund"
_CONSENT_PATH = "/karte"
_CONSENT_SECONDS = 180 * 24 * 3600

_LAYERS = {kind.value: kind for kind in (ListKind.MUNICIPALITIES, ListKind.PRACTICES)}
_DETAILS = {"uebersicht": Detail.OVERVIEW, "detail": Detail.DETAIL}
_INTROS = {
    ListKind.MUNICIPALITIES: "Wo die Mitglieder des Kommunen-Netzwerks liegen, deren Beitritt "
    "öffentlich belegt ist, und wie viele Praxisbeispiele es aus ihnen gibt.",
    ListKind.PRACTICES: "Woher die Praxisbeispiele kommen. Jedes steht am Ort seiner Kommune.",
}
_SECTION_KEY = ("section", "gewählter Ausschnitt")
_SCRIPTS = ("vendor/leaflet/leaflet.js",)
_MODULE = "js/map.js"
_MODULES = (
    _MODULE,
    "js/map-clusters.js",
    "js/map-entries.js",
    "js/map-ground.js",
    "js/map-section.js",
    "js/map-spots.js",
    "js/map-view.js",
    "js/map-work.js",
)


@dataclass(frozen=True)
class MapEntry:
    """One hit in the list beside the map."""

    name: str
    href: str
    note: str
    is_member: bool


@dataclass(frozen=True)
class TilesView:
    """What the form about the background map says; `host` is who would be asked for tiles."""

    allowed: bool
    host: str
    operator: str
    attribution: str
    days: int
    return_to: str


@bp.get("/karte")
def index() -> Response:
    """Show the hits on the map and, page by page, in the list beside it."""
    reference = get_reference(db.session)
    criteria = criteria_of_request(reference)
    question = Question.from_args(criteria.kind, request.args)
    data = map_data(db.session, question)
    tiles = _tiles_view()
    nouns = criteria.listing.singular, criteria.listing.plural
    total = plural(data.located, *nouns)
    page = render_template(
        "map/index.html",
        listing=short_listing(criteria, reference),
        keep=_keep(criteria),
        views=_views(criteria),
        drawing=data.drawing,
        map_label=f"Karte: {total}",
        sentence=f"{total} auf der Karte",
        noun=nouns,
        data_href=question.layer_href,
        places_href=question.places_href if data.are_many else "",
        list_href=question.list_href,
        section=criteria.box.to_text() if criteria.box else "",
        ground_href=base_href(),
        legend=legend(data) + ([_SECTION_KEY] if criteria.box else []),
        attribution=_attribution(tiles),
        frame=_frame(with_tiles=_shows(tiles)),
        script_href=_script_href(with_tiles=_shows(tiles)),
        preload=_preload(question.places_href if data.are_many else question.layer_href),
        tiles=tiles,
        embed_href=embed_map_href(criteria),
    )
    response = make_response(page)
    response.vary.add("Cookie")
    return response


@bp.get("/map/<name>.geojson")
def layer(name: str) -> Response:
    """Send all hits of a list as GeoJSON; what was not understood stands in `problems`."""
    return map_data(db.session, _question(name)).geojson.response(request)


@bp.get("/map/<name>.json")
def places(name: str) -> Response:
    """Send the points of the same hits, packed for our own map (`maps/packed`)."""
    return map_data(db.session, _question(name)).places.response(request)


@bp.get("/map/grenzen/<detail>.topojson")
def boundaries(detail: str) -> Response:
    """Send the outlines of municipalities, counties and districts."""
    if detail not in _DETAILS:
        raise NotFound(f"Grenzen gibt es als {' und '.join(_DETAILS)}, nicht als „{detail}“.")
    return _unchanging(_outlines(_DETAILS[detail]))


@bp.get("/map/grundkarte.svg")
def base_map() -> Response:
    """Send the picture of the state that drawings lie on."""
    return _unchanging(base_map_picture(coarse="grob" in request.args))


@bp.get("/map/rahmen.js")
def script() -> Response:
    """Send the script folium wrote for the empty map; a file of its own, so pages can be kept."""
    with_tiles = "kacheln" in request.args and _settings().tiles_origin is not None
    return _unchanging(_script(_frame(with_tiles=with_tiles).script))


@bp.post("/karte/kacheln")
def consent() -> Response:
    """Remember that map tiles may be loaded from their host, or forget it."""
    allowed = request.form.get("zustimmung") == "ja" and _settings().tiles_origin is not None
    response = make_response(redirect(_back_to_map(request.form.get("next", "")), code=303))
    response.headers["Cache-Control"] = "no-store"
    attributes: dict[str, Any] = {
        "path": _CONSENT_PATH,
        "secure": current_app.config["BEHIND_TLS"],
        "httponly": True,
        "samesite": "Lax",
    }
    if allowed:
        response.set_cookie(CONSENT_COOKIE, "1", max_age=_CONSENT_SECONDS, **attributes)
    else:
        response.delete_cookie(CONSENT_COOKIE, **attributes)
    return response


def _question(name: str) -> Question:
    if name not in _LAYERS:
        raise NotFound(f"Eine Kartenebene „{name}“ gibt es nicht, nur {' und '.join(_LAYERS)}.")
    return Question.from_args(_LAYERS[name], request.args)


def criteria_of_request(reference: Reference) -> Criteria:
    """Read which list is to be shown and what is asked of it."""
    wanted = request.args.get("ebene", "")
    kind = _LAYERS.get(wanted, ListKind.MUNICIPALITIES)
    criteria = Criteria.from_args(request.args, kind=kind, reference=reference)
    if wanted and wanted not in _LAYERS:
        problem = Problem(
            "ebene", "Diese Ansicht der Karte gibt es nicht", "gezeigt werden die Kommunen"
        )
        criteria = replace(criteria, problems=(*criteria.problems, problem))
    return criteria


def _keep(criteria: Criteria) -> list[Filter]:
    """Return what every address of this page carries besides the filters."""
    return [("ebene", criteria.kind.value)]


def short_listing(criteria: Criteria, reference: Reference) -> ListingView:
    """Return the hits of the map as a list of short entries."""
    load = rows_for_cards if criteria.kind is ListKind.PRACTICES else None
    hits = find(db.session, criteria, reference, load)
    of_municipalities = criteria.kind is ListKind.MUNICIPALITIES
    return listing_view(
        criteria,
        hits,
        reference,
        title=f"Karte der {criteria.listing.plural}",
        intro=_INTROS[criteria.kind],
        page=hits.page.map(_entry(hits.page.items, criteria.kind)),
        # Three links above the map offer it already.
        hidden_facets=("mitglied",) if of_municipalities else (),
        keep=_keep(criteria),
    )


def _entry(items: list[Any], kind: ListKind) -> Callable[[Any], MapEntry]:
    """Return what turns one of `items` into its line in the list."""
    if kind is ListKind.PRACTICES:
        return _practice_entry
    counts = practices_per_municipality(db.session, [one.ags for one in items])
    return lambda one: _municipality_entry(one, counts.get(one.ags, 0))


def _practice_entry(practice: PracticeRow) -> MapEntry:
    href = page_href("practices.detail", practice.slug)
    return MapEntry(practice.title, href, practice.place_name, is_member=False)


def _municipality_entry(municipality: Municipality, practices_count: int) -> MapEntry:
    notes = []
    if municipality.county is not None and municipality.level is Level.MUNICIPALITY:
        notes.append(municipality.county.name)
    if practices_count:
        notes.append(plural(practices_count, "Praxisbeispiel", "Praxisbeispiele"))
    return MapEntry(
        municipality.name,
        municipality_href(municipality),
        ", ".join(notes),
        is_member=municipality.is_member,
    )


def _views(criteria: Criteria) -> list[tuple[str, str, bool]]:
    """Return what the map can show, each with what it understands of the same filters."""
    of_members = criteria.without("mitglied").for_list(ListKind.MUNICIPALITIES)
    of_practices = criteria.without("mitglied").for_list(ListKind.PRACTICES)
    on_practices = criteria.kind is ListKind.PRACTICES
    return [
        ("Belegte Mitglieder", map_href(of_members), criteria.members_only),
        (
            "Alle Kommunen",
            map_href(of_members.toggled("mitglied", ALL)),
            not (criteria.members_only or on_practices),
        ),
        ("Praxisbeispiele", map_href(of_practices), on_practices),
    ]


def legend(data: MapData) -> list[tuple[str, str]]:
    """Return what is drawn and what it stands for."""
    entries = []
    kinds = {area.kind for area in data.drawing.areas}
    if MEMBER in data.kinds:
        entries.append(("member", "Mitglied"))
    if Layer.MUNICIPALITIES in kinds:
        entries.append(("area", "Gebiet eines Mitglieds"))
    if kinds - {Layer.MUNICIPALITIES}:
        entries.append(("large", "Kreis oder Bezirk als Mitglied"))
    if OTHER in data.kinds:
        entries.append(("other", "Mitgliedschaft nicht erfasst"))
    return entries


def _attribution(tiles: TilesView | None) -> str:
    if tiles is None or not tiles.allowed:
        return ATTRIBUTION
    return f"{ATTRIBUTION}; Hintergrundkarte: {tiles.attribution}"


def _tiles_view() -> TilesView | None:
    """Return the state of the background map, and admit its host if it may be asked."""
    settings = _settings()
    if settings.tiles_origin is None:
        return None
    # `{s}` in an address of tiles stands for one of several hosts.
    origin = settings.tiles_origin.replace("{s}", "*")
    allowed = request.cookies.get(CONSENT_COOKIE) == "1"
    if allowed:
        allow_images_from(origin)
    host = urlsplit(origin).netloc
    of_bkg = host.endswith("geodatenzentrum.de")
    return TilesView(
        allowed=allowed,
        host=host,
        operator="Bundesamt für Kartographie und Geodäsie (BKG)" if of_bkg else "",
        attribution=settings.tiles_attribution,
        days=_CONSENT_SECONDS // (24 * 3600),
        return_to=_this_page(),
    )


def _this_page() -> str:
    """Return path and query of the present request."""
    return request.full_path.removesuffix("?")


def _shows(tiles: TilesView | None) -> bool:
    return tiles is not None and tiles.allowed


def _frame(*, with_tiles: bool) -> "Frame":
    # folium costs a second and 50 MB: not at start, only when the first map is drawn.
    from directory.maps import drawing

    settings = _settings()
    prefix = current_app.config["ASSET_PREFIX"]
    assets = drawing.Assets(
        stylesheets=(f"{prefix}css/map.css",),
        scripts=tuple(prefix + path for path in _SCRIPTS),
        module=prefix + _MODULE,
        detail=_outlines_href("detail"),
    )
    background = drawing.Tiles(settings.tiles_url, settings.tiles_attribution)
    return drawing.draw("karte", assets, background if with_tiles else None)


@lru_cache(maxsize=8)
def _script(text: str) -> Prepared:
    return Prepared(text.encode(), "text/javascript", stays=True)


def _script_href(*, with_tiles: bool) -> str:
    digest = _script(_frame(with_tiles=with_tiles).script).digest
    if with_tiles:
        return url_for("map.script", kacheln=1, v=digest)
    return url_for("map.script", v=digest)


def _preload(data_href: str) -> dict[str, list[str]]:
    """Return what the browser may fetch before the script asks for it."""
    prefix = current_app.config["ASSET_PREFIX"]
    return {
        "modules": [prefix + path for path in _MODULES],
        "data": [data_href],
    }


@cache
def _outlines(detail: Detail) -> Prepared:
    return Prepared(detail.path.read_bytes(), "application/json", stays=True)


def _outlines_href(name: str) -> str:
    return url_for("map.boundaries", detail=name, v=_outlines(_DETAILS[name]).digest)


def _unchanging(answer: Prepared) -> Response:
    """Send what may be kept for good under the address that carries its digest."""
    known = request.args.get("v") == answer.digest
    return answer.response(request, cache_control=FOREVER if known else REVALIDATE)


def _back_to_map(wanted: str) -> str:
    """Return `wanted` if it is a view of the map on this site, else the plain map."""
    plain = url_for("map.index")
    path = local_path(wanted, plain)
    return path if urlsplit(path).path == plain else plain


def _settings() -> Settings:
    settings: Settings = current_app.config["DIRECTORY"]
    return settings
