"""`kommunen`: every municipality, county and district, members or not."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.municipalities.models import Evidence, Membership, Municipality
from directory.ogc import fields
from directory.ogc.collections import (
    Collection,
    Entry,
    Found,
    as_ags,
    changed_within,
    first_and_last,
    page_names,
)
from directory.ogc.links import pages_below
from directory.ogc.places import get_places, places_meeting
from directory.ogc.questions import Question
from directory.search.likeness.peer_groups import get_units
from directory.search.lists.listings import ListKind
from directory.search.lists.reference import get_reference
from directory.search.parameters import TEXT, Parameter, facets_of
from directory.search.queries import Within, find_window
from directory.topics.models import TermKind

_KIND = ListKind.MUNICIPALITIES
_FIELDS = (
    fields.key("ags", "Amtlicher Gemeindeschlüssel (AGS)"),
    fields.text("name", "Name"),
    fields.text("official_name", "Amtlicher Name"),
    fields.text("slug", "Kurzname"),
    fields.text("kind", "Art der Kommune"),
    fields.text("legal_status", "Rechtsstellung"),
    *fields.COUNTY,
    *fields.DISTRICT,
    fields.text("size", "Größenklasse nach Einwohnerzahl"),
    fields.whole("population", "Einwohnerzahl"),
    fields.day("population_date", "Einwohnerzahl vom"),
    fields.decimal("area_km2", "Fläche in km²"),
    fields.text("website", "Website", format="uri"),
    fields.yes_or_no("member", "Beitritt zum Netzwerk belegt"),
    fields.whole("member_since", "Jahr des Beitritts"),
    fields.text("evidence", "Womit belegt"),
    fields.several("topics", "Themen der Praxisbeispiele"),
    fields.whole("practices_count", "Praxisbeispiele"),
    fields.UPDATED,
    fields.PAGE,
)
_FILTERS = facets_of(_KIND)
_ALIASES = {"kind": "art", "county": "kreis", "district": "bezirk", "size": "groesse"}
_AGS = Parameter(
    "ags",
    "Amtlicher Gemeindeschlüssel; mehrere Werte heißen „oder“",
    TEXT | {"pattern": r"^(\d{8}|\d{5}|\d{3})$"},
    repeats=True,
    example="05962016",
)
_COLUMNS = (
    Municipality.ags,
    Municipality.name,
    Municipality.name_official,
    Municipality.slug,
    Municipality.kind,
    Municipality.legal_status,
    Municipality.population,
    Municipality.population_date,
    Municipality.area_km2,
    Municipality.website,
    Municipality.updated_at,
    Membership.evidence,
    Membership.member_since,
)


def _find(session: Session, question: Question) -> Found:
    places: set[str] | None = None
    if question.boxes is not None:
        places = places_meeting(session, question.boxes, outlines=question.outlines)
    if question.interval is not None:
        changed = changed_within(Municipality.updated_at, question.interval)
        found = set(session.scalars(select(Municipality.ags).where(changed)))
        places = found if places is None else places & found
    if wanted := set(question.args.getlist(_AGS.name)):
        places = wanted if places is None else places & wanted
    return find_window(
        session,
        question.criteria(_KIND, _AGS.name),
        question.reference,
        size=question.limit,
        offset=question.offset,
        within=Within(places),
    )


def _load(session: Session, ids: Sequence[str]) -> dict[str, Entry]:
    rows = session.execute(
        select(*_COLUMNS)
        .outerjoin(Membership, Membership.ags == Municipality.ags)
        .where(Municipality.ags.in_(ids))
    )
    places, units = get_places(session), get_units(session)
    topics = get_reference(session).terms[TermKind.TOPIC]
    beginning = pages_below("municipalities.detail")
    found = {}
    for row in rows:
        place, unit = places[row.ags], units[row.ags]
        properties: dict[str, Any] = {
            "ags": row.ags,
            "name": row.name,
            "official_name": row.name_official,
            "slug": row.slug,
            "kind": row.kind,
            "legal_status": row.legal_status,
            **place.within(),
            "size": place.size,
            "population": row.population,
            "population_date": row.population_date,
            "area_km2": row.area_km2,
            "website": row.website,
            "member": row.evidence is Evidence.DOCUMENTED,
            "member_since": row.member_since,
            "evidence": row.evidence,
            "topics": [slug for slug in topics if slug in unit.topics],
            "practices_count": unit.practices,
            "updated_at": row.updated_at,
            "url": beginning + row.slug,
        }
        found[row.ags] = Entry(row.ags, row.name, row.ags, place.point, properties)
    return found


MUNICIPALITIES = Collection(
    id="kommunen",
    title="Kommunen",
    singular="Kommune",
    description=(
        "Gemeinden, Kreise und Regierungsbezirke in Nordrhein-Westfalen mit dem, was über ihre "
        "Mitgliedschaft im Kommunen-Netzwerk belegt ist. Nur die Mitglieder: mitglied=ja."
    ),
    fields=_FIELDS,
    id_schema=fields.key("id", "AGS").schema,
    example="05962016",
    time="Zeitpunkt der letzten Änderung des Eintrags",
    find=_find,
    load=_load,
    read_id=as_ags,
    times=lambda session: first_and_last(session, Municipality.updated_at),
    filters=_FILTERS,
    more=page_names(_KIND),
    own=(_AGS,),
    aliases=_ALIASES,
)
