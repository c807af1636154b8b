"""`/themen`: the vocabulary, and who works on one term."""

from collections import Counter

from flask import Blueprint, render_template, url_for

from directory.db import db
from directory.errors import Hint, NotFound
from directory.events import queries as events
from directory.pages.components.cards import practice_cards_of, resource_card
from directory.pages.components.coverage import topics_coverage
from directory.pages.components.finding import found_practice_cards
from directory.pages.components.links import page_href
from directory.pages.components.listing import feed_links, list_href, map_href, subscribe_href
from directory.pages.components.matrix import Matrix, matrix
from directory.practices import queries as practices
from directory.practices.queries import PracticeRow
from directory.search.criteria import Criteria
from directory.search.lists import coverage
from directory.search.lists.listings import TERM_FACETS, ListKind
from directory.search.lists.reference import Reference, get_reference
from directory.search.queries import find, find_on_map, practices_per_term
from directory.search.words.question import Question
from directory.text import nearest
from directory.topics import queries as topics
from directory.topics.models import Term, TermKind

bp = Blueprint("topics", __name__, url_prefix="/themen")

_INTROS = {
    TermKind.TOPIC: "Worum es geht.",
    TermKind.TARGET_GROUP: "Wer erreicht oder beteiligt werden soll.",
    TermKind.INSTRUMENT: "Womit Kommunen arbeiten.",
}
_MOST_RELATED = 8
_MOST_MENTIONS = 5


@bp.get("")
def index() -> str:
    """Show the whole vocabulary with the number of examples."""
    terms = topics.all_terms(db.session)
    totals = practices_per_term(db.session)
    groups = [
        {
            "label": kind.plural,
            "anchor": TERM_FACETS[kind],
            "intro": _INTROS[kind],
            "topics": [
                {
                    "label": term.label,
                    "href": url_for(".detail", slug=term.slug),
                    "definition": term.definition,
                    "practices_count": totals.get(term.slug, 0),
                }
                for term in terms
                if term.kind is kind
            ],
        }
        for kind in TermKind
    ]
    return render_template(
        "topics/index.html",
        groups=[one for one in groups if one["topics"]],
        coverage=topics_coverage(get_reference(db.session)),
    )


@bp.get("/<slug>")
def detail(slug: str) -> str:
    """Show one term: its examples, the municipalities behind them, what goes with it."""
    term = topics.find_by_slug(db.session, slug)
    if term is None:
        raise NotFound("Diesen Begriff führt das Verzeichnis nicht.", _similar_terms(slug))
    reference = get_reference(db.session)
    criteria = Criteria(kind=ListKind.PRACTICES, choices={TERM_FACETS[term.kind]: (term.slug,)})
    hits = find(db.session, criteria, reference, practices.rows_for_cards)
    examples = hits.page.items
    mentions, question = ([], None) if examples else _mentions(term, reference)
    places = find_on_map(db.session, criteria, reference)
    per_place = Counter(row.ags for row in places)
    names = {row.ags: row.name for row in places}
    return render_template(
        "topics/detail.html",
        topic={
            "slug": term.slug,
            "label": term.label,
            "kind_label": term.kind.label,
            "definition": term.definition,
            "synonyms": [synonym.text for synonym in term.synonyms],
            "practices_count": hits.page.total,
            "practices_href": list_href(criteria),
            "map_href": map_href(criteria) if places else "",
            "subscribe_href": subscribe_href(criteria),
        },
        practices=practice_cards_of(examples, reference),
        mentions=found_practice_cards(db.session, mentions, question, reference),
        search_href=url_for("search.index", q=term.label),
        municipalities=[
            (names[ags], url_for("municipalities.by_key", ags=ags), count)
            for ags, count in sorted(per_place.items(), key=lambda item: (-item[1], names[item[0]]))
        ],
        coverage=_coverage(term, reference) if places else None,
        related=_related(term, examples or mentions, reference),
        resources=[resource_card(one) for one in events.resources_of_term(db.session, slug)],
        events=[],
        feeds=feed_links(criteria),
    )


def _mentions(term: Term, reference: Reference) -> tuple[list[PracticeRow], Question | None]:
    """Return examples that speak of a term none is filed under, and what was asked to find them."""
    criteria = Criteria(kind=ListKind.PRACTICES, q=term.label)
    hits = find(db.session, criteria, reference, practices.rows_for_cards)
    return hits.page.items[:_MOST_MENTIONS], hits.question


def _coverage(term: Term, reference: Reference) -> Matrix:
    """Return who works on one term: districts by size of the municipality."""
    labels = {
        ags: name.removeprefix("Regierungsbezirk ")
        for ags, name in sorted(reference.districts.items())
    }
    return matrix(
        coverage.of_term(db.session, term.slug, list(labels)),
        labels,
        lambda ags: {"bezirk": (ags,)},
        caption=f"Praxisbeispiele zu „{term.label}“ nach Regierungsbezirk und Einwohnerzahl",
        corner="Regierungsbezirk",
        base={TERM_FACETS[term.kind]: (term.slug,)},
        href=lambda ags: url_for("municipalities.by_key", ags=ags),
    )


def _related(
    term: Term, examples: list[PracticeRow], reference: Reference
) -> list[tuple[str, str]]:
    """Return the terms that most often stand beside this one."""
    beside = Counter(slug for practice in examples for slug in practice.terms if slug != term.slug)
    labels = reference.term_labels
    return [
        (labels[slug], page_href("topics.detail", slug))
        for slug, count in beside.most_common(_MOST_RELATED)
        if count > 1
    ]


def _similar_terms(slug: str) -> tuple[Hint, ...]:
    by_label = {term.label: term.slug for term in topics.all_terms(db.session)}
    similar = nearest(slug.replace("-", " "), by_label)
    hints = [Hint(label, url_for(".detail", slug=by_label[label])) for label in similar]
    return (*hints, Hint("Alle Themen", url_for(".index")))
