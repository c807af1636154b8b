"""`/praxisbeispiele`: the list of examples, and one example with its conditions."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, render_template, url_for

from directory.contacts import queries as contacts
from directory.db import db, utc_now
from directory.errors import Hint, NotFound
from directory.events import queries as events
from directory.events.queries import Appearance
from directory.municipalities.models import Level, Municipality
from directory.pages.components import jsonld
from directory.pages.components.cards import (
    Paper,
    PracticeCard,
    changed_text,
    contact_card,
    municipality_href,
    population_note,
    practice_cards_of,
    state_note,
    term_links,
)
from directory.pages.components.finding import found_practice_cards
from directory.pages.components.links import appearance_href
from directory.pages.components.listing import listing_view, map_href
from directory.pages.files import downloads, figures
from directory.pages.own import arguments, nearness, own_of
from directory.practices import queries as practices
from directory.practices.models import Practice, PracticeState
from directory.practices.queries import PracticePlace, PracticeRecord
from directory.publication.models import Status
from directory.search.criteria import Criteria
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.queries import find, find_first
from directory.search.similar import Similar, find_similar
from directory.topics.models import TermKind
from directory.web.filters import date

bp = Blueprint("practices", __name__, url_prefix="/praxisbeispiele")


@bp.get("")
def index() -> str:
    """Show the examples as a filtered list."""
    reference = get_reference(db.session)
    criteria = Criteria.from_args(arguments(), kind=ListKind.PRACTICES, reference=reference)
    hits = find(db.session, criteria, reference, practices.rows_for_cards)
    rows = hits.page.items
    cards = found_practice_cards(db.session, rows, hits.question, reference, hits.distances)
    if criteria.own:
        cards = [
            replace(card, near=nearness(criteria.own, row.ags))
            for card, row in zip(cards, rows, strict=True)
        ]
    listing = listing_view(
        criteria,
        hits,
        reference,
        title="Praxisbeispiele",
        intro=(
            "Was Kommunen tun, um bürgerschaftliches Engagement zu fördern – mit Quellen, "
            "Gelingensbedingungen und, wo bekannt, Stolpersteinen."
        ),
        page=replace(hits.page, items=cards),
        map_href=map_href(criteria),
    )
    return render_template("practices/index.html", listing=listing, own=own_of(criteria))


@bp.get("/<slug>")
def detail(slug: str) -> str:
    """Show one example."""
    practice = practices.find_by_slug(db.session, slug)
    if practice is None:
        raise NotFound("Dieses Praxisbeispiel gibt es hier nicht (mehr).", _similar_practices(slug))
    page = practice_page(practice, similar=find_similar(db.session, practice))
    return render_template("practices/detail.html", **page)


def practice_page(
    practice: Practice | PracticeRecord, *, similar: Sequence[Similar] = ()
) -> dict[str, object]:
    """Return what templates/practices/detail.html shows of `practice`, which may be unsaved."""
    is_kept = practice.id is not None
    shown_at = events.appearances_with(db.session, practice.id) if is_kept else []
    return {
        "thing": jsonld.practice(practice) if is_kept else None,
        "practice": _facts(practice),
        "municipality": _place(practice.municipality),
        "images": figures(practice.attachments),
        "documents": downloads(practice.attachments),
        "contacts": [
            contact_card(one) for one in contacts.of_municipality(db.session, practice.ags)
        ],
        "appearances": [_appearance(one) for one in shown_at],
        "adopters": [],
        "similar": _similar(similar),
        "peers_href": url_for(
            "municipalities.peers", slug=practice.municipality.slug, nur="praxis"
        ),
        "papers": _papers(practice) if practice.status is Status.PUBLISHED else [],
    }


def _similar(found: Sequence[Similar]) -> list[tuple[PracticeCard, str]]:
    cards = practice_cards_of([one.practice for one in found], get_reference(db.session))
    return [(card, one.reason) for card, one in zip(cards, found, strict=True)]


def _papers(practice: Practice | PracticeRecord) -> list[Paper]:
    return [
        ("Steckbrief", "DIN A4", url_for("prints.practice", slug=practice.slug)),
        ("Poster", "DIN A3", url_for("prints.poster", slug=practice.slug)),
    ]


def _facts(practice: Practice | PracticeRecord) -> dict[str, object]:
    return {
        "id": practice.id,
        "slug": practice.slug,
        "title": practice.title,
        "summary": practice.summary,
        "situation": practice.situation,
        "approach": practice.approach,
        "result": practice.result,
        "success_factors": practice.success_factors,
        "stumbling_blocks": practice.stumbling_blocks,
        "no_stumbling_blocks_known": practice.no_stumbling_blocks_known,
        "partners": practice.partners,
        "confirmed": practice.confirmed_at is not None,
        "state_label": practice.state.label,
        "state_note": state_note(practice),
        "started_year": practice.started_year,
        "ended_year": practice.ended_year,
        "has_ended": practice.state is PracticeState.FINISHED,
        "ended_reason": practice.ended_reason or "",
        "cost_label": practice.cost_band.label if practice.cost_band else "",
        "effort_label": practice.staff_effort.label if practice.staff_effort else "",
        "topics": term_links(practice.terms_of(TermKind.TOPIC)),
        "target_groups": term_links(practice.terms_of(TermKind.TARGET_GROUP)),
        "instruments": term_links(practice.terms_of(TermKind.INSTRUMENT)),
        "sources": [
            {
                "title": source.title,
                "url": source.url,
                "as_of": date(source.as_of) if source.as_of else None,
            }
            for source in practice.sources
        ],
        "updated_text": changed_text("Eintrag", practice),
        "review_text": (
            f"Seit dem {date(practice.looked_through_at)} hat niemand durchgesehen, ob das noch "
            "stimmt."
            if practice.is_past_review(utc_now())
            else ""
        ),
    }


def _place(municipality: Municipality | PracticePlace) -> dict[str, object]:
    county = municipality.county if municipality.level is Level.MUNICIPALITY else None
    return {
        "name": municipality.name,
        "href": municipality_href(municipality),
        "kind_label": municipality.legal_status,
        "county_name": county.name if county else None,
        "population": municipality.population,
        "population_note": population_note(municipality),
    }


def _appearance(one: Appearance) -> tuple[str, str, str]:
    """Return label, address and what was shown where at that event."""
    return one.event_title, appearance_href(one), one.session_title or one.role.label


def _similar_practices(slug: str) -> tuple[Hint, ...]:
    """Return ways on to examples whose titles share words with the address asked for."""
    reference = get_reference(db.session)
    criteria = Criteria(kind=ListKind.PRACTICES, q=slug.replace("-", " "))
    found = find_first(db.session, criteria, reference, limit=3)
    hints = [Hint(one.title, url_for(".detail", slug=one.slug)) for one in found]
    return (*hints, Hint("Alle Praxisbeispiele", url_for(".index")))
