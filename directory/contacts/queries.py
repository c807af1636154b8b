"""What can be asked of contact points; only published ones are ever answered."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from directory.contacts.models import ContactPoint
from directory.publication.models import Status

_PUBLIC = ContactPoint.status == Status.PUBLISHED


def of_municipality(session: Session, ags: str) -> Sequence[ContactPoint]:
    """Return the contact points of one municipality."""
    return session.scalars(
        select(ContactPoint).where(_PUBLIC, ContactPoint.ags == ags).order_by(ContactPoint.unit)
    ).all()


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


def total(session: Session) -> int:
    """Return how many contact points are public."""
    return session.scalar(select(func.count()).select_from(ContactPoint).where(_PUBLIC)) or 0
