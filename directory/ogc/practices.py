"""`praxisbeispiele`: published good-practice examples, each at the place of its municipality."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.ogc import fields
from directory.ogc.collections import (
    Collection,
    Entry,
    Found,
    as_number,
    changed_within,
    first_and_last,
    page_names,
)
from directory.ogc.links import pages_below
from directory.ogc.places import get_places, places_meeting
from directory.ogc.questions import Question
from directory.practices.models import Practice, practice_term
from directory.publication.models import Status
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.parameters import facets_of
from directory.search.queries import Within, find_window
from directory.topics.models import TermKind

_KIND = ListKind.PRACTICES
_PUBLIC = Practice.status == Status.PUBLISHED
_FIELDS = (
    fields.whole("id", "Nummer"),
    fields.text("slug", "Kurzname"),
    fields.text("title", "Titel"),
    *fields.PLACE,
    fields.text("status", "Stand der Umsetzung"),
    fields.text("summary", "Kurzfassung"),
    fields.text("situation", "Ausgangslage"),
    fields.text("approach", "Vorgehen"),
    fields.text("result", "Ergebnis"),
    fields.several("success_factors", "Gelingensbedingungen"),
    fields.several("stumbling_blocks", "Stolpersteine"),
    fields.several("topics", "Themen"),
    fields.several("target_groups", "Zielgruppen"),
    fields.several("instruments", "Instrumente"),
    fields.several("partners", "Beteiligte"),
    fields.whole("started_year", "Beginn"),
    fields.whole("ended_year", "Ende"),
    fields.UPDATED,
    fields.PAGE,
)
_FILTERS = facets_of(_KIND)
_ALIASES = {"municipality": "kommune", "county": "kreis", "district": "bezirk"}
_TERMS = {
    TermKind.TOPIC: "topics",
    TermKind.TARGET_GROUP: "target_groups",
    TermKind.INSTRUMENT: "instruments",
}
_COLUMNS = (
    Practice.id,
    Practice.slug,
    Practice.title,
    Practice.ags,
    Practice.state,
    Practice.summary,
    Practice.situation,
    Practice.approach,
    Practice.result,
    Practice.success_factors,
    Practice.stumbling_blocks,
    Practice.partners,
    Practice.started_year,
    Practice.ended_year,
    Practice.updated_at,
)


def _find(session: Session, question: Question) -> Found:
    places = ids = None
    if question.boxes is not None:
        places = places_meeting(session, question.boxes, outlines=question.outlines)
    if question.interval is not None:
        changed = changed_within(Practice.updated_at, question.interval)
        ids = set(session.scalars(select(Practice.id).where(_PUBLIC, changed)))
    return find_window(
        session,
        question.criteria(_KIND),
        question.reference,
        size=question.limit,
        offset=question.offset,
        within=Within(places, ids),
    )


def _load(session: Session, ids: Sequence[int]) -> dict[int, Entry]:
    rows = session.execute(select(*_COLUMNS).where(_PUBLIC, Practice.id.in_(ids)))
    places, terms = get_places(session), _terms(session, ids)
    beginning = pages_below("practices.detail")
    found = {}
    for row in rows:
        place = places[row.ags]
        properties: dict[str, Any] = {
            "id": row.id,
            "slug": row.slug,
            "title": row.title,
            "municipality": row.ags,
            "municipality_name": place.name,
            **place.within(),
            "status": row.state,
            "summary": row.summary,
            "situation": row.situation,
            "approach": row.approach,
            "result": row.result,
            "success_factors": row.success_factors,
            "stumbling_blocks": row.stumbling_blocks,
            **{name: terms[row.id, name] for name in _TERMS.values()},
            "partners": row.partners,
            "started_year": row.started_year,
            "ended_year": row.ended_year,
            "updated_at": row.updated_at,
            "url": beginning + row.slug,
        }
        found[row.id] = Entry(row.id, row.title, row.ags, place.point, properties)
    return found


def _terms(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], list[str]]:
    """Return number and property → terms, in the order of the vocabulary."""
    rows = session.execute(
        select(practice_term.c.term_slug, practice_term.c.practice_id).where(
            practice_term.c.practice_id.in_(ids)
        )
    )
    having = defaultdict(list)
    for slug, one in rows:
        having[slug].append(one)
    found = defaultdict(list)
    for kind, labels in get_reference(session).terms.items():
        for slug in labels:
            for one in having.get(slug, ()):
                found[one, _TERMS[kind]].append(slug)
    return found


PRACTICES = Collection(
    id="praxisbeispiele",
    title="Praxisbeispiele",
    singular="Praxisbeispiel",
    description=(
        "Veröffentlichte gute Beispiele der Engagementförderung. Jedes liegt dort, wo seine "
        "Kommune liegt."
    ),
    fields=_FIELDS,
    id_schema={"type": "integer", "minimum": 1},
    example=1,
    time="Zeitpunkt der letzten Änderung des Eintrags",
    find=_find,
    load=_load,
    read_id=as_number,
    times=lambda session: first_and_last(session, Practice.updated_at, _PUBLIC),
    filters=_FILTERS,
    more=page_names(_KIND),
    aliases=_ALIASES,
)
