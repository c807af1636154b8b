"""`/suche`: one question to all lists, answered kind by kind."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from directory.contacts import queries as contacts
from directory.db import db
from directory.pages.cache import make_anew_each_time
from directory.pages.cards import (
    contact_card,
    event_card,
    municipality_card,
    resource_card,
)
from directory.pages.finding import (
    SearchNotice,
    ambiguous_notice,
    correction_notice,
    found_practice_cards,
    understood_notice,
)
from directory.pages.listing import EmptyState, WayOut, list_href
from directory.pages.today import today
from directory.practices import queries as practices
from directory.search import failures
from directory.search.answers import answer, keys
from directory.search.criteria import Criteria
from directory.search.listings import ALL, ListKind
from directory.search.queries import (
    answered,
    find_first,
    find_ids,
    find_total,
    practices_per_municipality,
    practices_per_term,
)
from directory.search.question import Question
from directory.search.reference import get_reference
from directory.search.widening import widening_sentence
from directory.text import clean, join, plural
from directory.topics import queries as topics

bp = Blueprint("search", __name__)

_SHOWN = 5
_LONGEST_QUERY = 300


@bp.get("/suche")
def index() -> str:
    """Show the best hits of every kind."""
    q = clean(request.args.get("q", ""))
    problems = []
    if len(q) > _LONGEST_QUERY:
        q = q[:_LONGEST_QUERY].strip()
        problems.append(
            "Ihre Suchworte sind sehr lang; gesucht wurde nach den ersten "
            f"{_LONGEST_QUERY} Zeichen."
        )
    literal = request.args.get("genau") == "1"
    asked = _asked(q, ListKind.PRACTICES, literal=literal)
    groups = _groups(q, asked, literal=literal) if q else []
    total = sum(group["total"] for group in groups)
    if q and not groups:
        failures.count(q)
        make_anew_each_time()
    return render_template(
        "search/index.html",
        query=q,
        notices=_notices(groups, asked, q),
        problems=problems,
        total_phrase=f"{plural(total, 'Treffer', 'Treffer')} für „{q}“" if groups else "",
        groups=groups,
        empty=_nothing_found(q) if q and not groups else None,
    )


def _asked(q: str, kind: ListKind, *, literal: bool) -> Criteria:
    """Return what `q` asks of one list."""
    args = MultiDict([("q", q)])
    if literal:
        args.add("genau", "1")
    if kind is ListKind.MUNICIPALITIES:
        args.add("mitglied", ALL)
    return Criteria.from_args(args, kind=kind, reference=get_reference(db.session))


def _groups(q: str, asked: Criteria, *, literal: bool) -> list[dict[str, Any]]:
    # What has no place of its own is searched everywhere, for the words beside the place.
    words = asked.q or q
    groups = [
        _listed(q, ListKind.PRACTICES, "practice", literal=literal),
        _listed(q, ListKind.MUNICIPALITIES, "municipality", literal=literal),
        _terms(words),
        _contact_points(q, asked),
        _listed(words, ListKind.EVENTS, "event", literal=literal),
        _listed(words, ListKind.RESOURCES, "resource", literal=literal),
    ]
    found = [group for group in groups if group["total"]]
    # Who types the name of a place wants that place first.
    found.sort(key=lambda group: group["kind"] != "municipality" or not group["exact"])
    return found


def _listed(q: str, kind: ListKind, name: str, *, literal: bool) -> dict[str, Any]:
    reference = get_reference(db.session)
    criteria = _asked(q, kind, literal=literal)
    load = practices.rows_for_cards if kind is ListKind.PRACTICES else None
    first = find_first(db.session, criteria, reference, _SHOWN, load)
    total = find_total(db.session, criteria, reference) if len(first) == _SHOWN else len(first)
    asked = (
        answer(db.session, criteria.listing.index_kind, criteria.q, literal=literal).question
        if criteria.q
        else None
    )
    return {
        "kind": name,
        "label": criteria.listing.plural,
        "anchor": kind.value,
        "total": total,
        "all_href": list_href(criteria) if total > len(first) else "",
        "entries": _cards(kind, first, asked),
        "exact": kind is ListKind.MUNICIPALITIES and _is_name(q, asked, first),
        "criteria": criteria,
        "question": asked,
    }


def _is_name(q: str, asked: Question | None, first: list[Any]) -> bool:
    """Tell whether the words, as typed or as corrected, are the name of the first hit."""
    if not first or asked is None:
        return False
    meant = dict(asked.corrections).get(q, q)
    found = get_reference(db.session).gazetteer.find(meant)
    return found is not None and first[0].ags in {place.ags for place in found.places}


def _notices(groups: list[dict[str, Any]], asked: Criteria, q: str) -> list[SearchNotice]:
    """Return how the words were read, once for all kinds."""
    literal = url_for(".index", q=q, genau="1")
    if asked.understood is not None:
        read = [
            understood_notice(asked, asked.understood, literal),
            ambiguous_notice(asked, lambda place: _about(asked, place)),
            _widened_notice(asked),
            _placeless_notice(groups, asked),
        ]
        return [notice for notice in read if notice is not None]
    for group in groups:
        # That only towns are called like that is no news about all the rest.
        if group["kind"] == "municipality" and not group["exact"] and len(groups) > 1:
            continue
        notice = correction_notice(group.get("question"), q, literal)
        if notice is not None:
            return [notice]
    return []


def _about(criteria: Criteria, place: str) -> str:
    """Return the address of the same question about another place."""
    return url_for(".index", q=" ".join(filter(None, [criteria.q, place])))


def _widened_notice(asked: Criteria) -> SearchNotice | None:
    """Say in which way the examples shown are from farther away than the words say."""
    sentence = widening_sentence(asked, answered(db.session, asked, get_reference(db.session)))
    return SearchNotice(sentence) if sentence else None


def _placeless_notice(groups: list[dict[str, Any]], asked: Criteria) -> SearchNotice | None:
    """Say which kinds were searched everywhere, because their entries have no place."""
    labels = [
        group["label"]
        for group in groups
        if group.get("criteria") is not None and group["criteria"].listing.place is None
    ]
    if not (labels and asked.place and asked.q):
        return None
    return SearchNotice(
        f"{join(labels)} lassen sich nicht nach Ort eingrenzen; dort wurde überall nach "
        f"„{asked.q}“ gesucht."
    )


def _cards(kind: ListKind, entries: list[Any], asked: Question | None) -> list[Any]:
    match kind:
        case ListKind.PRACTICES:
            reference = get_reference(db.session)
            return list(found_practice_cards(db.session, entries, asked, reference))
        case ListKind.MUNICIPALITIES:
            counts = practices_per_municipality(db.session, [one.ags for one in entries])
            return [municipality_card(one, counts.get(one.ags, 0)) for one in entries]
        case ListKind.EVENTS:
            return [event_card(one, today()) for one in entries]
        case ListKind.RESOURCES:
            return [resource_card(one) for one in entries]


def _terms(q: str) -> dict[str, Any]:
    found = _keys("topic", q)
    slugs = _shown("themen", found)
    totals = practices_per_term(db.session)
    by_slug = {term.slug: term for term in topics.by_slugs(db.session, slugs)}
    return {
        "kind": "topic",
        "label": "Themen",
        "anchor": "themen",
        "total": len(found),
        "all_href": _all_href("themen", found, slugs),
        "entries": [
            {
                "label": by_slug[slug].label,
                "href": url_for("topics.detail", slug=slug),
                "definition": by_slug[slug].definition,
                "practices_count": totals.get(slug, 0),
            }
            for slug in slugs
        ],
    }


def _contact_points(q: str, asked: Criteria) -> dict[str, Any]:
    found = _contacts_asked_for(q, asked)
    ids = _shown("ansprechstellen", found)
    by_id = {one.id: one for one in contacts.by_ids(db.session, ids)}
    return {
        "kind": "contact",
        "label": "Ansprechstellen",
        "anchor": "ansprechstellen",
        "total": len(found),
        "all_href": _all_href("ansprechstellen", found, ids),
        "entries": [contact_card(by_id[one]) for one in ids],
    }


def _contacts_asked_for(q: str, asked: Criteria) -> list[int]:
    """Return the ids of contact points that the words find; those of a place, if they name one.

    Of a place all count, for they answer whatever the question is: those with the words first.
    """
    if asked.understood is None:
        return [int(key) for key in _keys("contact", q)]
    reference = get_reference(db.session)
    settled = answered(db.session, asked, reference)
    fitting = [int(key) for key in _keys("contact", settled.q)]
    where = settled.for_list(ListKind.MUNICIPALITIES)
    where = replace(where, q="", choices={"mitglied": (ALL,), **where.choices})
    if not where.place and where.choices.keys() == {"mitglied"}:
        return fitting
    there = contacts.ids_at(db.session, find_ids(db.session, where, reference))
    return [one for one in fitting if one in set(there)] + [
        one for one in there if one not in set(fitting)
    ]


def _shown(group: str, found: list[Any]) -> list[Any]:
    """Return the first of a group, or all where the address asks for them."""
    return found if request.args.get("alle") == group else found[:_SHOWN]


def _all_href(group: str, found: list[Any], shown: list[Any]) -> str:
    """Return where all of a group stand; empty where they stand already."""
    if len(found) == len(shown):
        return ""
    args = MultiDict(request.args)
    args["alle"] = group
    return f"{url_for('.index')}?{urlencode(list(args.items(multi=True)))}#{group}"


def _keys(kind: str, q: str) -> list[str]:
    return keys(db.session, answer(db.session, kind, q))


def _nothing_found(q: str) -> EmptyState:
    return EmptyState(
        f"Zu „{q}“ ist nichts verzeichnet.",
        [
            WayOut("Alle Praxisbeispiele", url_for("practices.index"), practices.total(db.session)),
        ],
    )
