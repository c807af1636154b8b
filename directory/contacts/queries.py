"""What can be asked of contact points; only published ones are ever answered."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from directory.contacts.models import ContactPoint
from directory.lookups import Lookup
from directory.municipalities.models import Municipality
from directory.publication.models import Status

_PUBLIC = ContactPoint.status == Status.PUBLISHED


class ContactPlace(NamedTuple):
    """The municipality of a contact point, as far as a card names it."""

    name: str
    slug: str


class ContactRow(NamedTuple):
    """All that is told of a contact point, called as there: an entity takes ten times as long."""

    municipality: ContactPlace
    id: int
    ags: str
    unit: str
    street: str | None
    postcode: str | None
    town: str | None
    phone: str | None
    email: str | None
    url: str | None
    fallback_email: str | None
    person_name: str | None
    source_url: str
    as_of: str | None
    verified_at: dt.datetime | None
    undeliverable_at: dt.datetime | None
    published_at: dt.datetime | None
    updated_at: dt.datetime


_CONTACT, _PLACE = ContactPoint.__table__.c, Municipality.__table__.c
_OF_MUNICIPALITY = Lookup(
    select(
        *(_PLACE.name, _PLACE.slug),
        *(_CONTACT[name] for name in ContactRow._fields[1:]),
    )
    .join_from(ContactPoint.__table__, Municipality.__table__, _PLACE.ags == _CONTACT.ags)
    .where(_PUBLIC, _CONTACT.ags == bindparam("ags"))
    .order_by(_CONTACT.unit)
)


def of_municipality(session: Session, ags: str) -> list[ContactRow]:
    """Return the contact points of one municipality."""
    return [
        ContactRow(ContactPlace(name, slug), *told)
        for name, slug, *told in _OF_MUNICIPALITY.rows(session, ags=ags)
    ]


def listed(
    session: Session, keys: Sequence[str], *, limit: int, offset: int
) -> tuple[Sequence[ContactPoint], int]:
    """Return some contact points by municipality and unit, and how many there are in all.

    Without `keys` those of all municipalities count.
    """
    which = [_PUBLIC, ContactPoint.ags.in_(keys)] if keys else [_PUBLIC]
    rows = session.scalars(
        select(ContactPoint)
        .join(ContactPoint.municipality)
        .where(*which)
        .options(contains_eager(ContactPoint.municipality))
        .order_by(Municipality.sort_name, Municipality.ags, ContactPoint.unit, ContactPoint.id)
        .limit(limit)
        .offset(offset)
    ).all()
    found = session.scalar(select(func.count()).select_from(ContactPoint).where(*which))
    return rows, found or 0


def totals(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """Return AGS → number of public contact points for those of `keys` that have any."""
    statement = (
        select(ContactPoint.ags, func.count())
        .where(_PUBLIC, ContactPoint.ags.in_(keys))
        .group_by(ContactPoint.ags)
    )
    return dict(session.execute(statement).all())


def by_ids(session: Session, ids: Sequence[int]) -> Sequence[ContactPoint]:
    """Return the contact points of these ids with their municipalities."""
    return session.scalars(
        select(ContactPoint)
        .where(_PUBLIC, ContactPoint.id.in_(ids))
        .options(joinedload(ContactPoint.municipality))
    ).all()


def ids_at(session: Session, keys: Sequence[str]) -> list[int]:
    """Return the ids of the contact points of these municipalities, in their order."""
    rows = session.execute(
        select(ContactPoint.id, ContactPoint.ags)
        .where(_PUBLIC, ContactPoint.ags.in_(keys))
        .order_by(ContactPoint.unit, ContactPoint.id)
    ).all()
    place = {ags: number for number, ags in enumerate(keys)}
    return [row.id for row in sorted(rows, key=lambda row: place[row.ags])]


def total(session: Session) -> int:
    """Return how many contact points are public."""
    return session.scalar(select(func.count()).select_from(ContactPoint).where(_PUBLIC)) or 0
