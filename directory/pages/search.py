"""`/suche`: one question to all lists, answered kind by kind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from directory.contacts import queries as contacts
from directory.db import db
from directory.pages.components.cards import (
    contact_card,
    event_card,
    municipality_card,
    resource_card,
)
from directory.pages.components.finding import (
    NEAREST_ONLY,
    SearchNotice,
    ambiguous_notice,
    correction_notice,
    found_municipality_reasons,
    found_practice_cards,
    understood_notice,
    unknown_notice,
)
from directory.pages.components.listing import list_href
from directory.practices import queries as practices
from directory.search import failures
from directory.search.criteria import Criteria
from directory.search.lists.listings import ALL, ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import (
    answered,
    find_first,
    find_ids,
    find_total,
    load_entries,
    practices_per_municipality,
    practices_per_term,
)
from directory.search.widening import circles, widening_sentence
from directory.search.words.answers import MUCH, Answer, answer, keys
from directory.search.words.asking import (
    finds_only_pieces,
    is_called,
    may_name_a_place,
    says_something,
    without_contact_words,
)
from directory.search.words.lexicon import get_lexicon
from directory.search.words.question import LONGEST_QUERY, Question
from directory.text import clean, fold, fold_short, join, number, plural
from directory.topics import queries as topics
from directory.web.kept import make_anew_each_time
from directory.web.today import today

bp = Blueprint("search", __name__)

_SHOWN = 5


class Rank(IntEnum):
    """Why a group stands where it does; within a rank groups keep their order."""

    # It is what was asked for: a place by its name, somebody to talk to
    MEANT = 0
    # Its first entry is called like all that was asked
    CALLED = 1
    FOUND = 2


@dataclass(frozen=True)
class Group:
    """What one kind of entries answers; `entries` are the first of `total` as cards."""

    kind: str
    label: str
    anchor: str
    total: int
    all_href: str
    entries: Sequence[Any]
    notices: Sequence[SearchNotice] = ()
    # How much of what the words say its best entries hold at least; much if no words are left
    said: float = MUCH
    rank: Rank = Rank.FOUND
    knows_places: bool = True
    # Whether any entry does more than come near
    fits: bool = True


@bp.get("/suche")
def index() -> str:
    """Show the best hits of every kind."""
    q = clean(request.args.get("q", ""))
    problems = []
    if len(q) > LONGEST_QUERY:
        q = q[:LONGEST_QUERY].strip()
        problems.append(
            f"Ihre Suchworte sind sehr lang; gesucht wurde nach den ersten {LONGEST_QUERY} Zeichen."
        )
    literal = request.args.get("genau") == "1"
    asks = bool(q) and says_something(q, get_lexicon(db.session))
    if q and not asks:
        problems.append("Bitte geben Sie ein Stichwort ein.")
    meant, corrections = _meant(q, literal=literal)
    asked = _asked(meant, ListKind.PRACTICES, literal=literal)
    groups = _groups(meant, asked, literal=literal) if asks else []
    total = sum(group.total for group in groups)
    is_empty = asks and not groups
    if asks and not any(group.fits for group in groups):
        failures.count(q)
        make_anew_each_time()
    shared = _shared_notices(groups)
    return render_template(
        "search/index.html",
        query=q,
        notices=[*corrections, *_place_notices(groups, asked), *shared.values()],
        problems=problems,
        total_phrase=f"{plural(total, 'Treffer', 'Treffer')} für „{q}“" if groups else "",
        groups=[
            replace(group, notices=[one for one in group.notices if one not in shared])
            for group in groups
        ],
        next_steps=_next_steps(q, literal=literal) if is_empty else [],
    )


def _meant(q: str, *, literal: bool) -> tuple[str, list[SearchNotice]]:
    """Return `q`, or the town that it names in another spelling, and what to say about that."""
    if literal or not q:
        return q, []
    gazetteer = get_reference(db.session).gazetteer
    if place := gazetteer.find(q):
        return place.label if fold(q) in {fold(place.label), fold_short(place.label)} else q, []
    question = answer(db.session, "municipality", q).question
    meant = question.corrected(q)
    if meant is None or gazetteer.find(meant) is None:
        return q, []
    return meant, _how_read(question, q)


def _asked(q: str, kind: ListKind, *, literal: bool) -> Criteria:
    """Return what `q` asks of one list."""
    args = MultiDict([("q", q)])
    if literal:
        args.add("genau", "1")
    if kind is ListKind.MUNICIPALITIES:
        args.add("mitglied", ALL)
    return Criteria.from_args(args, kind=kind, reference=get_reference(db.session))


def _groups(q: str, asked: Criteria, *, literal: bool) -> list[Group]:
    """Return the groups that find something, what was most likely meant first."""
    # What has no place of its own is searched everywhere, for the words beside the place.
    words = asked.q or q
    groups = [
        _listed(q, ListKind.PRACTICES, "practice", literal=literal),
        _municipalities(q, asked, literal=literal),
        _terms(words, literal=literal),
        _contact_points(asked),
        _listed(words, ListKind.EVENTS, "event", literal=literal),
        _listed(words, ListKind.RESOURCES, "resource", literal=literal),
    ]
    found = [group for group in groups if group.total]
    # Beside what holds more of the question, entries that share but one word with it are noise.
    # Examples teach even where they only come near.
    most = max((group.said for group in found), default=0.0)
    found = [group for group in found if group.said >= most or group.kind == "practice"]
    # Of a place all that is there counts, whatever it is called.
    in_place = asked.understood is not None

    def standing(group: Group) -> tuple[bool, int]:
        return group.said == 0 < most, group.rank > Rank.MEANT if in_place else group.rank

    return sorted(found, key=standing)


def _municipalities(q: str, asked: Criteria, *, literal: bool) -> Group:
    """Return the municipalities of this name; beside a place other words ask for none but it."""
    if asked.where is None or not asked.q:
        return _listed(q, ListKind.MUNICIPALITIES, "municipality", literal=literal)
    criteria = Criteria(kind=ListKind.MUNICIPALITIES)
    other = get_reference(db.session).gazetteer.find(asked.q)
    # A region has no middle, and no entry of its own.
    named = [*asked.where.places] if asked.where.point else []
    named += other.places if other else ()
    entries = load_entries(db.session, criteria, [place.ags for place in named])
    return Group(
        kind="municipality",
        label=criteria.listing.plural,
        anchor=criteria.kind.value,
        total=len(entries),
        all_href="",
        entries=_cards(criteria.kind, entries, None),
    )


def _shared_notices(groups: Sequence[Group]) -> dict[SearchNotice, SearchNotice]:
    """Return what several groups say → how it is said once for all of them."""
    sayers: dict[SearchNotice, list[str]] = {}
    for group in groups:
        for one in group.notices:
            sayers.setdefault(one, []).append(group.label)
    return {
        one: one
        if len(labels) == len(groups)
        else replace(one, sentence=f"{join(labels)}: {one.sentence}")
        for one, labels in sayers.items()
        if len(labels) > 1 or len(groups) == 1
    }


def _listed(q: str, kind: ListKind, name: str, *, literal: bool) -> Group:
    reference = get_reference(db.session)
    criteria = _asked(q, kind, literal=literal)
    load = practices.rows_for_cards if kind is ListKind.PRACTICES else None
    first = find_first(db.session, criteria, reference, _SHOWN, load)
    total = find_total(db.session, criteria, reference) if len(first) == _SHOWN else len(first)
    found = (
        answer(db.session, criteria.listing.index_kind, criteria.q, literal=literal)
        if criteria.q
        else None
    )
    question = found.question if found else None
    said = _said(found) if found else MUCH
    if kind is ListKind.MUNICIPALITIES:
        rank = Rank.MEANT if _is_name(q, question, first) else Rank.FOUND
        # That names begin like a word („Raumland“) counts only where nothing else is found.
        said = said if question is None or may_name_a_place(question) else 0.0
        # Names hold no other words; to say so of each would tell nobody anything.
        notices = _how_read(replace(question, unknown=()) if question else None, criteria.q)
    else:
        rank = _rank(question, first[0].title if first else "")
        notices = _how_read(question, criteria.q)
    settled = answered(db.session, criteria, reference)
    if sentence := widening_sentence(criteria, settled):
        notices.insert(0, SearchNotice(sentence))
    if kind is ListKind.PRACTICES and (around := _around_notice(settled, total)):
        notices.append(around)
    fits = found is None or _fits(found)
    if first and kind is ListKind.PRACTICES:
        if not said:
            notices.append(SearchNotice("Hier kommen nur Teile Ihrer Suchworte vor."))
        elif not fits:
            notices.append(NEAREST_ONLY)
    return Group(
        kind=name,
        label=criteria.listing.plural,
        anchor=kind.value,
        total=total,
        all_href=list_href(criteria) if total > len(first) else "",
        entries=_cards(kind, first, question),
        notices=notices,
        said=said,
        rank=rank,
        knows_places=criteria.listing.place is not None,
        fits=fits,
    )


def _said(found: Answer) -> float:
    """Return how much of what the words say the best entries hold; their pieces say nothing."""
    return 0.0 if finds_only_pieces(found.question) else found.said


def _fits(found: Answer) -> bool:
    """Tell whether any entry does more than come near."""
    return found.hits != found.near and not finds_only_pieces(found.question)


def _around_notice(here: Criteria, total: int) -> SearchNotice | None:
    """Say how much more there is around a place and in the whole state, and lead there."""
    if here.where is None or not (here.q and total):
        return None

    def found(criteria: Criteria) -> int:
        return find_total(db.session, criteria, get_reference(db.session))

    everywhere = replace(here.without("ort"), leniently=False, understood=None)
    if found(everywhere) <= total:
        return None
    around = next((one for one in circles(here) if found(one) > total), None)
    wider = [around, everywhere] if around else [everywhere]
    return SearchNotice(
        f"{number(total)} {_extent(here)}.",
        tuple((f"Alle {number(found(one))} {_extent(one)}", list_href(one)) for one in wider),
    )


def _extent(criteria: Criteria) -> str:
    if criteria.where is None:
        return "in ganz NRW"
    if criteria.radius_km is None:
        return "hier"
    return f"im Umkreis von {number(criteria.radius_km)} km"


def _rank(question: Question | None, title: str) -> Rank:
    return Rank.CALLED if is_called(question, title) else Rank.FOUND


def _is_name(q: str, asked: Question | None, first: list[Any]) -> bool:
    """Tell whether the words, as typed or as corrected, are the name of the first hit."""
    if not first or asked is None:
        return False
    meant = dict(asked.corrections).get(q, q)
    found = get_reference(db.session).gazetteer.find(meant)
    return found is not None and first[0].ags in {place.ags for place in found.places}


def _how_read(question: Question | None, q: str) -> list[SearchNotice]:
    """Return what one kind of entries was searched for instead of the words, or without."""
    literal = url_for(".index", q=request.args.get("q", ""), genau="1")
    read = [correction_notice(question, q, literal), unknown_notice(question)]
    return [notice for notice in read if notice is not None]


def _place_notices(groups: Sequence[Group], asked: Criteria) -> list[SearchNotice]:
    """Return how a place or size in the words was read, once for all kinds."""
    if asked.understood is None:
        return []
    read = [
        understood_notice(
            asked, asked.understood, url_for(".index", q=asked.understood.typed, genau="1")
        ),
        ambiguous_notice(asked, lambda place: _about(asked, place)),
        _placeless_notice(groups, asked),
    ]
    return [notice for notice in read if notice is not None]


def _about(criteria: Criteria, place: str) -> str:
    """Return the address of the same question about another place."""
    return url_for(".index", q=" ".join(filter(None, [criteria.q, place])))


def _placeless_notice(groups: Sequence[Group], asked: Criteria) -> SearchNotice | None:
    """Say which kinds were searched everywhere, because their entries have no place."""
    labels = [group.label for group in groups if not group.knows_places]
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
            reasons = found_municipality_reasons(db.session, entries, asked)
            return [
                municipality_card(one, counts.get(one.ags, 0), found_by=reasons.get(one.ags, ""))
                for one in entries
            ]
        case ListKind.EVENTS:
            return [event_card(one, today()) for one in entries]
        case ListKind.RESOURCES:
            return [resource_card(one) for one in entries]


def _terms(q: str, *, literal: bool) -> Group:
    answered = answer(db.session, "topic", q, literal=literal)
    found = keys(db.session, answered)
    slugs = _shown("themen", found)
    totals = practices_per_term(db.session)
    by_slug = {term.slug: term for term in topics.by_slugs(db.session, slugs)}
    return Group(
        kind="topic",
        label="Themen, Zielgruppen, Instrumente",
        anchor="themen",
        total=len(found),
        all_href=_all_href("themen", found, slugs),
        entries=[
            {
                "label": by_slug[slug].label,
                "href": url_for("topics.detail", slug=slug),
                "definition": by_slug[slug].definition,
                "practices_count": totals.get(slug, 0),
            }
            for slug in slugs
        ],
        notices=_how_read(answered.question, q),
        said=_said(answered),
        fits=_fits(answered),
        rank=_rank(answered.question, by_slug[slugs[0]].label if slugs else ""),
    )


def _contact_points(asked: Criteria) -> Group:
    """Return who can be asked: who the words find, or else all of a place that they name.

    Of a place all count, for they answer whatever the question is, and so do all there are if a
    contact is what is looked for; those that the words find come first. A size or kind of town
    names nobody.
    """
    reference = get_reference(db.session)
    settled = answered(db.session, asked, reference)
    words = without_contact_words(settled.q)
    is_wanted = words != settled.q
    found = answer(db.session, "contact", words, literal=asked.literal)
    where = settled.for_list(ListKind.MUNICIPALITIES)
    where = replace(where, q="", choices={"mitglied": (ALL,), **where.choices})
    is_narrowed = bool(where.place) or where.choices.keys() != {"mitglied"}
    takes_all = is_wanted or bool(where.place) or not settled.q
    ids = [int(key) for key in keys(db.session, found)]
    if is_wanted or is_narrowed:
        there = contacts.ids_at(db.session, find_ids(db.session, where, reference))
        if is_narrowed:
            allowed = set(there)
            ids = [one for one in ids if one in allowed]
        if takes_all:
            # In the order of the first, each once
            ids = list(dict.fromkeys([*ids, *there]))
    shown = _shown("ansprechstellen", ids)
    by_id = {one.id: one for one in contacts.by_ids(db.session, shown)}
    return Group(
        kind="contact",
        label="Ansprechstellen",
        anchor="ansprechstellen",
        total=len(ids),
        all_href=_all_href("ansprechstellen", ids, shown),
        entries=[contact_card(by_id[one]) for one in shown],
        notices=_how_read(found.question, words),
        said=MUCH if takes_all else _said(found),
        fits=takes_all or _fits(found),
        rank=Rank.MEANT
        if is_wanted
        else _rank(found.question, by_id[shown[0]].unit if shown else ""),
    )


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


def _next_steps(q: str, *, literal: bool) -> list[tuple[str, str]]:
    """Return where to look on when nothing was found: label and address."""
    examples = number(practices.total(db.session))
    return [
        *([("Auch ähnliche Wörter suchen", url_for(".index", q=q))] if literal else []),
        ("Alle Themen ansehen", url_for("topics.index")),
        (f"Alle {examples} Praxisbeispiele ansehen", url_for("practices.index")),
        ("Alle Ansprechstellen ansehen", url_for(".index", q="Ansprechstellen")),
        ("Fehlt etwas? So erreichen Sie uns", url_for("pages.imprint")),
    ]
