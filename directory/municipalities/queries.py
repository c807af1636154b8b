"""What can be asked of municipalities."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.municipalities.models import Evidence, Level, Membership, Municipality


def find_by_slug(session: Session, slug: str) -> Municipality | None:
    """Return the municipality of that slug with county, district and membership."""
    return session.scalar(
        select(Municipality)
        .where(Municipality.slug == slug)
        .options(
            joinedload(Municipality.county),
            joinedload(Municipality.district),
            joinedload(Municipality.membership).selectinload(Membership.rounds),
        )
    )


def find_by_ags(session: Session, ags: str) -> Municipality | None:
    """Return the municipality of that key (8, 5 or 3 digits)."""
    return session.get(Municipality, ags)


def by_keys(session: Session, keys: Sequence[str]) -> Sequence[Municipality]:
    """Return the municipalities of these keys with county, district and membership."""
    return session.scalars(
        select(Municipality)
        .where(Municipality.ags.in_(keys))
        .options(
            joinedload(Municipality.county),
            joinedload(Municipality.district),
            joinedload(Municipality.membership),
        )
    ).all()


def names(session: Session) -> dict[str, str]:
    """Return the names of all municipalities by key, in the order of their names."""
    rows = session.execute(
        select(Municipality.ags, Municipality.name).order_by(
            Municipality.sort_name, Municipality.ags
        )
    )
    return {row.ags: row.name for row in rows}


def neighbours(session: Session, municipality: Municipality) -> Sequence[Municipality]:
    """Return the other municipalities of the same county, or for larger units those in them.

    A kreisfreie Stadt has none: it is its own county.
    """
    if municipality.level is Level.DISTRICT:
        belongs = Municipality.district_ags == municipality.ags
        wanted = (Level.COUNTY,)
    elif municipality.county_ags is None:
        return []
    else:
        belongs = Municipality.county_ags == municipality.county_ags
        wanted = (Level.MUNICIPALITY,)
    return session.scalars(
        select(Municipality)
        .where(belongs, Municipality.level.in_(wanted), Municipality.ags != municipality.ags)
        .options(selectinload(Municipality.membership))
        .order_by(Municipality.sort_name)
    ).all()


def documented_members(session: Session) -> int:
    """Return how many memberships are documented; the network itself is larger."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(Membership.evidence == Evidence.DOCUMENTED)
        )
        or 0
    )
