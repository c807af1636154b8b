"""`ansprechstellen`: public contact points, at their address or at the place of their municipality.

They have no list of their own among the pages, so their filters are those of municipalities.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.contacts import queries
from directory.contacts.models import ContactPoint
from directory.contacts.standing import Standing, offered_email, standing_of
from directory.geo.geojson import DIGITS
from directory.geo.points import Point
from directory.municipalities.models import Municipality
from directory.ogc import fields
from directory.ogc.collections import (
    Collection,
    Entry,
    Found,
    as_number,
    changed_within,
    first_and_last,
)
from directory.ogc.links import pages_below
from directory.ogc.places import get_places, is_in, places_meeting
from directory.ogc.questions import Question
from directory.publication.catalogue import prepared
from directory.publication.models import Status
from directory.search.lists.listings import ListKind
from directory.search.lists.places import get_places as get_rows
from directory.search.parameters import TEXT, Parameter, facets_of
from directory.web.today import this_day

_PUBLIC = ContactPoint.status == Status.PUBLISHED
_FIELDS = (
    fields.whole("id", "Nummer"),
    *fields.PLACE,
    fields.text("unit", "Stelle"),
    fields.text("street", "Straße und Hausnummer"),
    fields.text("postcode", "Postleitzahl"),
    fields.text("town", "Ort"),
    fields.text("phone", "Telefon"),
    fields.text("email", "E-Mail"),
    fields.text("website", "Website", format="uri"),
    fields.text("source_url", "Quelle", format="uri"),
    fields.text("as_of", "Stand der Quelle"),
    fields.text("standing", "Wie verlässlich", enum=[one.value for one in Standing]),
    fields.moment("verified_at", "Zuletzt bestätigt"),
    fields.text("located_by", "Lage nach", enum=["address", "municipality"]),
    fields.UPDATED,
    fields.PAGE,
)
_KEYS = Parameter(
    "kommune",
    "AGS der Kommune; mehrere Werte heißen „oder“",
    TEXT,
    values=lambda reference: {one.ags: one.name for one in reference.gazetteer.places()},
    repeats=True,
)
# Topics belong to practices.
_OF_PLACES = tuple(
    one for one in facets_of(ListKind.MUNICIPALITIES) if one.name not in {"thema", "mitglied"}
)
_MEMBERS = tuple(one for one in facets_of(ListKind.PRACTICES) if one.name == "mitglied")
_FILTERS = (_KEYS, *_OF_PLACES, *_MEMBERS)
_ALIASES = {"municipality": "kommune", "county": "kreis", "district": "bezirk"}


class _Where(NamedTuple):
    """Where one contact point is: its municipality, and its own point if somebody placed it."""

    id: int
    ags: str
    point: Point | None


def _find(session: Session, question: Question) -> Found:
    kept = list(_whereabouts(session))
    places = _places(session, question)
    if places is not None:
        kept = [one for one in kept if one.ags in places]
    if question.boxes is not None:
        kept = list(_meeting(session, question, kept))
    if question.interval is not None:
        changed = changed_within(ContactPoint.updated_at, question.interval)
        ids = set(session.scalars(select(ContactPoint.id).where(_PUBLIC, changed)))
        kept = [one for one in kept if one.id in ids]
    window = kept[question.offset : question.offset + question.limit]
    return [one.id for one in window], len(kept)


def _places(session: Session, question: Question) -> set[str] | None:
    """Return the municipalities that fulfil all filters, None if there is no filter."""
    filters = question.filters()
    values = get_rows(session).values
    narrowed = [
        set(given)
        if name == _KEYS.name
        else {ags for value in given for ags in values[name].get(value, ())}
        for name, given in filters.lists()
    ]
    return set.intersection(*narrowed) if narrowed else None


def _meeting(session: Session, question: Question, some: Sequence[_Where]) -> Iterator[_Where]:
    """Yield those that meet one of the boxes, each where it is shown."""
    boxes = question.boxes or ()
    places = places_meeting(session, boxes, outlines=question.outlines)
    for one in some:
        if question.outlines or one.point is None:
            meets = one.ags in places
        else:
            meets = is_in(boxes, one.point)
        if meets:
            yield one


def _whereabouts(session: Session) -> list[_Where]:
    """Return all public contact points by municipality and unit."""
    return prepared(session, "ogc contacts", _read_whereabouts)


def _read_whereabouts(session: Session) -> list[_Where]:
    rows = session.execute(
        select(
            ContactPoint.id,
            ContactPoint.ags,
            ContactPoint.street,
            ContactPoint.lat,
            ContactPoint.lon,
        )
        .join(ContactPoint.municipality)
        .where(_PUBLIC)
        .order_by(Municipality.sort_name, Municipality.ags, ContactPoint.unit, ContactPoint.id)
    )
    return [_Where(row.id, row.ags, _own_point(row)) for row in rows]


def _own_point(contact: Any) -> Point | None:
    """Return where a contact point is: what its address says anyway, and nothing without one."""
    if contact.street is None or contact.lat is None or contact.lon is None:
        return None
    return Point(round(contact.lat, DIGITS), round(contact.lon, DIGITS))


def _load(session: Session, ids: Sequence[int]) -> dict[int, Entry]:
    places, day = get_places(session), this_day()
    beginning = pages_below("municipalities.detail")
    found = {}
    for contact in queries.by_ids(session, ids):
        place = places[contact.ags]
        standing = standing_of(contact, day)
        own = _own_point(contact)
        # As on the page: of one that nobody has confirmed for long only what stays right. Whoever
        # may be named there is not named here: nobody should collect names.
        properties: dict[str, Any] = {
            "id": contact.id,
            "municipality": contact.ags,
            "municipality_name": place.name,
            **place.within(),
            "unit": contact.unit,
            "street": contact.street,
            "postcode": contact.postcode,
            "town": contact.town,
            "phone": None if standing is Standing.STALE else contact.phone,
            "email": offered_email(contact, day),
            "website": contact.url,
            "source_url": contact.source_url,
            "as_of": contact.as_of,
            "standing": standing,
            "verified_at": contact.verified_at,
            "located_by": "address" if own else "municipality",
            "updated_at": contact.updated_at,
            "url": beginning + contact.municipality.slug,
        }
        name = f"{contact.unit}, {place.name}"
        found[contact.id] = Entry(contact.id, name, contact.ags, own or place.point, properties)
    return found


CONTACTS = Collection(
    id="ansprechstellen",
    title="Ansprechstellen",
    singular="Ansprechstelle",
    description=(
        "Stellen in den Kommunen, die zum Engagement Auskunft geben; keine Personen. Eine Stelle "
        "liegt an ihrer Adresse oder, solange die nicht verortet ist, am Punkt ihrer Kommune."
    ),
    fields=_FIELDS,
    id_schema={"type": "integer", "minimum": 1},
    example=1,
    time="Zeitpunkt der letzten Änderung des Eintrags",
    find=_find,
    load=_load,
    read_id=as_number,
    times=lambda session: first_and_last(session, ContactPoint.updated_at, _PUBLIC),
    filters=_FILTERS,
    aliases=_ALIASES,
)
