"""From the address of a contact point to points it may mean: our own gazetteer first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from directory.geo.geocoder import remembered
from directory.geo.points import Point
from directory.search.lists.reference import get_reference


@dataclass(frozen=True)
class Offer:
    """One point that an address may mean; `is_centre`: of the town, not of the house."""

    label: str
    point: Point
    is_centre: bool


def address_of(fields: Mapping[str, Any]) -> str:
    """Return the address in one line; nothing without a street, since then it is no house."""
    street, postcode, town = (str(fields.get(one) or "") for one in ("street", "postcode", "town"))
    place = " ".join(part for part in (postcode, town) if part)
    return f"{street}, {place}" if street and place else ""


def offers_for(
    session: Session, fields: Mapping[str, Any], *, with_service: bool
) -> Sequence[Offer]:
    """Return what the address in `fields` may mean, houses first; asks nobody outside.

    `with_service` adds what the geocoding service answered when it was asked for this address.
    """
    address = address_of(fields)
    houses = (remembered(session, address) if with_service and address else None) or ()
    found = [Offer(match.label, Point(match.lat, match.lon), False) for match in houses]
    centre = find_centre(session, fields)
    return [*found, centre] if centre else found


def find_centre(session: Session, fields: Mapping[str, Any]) -> Offer | None:
    """Return the middle of the place an address is in, as far as our gazetteer knows it."""
    gazetteer = get_reference(session).gazetteer
    for words in (fields.get("postcode"), fields.get("town"), fields.get("ags")):
        place = gazetteer.find(str(words)) if words else None
        # A name that several places have says nothing about where this one is.
        if place is not None and place.point is not None and not place.alternatives:
            return Offer(place.label, place.point, True)
    return None
