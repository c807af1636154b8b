"""A filtered list as its page shows it: labels, counts, ways to widen it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from directory.db import db
from directory.pages.components import jsonld
from directory.pages.components.facets import ALL_OF, FacetView, facet_view
from directory.pages.components.finding import SearchNotice, search_notices
from directory.search import failures
from directory.search.criteria import DISTANCE, RADII_KM, RELEVANCE, SIMILARITY, Criteria, short
from directory.search.lists.listings import ALL, Facet
from directory.search.lists.reference import Reference
from directory.search.queries import Filter, Hits, active_filters, find_total
from directory.search.widening import circles
from directory.search.wording import filter_label
from directory.subscriptions.searches import SUBSCRIBED, canonical
from directory.text import number, plural
from directory.web.kept import make_anew_each_time
from directory.web.pagination import Page


@dataclass(frozen=True)
class ActiveFilter:
    """One filter in force; `gain`: entries without it, None where that is no more."""

    label: str
    value_label: str
    href_without: str
    gain: int | None


@dataclass(frozen=True)
class Option:
    """One choice of a select."""

    value: str
    label: str
    selected: bool


@dataclass(frozen=True)
class WayOut:
    """One filter to drop from an empty list, and what that would bring."""

    label: str
    href: str
    count: int


@dataclass(frozen=True)
class EmptyState:
    """Why nothing is shown and how to see something."""

    sentence: str
    options: list[WayOut]


@dataclass(frozen=True)
class ListingView:
    """All that `components/listing.html` needs."""

    title: str
    # What tells it from other lists in tabs and history: `Praxisbeispiele: „Karte“, Seite 2 von 3`
    page_title: str
    intro: str
    total_phrase: str
    action: str
    reset_href: str
    page: Page[Any]
    page_href: Callable[[int], str]
    facets: list[FacetView]
    # Whether all values of one facet are shown, so that the facets are what somebody wants to see
    shows_whole_facet: bool
    active: list[ActiveFilter]
    problems: tuple[str, ...]
    notices: list[SearchNotice]
    sort_options: tuple[Option, ...]
    radius_options: tuple[Option, ...]
    empty: EmptyState | None
    map_href: str | None
    # The one address of this list among all that show it
    canonical_href: str
    # Label and address of what can be subscribed to and downloaded, with the same filters
    feeds: list[tuple[str, str]]
    exports: list[tuple[str, str]]
    # The list for search engines (schema.org); None without exports
    dataset: jsonld.Thing | None
    # Where one can subscribe to news in this list; None: there are none by mail
    subscribe_href: str | None
    # Where to get the lines that show this list on another site; None: it is not embedded
    embed_href: str | None
    criteria: Criteria


# How many facets stand open before anybody chose from them.
_OPEN_FACETS = 2
# Filters named in the title of a page, which tabs cut
_MOST_IN_TITLES = 3


def listing_view(
    criteria: Criteria,
    hits: Hits,
    reference: Reference,
    *,
    title: str,
    intro: str,
    page: Page[Any],
    map_href: str | None = None,
    hidden_facets: Sequence[str] = (),
    keep: Sequence[Filter] = (),
) -> ListingView:
    """Dress `hits` for the page; `page` holds the cards.

    Facets named in `hidden_facets` are offered elsewhere on the page. `keep` are names and values
    outside the criteria that every address carries along.
    """

    def href(changed: Criteria) -> str:
        return address(request.path, changed, keep)

    def facet_href(whole: str) -> str:
        return address(request.path, criteria, [*keep, (ALL_OF, whole)] if whole else keep)

    # What was answered may be wider than what was asked; the page shows what it is a list of.
    asked, criteria = criteria, hits.criteria
    total = hits.counts.total
    if asked.q and hits.near == total and not (asked.choices or asked.place or asked.box):
        failures.count(asked.q)
        make_anew_each_time()
    listing = criteria.listing
    offered = [
        facet for facet in listing.facets if facet.offered and facet.name not in hidden_facets
    ]
    whole = request.args.get(ALL_OF, "")
    exports = _export_links(criteria)
    return ListingView(
        title=title,
        page_title=_page_title(title, criteria, reference, page),
        intro=intro,
        total_phrase=plural(total, listing.singular, listing.plural),
        action=request.path,
        reset_href=address(request.path, Criteria(kind=criteria.kind), keep),
        page=page,
        page_href=_pages(href(criteria.on_page(1))),
        facets=[
            facet_view(
                facet,
                criteria,
                hits,
                reference,
                href=facet_href,
                is_first=number < _OPEN_FACETS,
                is_whole=facet.name == whole,
            )
            for number, facet in enumerate(offered)
        ],
        shows_whole_facet=any(facet.name == whole for facet in offered),
        active=[_active(one, criteria, hits, reference, href) for one in active_filters(criteria)],
        problems=_problems(criteria, page, whole, offered),
        notices=search_notices(asked, hits, href),
        sort_options=_sort_options(criteria),
        radius_options=_radius_options(criteria) if listing.place is not None else (),
        empty=None if page.items else _empty(criteria, hits, reference, href),
        map_href=map_href,
        canonical_href=address(request.path, replace(asked, own="", sort="")),
        feeds=feed_links(criteria),
        exports=exports,
        dataset=jsonld.dataset(title, intro, exports),
        subscribe_href=subscribe_href(criteria),
        embed_href=embed_href(criteria),
        criteria=criteria,
    )


def _page_title(title: str, criteria: Criteria, reference: Reference, page: Page[Any]) -> str:
    filters = active_filters(criteria)
    said = [short(filter_label(one, criteria, reference)[1]) for one in filters[:_MOST_IN_TITLES]]
    if more := len(filters) - len(said):
        said.append(plural(more, "weiterer Filter", "weitere Filter"))
    if said:
        title = f"{title}: {', '.join(said)}"
    if page.number == 1:
        return title
    of_all = f" von {number(page.pages)}" if page.number <= page.pages else ""
    return f"{title}, Seite {number(page.number)}{of_all}"


def _pages(first: str) -> Callable[[int], str]:
    """Return what gives the address of each page of a list by that of its first one."""
    more = f"{first}{'&' if '?' in first else '?'}seite="
    return lambda wanted: first if wanted == 1 else f"{more}{wanted}"


def address(path: str, criteria: Criteria, keep: Sequence[Filter] = ()) -> str:
    """Return the address of `criteria` on the page `path`."""
    query = urlencode([*keep, *criteria.pairs()])
    return f"{path}?{query}" if query else path


def list_href(criteria: Criteria) -> str:
    """Return the address of the list that `criteria` belong to."""
    return address(url_for(f"{_BLUEPRINTS[criteria.kind.value]}.index"), criteria)


def map_href(criteria: Criteria) -> str:
    """Return the address of the map that shows what `criteria` ask for."""
    return address(url_for("map.index"), criteria.on_page(1), keep=[("ebene", criteria.kind.value)])


def subscribe_href(criteria: Criteria) -> str | None:
    """Return where to subscribe to what `criteria` ask for; None: their list is not sent."""
    if criteria.kind not in SUBSCRIBED:
        return None
    path = url_for("subscriptions.form")
    return address(path, canonical(criteria), keep=[("liste", criteria.kind.value)])


def embed_href(criteria: Criteria) -> str | None:
    """Return where to order a frame with the list `criteria` ask for; None: there is none of it."""
    wanted = criteria.kind.value
    return _order_href(criteria, wanted) if wanted in _EMBEDDED else None


def embed_map_href(criteria: Criteria) -> str:
    """Return where to order a frame with the map that shows what `criteria` ask for."""
    wanted = {"praxisbeispiele": "karte-beispiele"}.get(criteria.kind.value, "karte")
    return _order_href(criteria, wanted)


def _order_href(criteria: Criteria, wanted: str) -> str:
    question = replace(criteria, own="", sort="", page=1)
    return address(url_for("embeds.order"), question, keep=[("was", wanted)])


def feed_links(criteria: Criteria) -> list[tuple[str, str]]:
    """Return label and address of the feeds of what `criteria` ask for."""
    # A feed has an order of its own.
    question = replace(criteria, sort="", page=1)
    endpoints = _FEEDS.get(criteria.kind.value, {})
    return [(label, address(url_for(name), question)) for label, name in endpoints.items()]


def _export_links(criteria: Criteria) -> list[tuple[str, str]]:
    """Return label and address of the files that hold all of what `criteria` ask for."""
    name = criteria.kind.value
    if name not in _EXPORTED:
        return []
    query = criteria.on_page(1).to_query()
    question = f"?{query}" if query else ""
    return [
        (label, url_for(f"exports.{ending}", name=name) + question)
        for label, ending in (("CSV", "csv"), ("Excel", "xlsx"), ("GeoJSON", "geojson"))
    ]


_EMBEDDED = {"praxisbeispiele"}
_EXPORTED = {"kommunen", "praxisbeispiele"}
_FEEDS = {
    "praxisbeispiele": {"Atom-Feed": "atom_feeds.practices"},
    "veranstaltungen": {"Kalender": "calendars.events", "Atom-Feed": "atom_feeds.events"},
}
_BLUEPRINTS = {
    "kommunen": "municipalities",
    "praxisbeispiele": "practices",
    "veranstaltungen": "events",
    "materialien": "resources",
}


def _active(
    one: Filter,
    criteria: Criteria,
    hits: Hits,
    reference: Reference,
    href: Callable[[Criteria], str],
) -> ActiveFilter:
    more = hits.counts.without.get(one, 0)
    label, value_label = filter_label(one, criteria, reference)
    return ActiveFilter(
        label=label,
        value_label=value_label,
        href_without=href(criteria.without(*one)),
        gain=more if more > hits.counts.total else None,
    )


def _problems(
    criteria: Criteria, page: Page[Any], whole: str, offered: Sequence[Facet]
) -> tuple[str, ...]:
    problems: tuple[str, ...] = criteria.problems
    if whole and all(facet.name != whole for facet in offered):
        sentence = f"Den Filter „{short(whole)}“ gibt es hier nicht; "
        problems = (*problems, sentence + "von allen stehen die häufigsten Werte da.")
    if page.items or page.number <= page.pages:
        return problems
    sentence = f"Seite {number(page.number)} gibt es nicht; die Liste hat "
    return (*problems, sentence + plural(page.pages, "Seite.", "Seiten."))


def _sort_options(criteria: Criteria) -> tuple[Option, ...]:
    labels = {name: order.label for name, order in criteria.listing.orders.items()}
    if criteria.q:
        labels = {RELEVANCE: "Beste Treffer"} | labels
    if criteria.where is not None and criteria.where.point is not None:
        labels[DISTANCE] = "Entfernung"
    if criteria.own:
        labels[SIMILARITY] = "Ähnlich zu meiner Kommune"
    # The order that goes without saying stays out of the address: words typed later bring another.
    unsaid = criteria.sorted_by("").order
    return tuple(
        Option("" if name == unsaid else name, label, name == criteria.order)
        for name, label in labels.items()
    )


def _radius_options(criteria: Criteria) -> tuple[Option, ...]:
    radii: set[float] = {*RADII_KM}
    if criteria.radius_km is not None:
        radii.add(criteria.radius_km)
    nothing = Option("", "nur der Ort selbst", criteria.radius_km is None)
    return (
        nothing,
        *(
            Option(f"{radius:g}", f"{number(radius)} km", radius == criteria.radius_km)
            for radius in sorted(radii)
        ),
    )


def _empty(
    criteria: Criteria, hits: Hits, reference: Reference, href: Callable[[Criteria], str]
) -> EmptyState | None:
    if hits.counts.total:
        # The list has entries, only not on this page.
        first = WayOut("Zur ersten Seite", href(criteria.on_page(1)), hits.counts.total)
        return EmptyState("Auf dieser Seite steht nichts mehr.", [first])
    ways = []
    if criteria.members_only and (found := hits.counts.values["mitglied"].get(ALL)):
        everywhere = criteria.toggled("mitglied", ALL)
        ways.append(WayOut("In ganz Nordrhein-Westfalen suchen", href(everywhere), found))
    for one, found in hits.counts.without.items():
        if found:
            words = _without_words(one, criteria, reference)
            ways.append(WayOut(words, href(criteria.without(*one)), found))
    if around := _around(criteria, reference):
        wider, found = around
        circle = f"Im Umkreis von {number(wider.radius_km or 0)} km suchen"
        ways.append(WayOut(circle, href(wider), found))
    ways.sort(key=lambda way: way.count)
    sentence = f"Dazu sind keine {criteria.listing.plural} erfasst."
    if criteria.q and hits.everywhere and criteria.everywhere() != criteria.on_page(1):
        sentence = f"0 hier, {number(hits.everywhere)} in ganz NRW."
        if all(way.count != hits.everywhere for way in ways):
            without_filters = href(criteria.everywhere())
            ways.insert(0, WayOut("In ganz NRW suchen", without_filters, hits.everywhere))
    if not ways and criteria.is_narrowed:
        nothing = Criteria(kind=criteria.kind)
        ways.append(WayOut("Alle Filter entfernen", href(nothing), _all(hits)))
    return EmptyState(sentence, [way for way in ways if way.count])


def _around(criteria: Criteria, reference: Reference) -> tuple[Criteria, int] | None:
    """Return the narrowest circle around the place asked for that holds any hits, and how many."""
    for wider in circles(criteria):
        if found := find_total(db.session, wider, reference):
            return wider, found
    return None


def _without_words(one: Filter, criteria: Criteria, reference: Reference) -> str:
    """Say what a list without one of its filters is."""
    name, _ = one
    if name == "bbox":
        return "Auch außerhalb des Kartenausschnitts suchen"
    label, value = filter_label(one, criteria, reference)
    return f"Ohne den {label} {value}" if name == "q" else f"Ohne den Filter „{label}: {value}“"


def _all(hits: Hits) -> int:
    return max(hits.counts.without.values(), default=0)
