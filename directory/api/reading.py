"""What can be read, one function for each address: it is given what was asked and answers it."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from directory.api import presenters, shapes
from directory.api.parameters import WEIGHT, Asked, BadQuery
from directory.contacts import queries as contact_queries
from directory.db import db
from directory.errors import NotFound
from directory.events import queries as event_queries
from directory.lookups import reader
from directory.municipalities import queries as municipality_queries
from directory.municipalities.models import Municipality
from directory.practices import queries as practice_queries
from directory.search.criteria import Criteria
from directory.search.likeness.peer_groups import get_peers, get_units
from directory.search.likeness.peers import PEERS
from directory.search.likeness.weights import Factor, Weights
from directory.search.lists.listings import ListKind
from directory.search.queries import Hits, Load, find, practices_per_term
from directory.search.suggest import suggestions as find_suggestions
from directory.text import clean
from directory.topics import queries as topic_queries

_BLUEPRINTS = {
    ListKind.MUNICIPALITIES: "municipalities",
    ListKind.PRACTICES: "practices",
    ListKind.EVENTS: "events",
    ListKind.RESOURCES: "resources",
}
# What is loaded otherwise than for the cards of the page
_LOADING: Mapping[ListKind, Load] = {
    ListKind.PRACTICES: practice_queries.records,
    ListKind.RESOURCES: event_queries.resources_by_id,
}
_KINDS = {"municipality": "Kommune", "topic": "Thema", "practice": "Praxisbeispiel"}
_ANY_AGS = "05"


def municipalities(asked: Asked) -> shapes.Listing:
    """Return the members, or all municipalities, as the page lists them."""
    units = get_units(db.session)
    return _listing(
        asked,
        ListKind.MUNICIPALITIES,
        lambda one, _: presenters.municipality(one, units.get(one.ags), asked.reference),
    )


def municipality(asked: Asked, ags: str) -> shapes.Municipality:
    """Return one municipality."""
    entry = _get_municipality(ags)
    return presenters.municipality(entry, get_units(db.session).get(ags), asked.reference)


def peers(asked: Asked, ags: str) -> shapes.Listing:
    """Return the municipalities most like one."""
    units = get_units(db.session)
    if ags not in units:
        raise _unknown(ags)
    own = units[ags]
    group = get_peers(db.session, None if "ebenen" in asked.args else own.level)
    weights = _weights(asked)
    if not any(weights[factor] for factor in group.known_factors(ags)):
        sentence = f"Zu {own.name} fehlen die Angaben, die allein zählen sollen."
        raise BadQuery([(f"{WEIGHT}{next(iter(Factor)).value}", sentence)])
    with_practices = "nur" in asked.args
    comparable = group.comparable(ags, weights, with_practices=with_practices)
    limit = int(asked.args.get("limit", PEERS))
    wanted = min(asked.offset + limit, comparable)
    found = group.nearest(ags, weights, wanted, with_practices=with_practices) if wanted else ()
    pairs = weights.pairs() + [
        (name, asked.args[name]) for name in ("ebenen", "nur") if name in asked.args
    ]
    page = url_for("municipalities.peers", slug=own.slug) + (
        f"?{urlencode(pairs)}" if pairs else ""
    )
    items = [
        presenters.peer(own, one, asked.reference) for one in islice(found, asked.offset, None)
    ]
    return answer(asked, items, comparable, page, limit=limit)


def practices(asked: Asked) -> shapes.Listing:
    """Return the practices as the page lists them."""
    return _listing(
        asked,
        ListKind.PRACTICES,
        lambda one, hits: presenters.practice(one, hits.scores.get(one.id)),
    )


def practice(_asked: Asked, id: int) -> shapes.Practice:  # noqa: A002 - its name in addresses
    """Return one published practice."""
    entry = practice_queries.find_record(db.session, id)
    if entry is None:
        raise NotFound(f"Ein Praxisbeispiel mit der Nummer {id} gibt es hier nicht (mehr).")
    return presenters.practice(entry)


def contacts(asked: Asked) -> shapes.Listing:
    """Return the public contact points by municipality."""
    entries, total = contact_queries.listed(
        db.session, asked.args.getlist("kommune"), limit=asked.limit, offset=asked.offset
    )
    items = [presenters.contact(one) for one in entries]
    return answer(asked, items, total, url_for("municipalities.index"))


def topics(asked: Asked) -> shapes.Listing:
    """Return the vocabulary in its order."""
    kinds = asked.args.getlist("art")
    counts = practices_per_term(db.session)
    terms = [
        one
        for one in topic_queries.all_with_synonyms(db.session)
        if not kinds or one.kind.value in kinds
    ]
    shown = terms[asked.offset : asked.offset + asked.limit]
    items = [presenters.term(one, counts.get(one.slug, 0)) for one in shown]
    return answer(asked, items, len(terms), url_for("topics.index"))


def events(asked: Asked) -> shapes.Listing:
    """Return the events as the page lists them."""
    return _listing(asked, ListKind.EVENTS, lambda one, _: presenters.event(one, asked.reference))


def event(asked: Asked, slug: str) -> shapes.EventDetails:
    """Return one event with programme, municipalities and material."""
    entry = event_queries.find_by_slug(db.session, slug)
    if entry is None:
        raise NotFound("Diese Veranstaltung ist nicht verzeichnet.")
    material = event_queries.resources_of_event(db.session, entry.id)
    return presenters.event_details(entry, material, asked.reference)


def resources(asked: Asked) -> shapes.Listing:
    """Return press releases, dossiers, downloads, articles and links."""
    return _listing(asked, ListKind.RESOURCES, lambda one, _: presenters.resource(one))


def suggestions(asked: Asked) -> shapes.Suggestions:
    """Return what may be meant while somebody types, places first."""
    found = find_suggestions(reader(), clean(asked.args.get("q", "")))
    beginnings = _beginnings(request.script_root) if found else {}
    return shapes.Suggestions(
        [
            shapes.Suggestion(
                kind=one.kind,  # type: ignore[arg-type]
                kind_label=_KINDS[one.kind],
                label=one.label,
                url=beginnings[one.kind] + one.key,
                detail=one.detail,
            )
            for one in found
        ]
    )


def _get_municipality(ags: str) -> Municipality:
    entry = municipality_queries.find_by_ags(db.session, ags)
    if entry is None:
        raise _unknown(ags)
    return entry


def _unknown(ags: str) -> NotFound:
    return NotFound(f"Den Gemeindeschlüssel {ags} gibt es hier nicht.")


def _weights(asked: Asked) -> Weights:
    usual = Weights.usual()
    given = {
        factor: float(asked.args.get(f"{WEIGHT}{factor.value}", usual[factor])) for factor in Factor
    }
    if not any(given.values()):
        name = f"{WEIGHT}{next(iter(Factor)).value}"
        raise BadQuery([(name, "Alle Gewichte stehen auf 0, so lässt sich nichts vergleichen.")])
    return Weights.of(given)


def _listing(
    asked: Asked, kind: ListKind, present: Callable[[Any, Hits], object]
) -> shapes.Listing:
    """Return a part of one of the four lists, found and counted as on its page."""
    criteria = asked.criteria(kind)
    hits = find(
        db.session,
        criteria,
        asked.reference,
        _LOADING.get(kind),
        size=asked.limit,
        offset=asked.offset,
    )
    items = [present(one, hits) for one in hits.page.items]
    query = criteria.to_query()
    page = url_for(f"{_BLUEPRINTS[kind]}.index") + (f"?{query}" if query else "")
    return answer(
        asked,
        items,
        hits.counts.total,
        page,
        facets=_facets(hits, asked),
        corrected=hits.question.corrected(hits.criteria.q) if hits.question else None,
    )


def _facets(hits: Hits, asked: Asked) -> dict[str, list[shapes.FacetValue]]:
    """Return the values worth offering, with the number of entries under all other filters."""
    criteria: Criteria = hits.criteria
    found = {}
    for facet in criteria.listing.facets:
        if facet.offered:
            counts = hits.counts.values[facet.name]
            chosen = criteria.choices.get(facet.name, ())
            found[facet.name] = [
                shapes.FacetValue(value, label, counts.get(value, 0))
                for value, label in facet.labels(asked.reference).items()
                if value in counts or value in chosen
            ]
    return found


def answer(
    asked: Asked,
    items: Sequence[object],
    total: int,
    page: str,
    *,
    limit: int | None = None,
    facets: dict[str, list[shapes.FacetValue]] | None = None,
    corrected: str | None = None,
) -> shapes.Listing:
    """Return a list: some `items` of a `total`, and where else it stands (`page`)."""
    limit = limit if limit is not None else asked.limit
    return shapes.Listing(
        items=list(items),
        total=total,
        limit=limit,
        offset=asked.offset,
        facets=facets or {},
        query=shapes.QueryNotes(corrected),
        links=_links(asked, total, limit, page),
    )


def _links(asked: Asked, total: int, limit: int, page: str) -> shapes.Links:
    kept = asked.pairs("limit", "offset", "seite")

    def part(offset: int) -> str:
        query = urlencode([*kept, ("limit", limit), ("offset", offset)])
        return presenters.absolute(f"{asked.path}?{query}")

    offset = asked.offset
    last = max(total - 1, 0) // limit * limit
    return shapes.Links(
        self=part(offset),
        first=part(0),
        previous=part(min(max(offset - limit, 0), last)) if offset else None,
        next=part(offset + limit) if offset + limit < total else None,
        last=part(last),
        page=presenters.absolute(page),
    )


@lru_cache(maxsize=16)
def _beginnings(_root: str) -> dict[str, str]:
    """Return kind → address of an entry of this kind, without its key, which needs no quoting."""
    return {
        "municipality": url_for("municipalities.by_key", ags=_ANY_AGS).removesuffix(_ANY_AGS),
        "topic": url_for("topics.detail", slug="-").removesuffix("-"),
        "practice": url_for("practices.detail", slug="-").removesuffix("-"),
    }
