"""What can be asked of contact points; only published ones are ever answered."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from directory.contacts.models import ContactPoint
from directory.municipalities.models import Municipality
from directory.publication.models import Status

_PUBLIC = ContactPoint.status == Status.PUBLISHED
# Written once: to build it takes longer than to run it.
_OF_MUNICIPALITY = (
    select(ContactPoint)
    .where(_PUBLIC, ContactPoint.ags == bindparam("ags"))
    .order_by(ContactPoint.unit)
)


def of_municipality(session: Session, ags: str) -> Sequence[ContactPoint]:
    """Return the contact points of one municipality."""
    return session.scalars(_OF_MUNICIPALITY, {"ags": ags}).all()


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
