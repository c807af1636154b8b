"""Contact points that nobody has placed yet: found, and handed in with a point. Callers commit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.contacts.operations import contact_key
from directory.editorial.kinds import KINDS
from directory.editorial.points import address_of
from directory.editorial.publishing import begin_change, submit
from directory.geo.addresses import Match
from directory.publication import workflow
from directory.publication.models import EntryKind, Status
from directory.publication.validation import InvalidEntry

_NOTE = "Punkt zur Anschrift nachgeschlagen: {label}"


@dataclass(frozen=True)
class Waiting:
    """A published contact point with an address, but without a point."""

    key: str
    unit: str
    address: str


def waiting(session: Session) -> Iterator[Waiting]:
    """Yield what can be looked up, oldest first; not what somebody is writing in already."""
    rows = session.scalars(
        select(ContactPoint)
        .where(
            ContactPoint.status == Status.PUBLISHED,
            ContactPoint.lat.is_(None),
            ContactPoint.street.is_not(None),
        )
        .order_by(ContactPoint.id)
    )
    for contact in rows:
        key = contact_key(contact)
        address = _address(contact)
        if address and workflow.find_open(session, EntryKind.CONTACT, key) is None:
            yield Waiting(key, contact.unit, address)


def hand_in_point(
    session: Session, key: str, address: str, found: Sequence[Match], *, by: str
) -> bool:
    """Hand the point in for review; return whether there was one to hand in.

    Only an answer that names the postcode is taken: a street of that name is in many towns. What
    lacks something else is left alone, and so is what was changed or opened since it was asked for.
    """
    kind = KINDS[EntryKind.CONTACT]
    contact = kind.find(session, key)
    if contact is None or contact.lat is not None or _address(contact) != address:
        return False
    fitting = [one for one in found if contact.postcode and contact.postcode in one.label]
    if not fitting or workflow.find_open(session, EntryKind.CONTACT, key) is not None:
        return False
    best = fitting[0]
    try:
        with session.begin_nested():
            copy = begin_change(session, kind, key, by=by)
            fields = {**copy.fields, "lat": best.lat, "lon": best.lon}
            workflow.save(session, copy, fields, seen=copy.version, by=by)
            submit(session, copy, by=by, note=_NOTE.format(label=best.label))
    except InvalidEntry:
        return False
    return True


def _address(contact: ContactPoint) -> str:
    return address_of(
        {"street": contact.street, "postcode": contact.postcode, "town": contact.town}
    )
