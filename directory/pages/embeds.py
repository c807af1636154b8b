"""`/embed/…`: map, list and single example for other people's sites, and the page to order them.

What is framed runs no script, sets no cookie and keeps nothing; every link opens the directory in
a tab of its own. It reads its filters from the address alone, as the pages do.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from directory.attributions import DATA_SOURCES
from directory.db import db
from directory.errors import Hint, NotFound
from directory.geo.boundaries import ATTRIBUTION
from directory.pages.components.listing import address, list_href, listing_view, map_href
from directory.pages.components.map_data import Question, map_data
from directory.pages.map import criteria_of_request, legend, short_listing
from directory.pages.practices import practice_page
from directory.practices import queries as practices
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import Reference, get_reference
from directory.search.queries import find
from directory.text import clean, plural
from directory.topics.models import TermKind
from directory.web.addresses import absolute
from directory.web.security import allow_framing, show_own_frames

bp = Blueprint("embeds", __name__)

MAP, LIST, EXAMPLE = "karte", "praxisbeispiele", "beispiel"
_KINDS = {
    MAP: "Karte der Kommunen",
    "karte-beispiele": "Karte der Praxisbeispiele",
    LIST: "Liste der Praxisbeispiele",
    EXAMPLE: "Ein einzelnes Praxisbeispiel",
}
_HEIGHT, _LEAST_HEIGHT, _MOST_HEIGHT = 600, 200, 2_000
_LONGEST_TITLE = 120
# What the form asks besides the filters
_OWN_NAMES = {"was", "beispiel", "titel", "hoehe"}


@dataclass(frozen=True)
class Order:
    """What somebody wants to embed; `problems` are sentences by the name of the field."""

    kind: str
    criteria: Criteria
    href: str
    title: str
    height: str
    example: str
    problems: dict[str, str]

    @property
    def snippet(self) -> Markup:
        """The HTML to copy."""
        return Markup(
            '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" '
            'referrerpolicy="no-referrer"></iframe>'
        ).format(absolute(self.href), self.title, self.height)


@bp.before_app_request
def _frame() -> None:
    """Let frames show whatever comes of this, what is not there or went wrong as well."""
    if request.path.startswith("/embed/"):
        allow_framing()


@bp.get("/embed/karte")
def map_of_hits() -> Response:
    """Show the hits on the drawn map, and in a list below it."""
    reference = get_reference(db.session)
    criteria = criteria_of_request(reference)
    data = map_data(db.session, Question.from_args(criteria.kind, request.args))
    nouns = criteria.listing.singular, criteria.listing.plural
    return _framed(
        "embed/map.html",
        listing=short_listing(criteria, reference),
        drawing=data.drawing,
        map_label="Karte: " + plural(data.located, *nouns),
        legend=legend(data),
        attribution=ATTRIBUTION,
        whole_href=map_href(criteria),
    )


@bp.get("/embed/praxisbeispiele")
def list_of_practices() -> Response:
    """Show the examples that the filters leave, page by page."""
    reference = get_reference(db.session)
    criteria = Criteria.from_args(request.args, kind=ListKind.PRACTICES, reference=reference)
    hits = find(db.session, criteria, reference, practices.rows_for_cards)
    listing = listing_view(
        criteria, hits, reference, title="Praxisbeispiele", intro="", page=hits.page.map(_entry)
    )
    return _framed(
        "embed/practices.html", listing=listing, whole_href=list_href(criteria.on_page(1))
    )


@bp.get("/embed/praxisbeispiele/<slug>")
def practice(slug: str) -> Response:
    """Show one example in short."""
    found = practices.find_by_slug(db.session, slug)
    if found is None:
        raise NotFound(
            "Dieses Praxisbeispiel gibt es hier nicht (mehr).",
            (Hint("Alle Praxisbeispiele", url_for("practices.index")),),
        )
    page = practice_page(found)
    return _framed(
        "embed/practice.html",
        practice=page["practice"],
        municipality=page["municipality"],
        whole_href=url_for("practices.detail", slug=slug),
    )


@bp.get("/einbetten")
def order() -> str:
    """Show the form that makes the lines to copy, and what they will show."""
    show_own_frames()
    reference = get_reference(db.session)
    wanted = _order(reference)
    return render_template(
        "embedding/index.html",
        order=wanted,
        kinds=[(value, label, value == wanted.kind) for value, label in _KINDS.items()],
        topics=_options(reference.terms[TermKind.TOPIC], wanted.criteria, "thema"),
        counties=_options(reference.counties, wanted.criteria, "kreis"),
        carried=wanted.criteria.hidden_inputs(exclude=("q", "ort", "umkreis", "thema", "kreis")),
        heights=(_LEAST_HEIGHT, _MOST_HEIGHT),
        longest_title=_LONGEST_TITLE,
    )


def _framed(template: str, **values: object) -> Response:
    return make_response(
        render_template(template, credits=(*_CREDITS, url_for("pages.licences")), **values)
    )


_CREDITS = ("Kommunen-Netzwerk: engagiert in NRW", DATA_SOURCES[0].attribution)


def _entry(row: practices.PracticeRow) -> dict[str, object]:
    return {
        "title": row.title,
        "href": url_for("practices.detail", slug=row.slug),
        "place": row.place_name,
        "summary": row.summary,
    }


def _order(reference: Reference) -> Order:
    kind = request.args.get("was", MAP)
    problems: dict[str, str] = {}
    if kind not in _KINDS:
        problems["was"] = "Das gibt es nicht zum Einbetten; gezeigt wird die Karte."
        kind = MAP
    filters = MultiDict(
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in _OWN_NAMES | {"ebene", "seite", "meine"} and value.strip()
    )
    listed = ListKind.MUNICIPALITIES if kind == MAP else ListKind.PRACTICES
    criteria = Criteria.from_args(filters, kind=listed, reference=reference)
    problems |= {one.name: str(one) for one in criteria.problems}
    example = _slug(request.args.get("beispiel", ""))
    href = _href(kind, criteria, example, problems)
    return Order(
        kind=kind,
        criteria=criteria,
        href=href,
        title=_title(kind),
        height=_height(problems),
        example=example,
        problems=problems,
    )


def _href(kind: str, criteria: Criteria, example: str, problems: dict[str, str]) -> str:
    """Return the address to frame; "" where it needs an example that there is not."""
    match kind:
        case "praxisbeispiele":
            return address(url_for(".list_of_practices"), criteria)
        case "beispiel":
            if practices.find_by_slug(db.session, example) is None:
                if example:
                    problems["beispiel"] = (
                        "Bitte die Adresse eines Praxisbeispiels aus diesem Verzeichnis angeben."
                    )
                return ""
            return url_for(".practice", slug=example)
    return address(url_for(".map_of_hits"), criteria, keep=[("ebene", criteria.kind.value)])


def _slug(typed: str) -> str:
    """Return the last part of an address, or what was typed if it is none."""
    path = clean(typed).partition("?")[0].partition("#")[0]
    return path.rstrip("/").rpartition("/")[2][:200]


def _title(kind: str) -> str:
    """Return the title as typed; one that only names another content was never chosen."""
    typed = clean(request.args.get("titel", ""))[:_LONGEST_TITLE]
    return typed if typed and typed not in _KINDS.values() else _KINDS[kind]


def _height(problems: dict[str, str]) -> str:
    typed = clean(request.args.get("hoehe", ""))
    if not typed:
        return str(_HEIGHT)
    if typed.isascii() and typed.isdigit() and len(typed) < 6:
        height = int(typed)
        if _LEAST_HEIGHT <= height <= _MOST_HEIGHT:
            return str(height)
    problems["hoehe"] = (
        f"Die Höhe ist eine Zahl von {_LEAST_HEIGHT} bis 2.000; genommen wurden {_HEIGHT}."
    )
    return str(_HEIGHT)


def _options(labels: dict[str, str], criteria: Criteria, name: str) -> list[tuple[str, str, bool]]:
    chosen = criteria.choices.get(name, ())
    return [(value, label, value in chosen) for value, label in labels.items()]
