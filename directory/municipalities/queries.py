"""What can be asked of municipalities."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from directory.lookups import Lookup
from directory.municipalities.models import (
    Evidence,
    Level,
    Membership,
    Municipality,
    PostcodePlace,
)

_WHOLE = select(Municipality).options(
    joinedload(Municipality.county),
    joinedload(Municipality.district),
    joinedload(Municipality.membership),
)
# Written once: to build it takes longer than to run it.
_BY_SLUG = _WHOLE.where(Municipality.slug == bindparam("slug"))


def find_by_slug(session: Session, slug: str) -> Municipality | None:
    """Return the municipality of that slug with county, district and membership."""
    return session.scalar(_BY_SLUG, {"slug": slug})


_KEY_OF = Lookup(select(Municipality.ags).where(Municipality.slug == bindparam("slug")))


def find_key(session: Session, slug: str) -> str | None:
    """Return the key of the municipality of that slug."""
    return next((ags for (ags,) in _KEY_OF.rows(session, slug=slug)), None)


_POSTCODES = Lookup(
    select(PostcodePlace.ags, PostcodePlace.postcode, PostcodePlace.place)
    .where(PostcodePlace.ags.in_(bindparam("keys", expanding=True)))
    .order_by(PostcodePlace.postcode, PostcodePlace.place)
)


def postcodes_of(session: Session, keys: Sequence[str]) -> dict[str, list[str]]:
    """Return AGS → postcodes and the places that have them, for some municipalities."""
    found: dict[str, dict[str, None]] = {ags: {} for ags in keys}
    for ags, postcode, place in _POSTCODES.rows(session, keys=list(keys)):
        found[ags] |= {postcode: None, place: None}
    return {ags: list(names) for ags, names in found.items()}


def find_by_ags(session: Session, ags: str) -> Municipality | None:
    """Return the municipality of that key (8, 5 or 3 digits)."""
    return session.get(Municipality, ags)


def by_keys(session: Session, keys: Sequence[str]) -> Sequence[Municipality]:
    """Return the municipalities of these keys with county, district and membership."""
    return session.scalars(_WHOLE.where(Municipality.ags.in_(keys))).all()


def names(session: Session) -> dict[str, str]:
    """Return the names of all municipalities by key, in the order of their names."""
    rows = session.execute(
        select(Municipality.ags, Municipality.name).order_by(
            Municipality.sort_name, Municipality.ags
        )
    )
    return {row.ags: row.name for row in rows}


class Neighbour(NamedTuple):
    """What a profile says about a municipality nearby; degrees are WGS 84."""

    ags: str
    slug: str
    name: str
    lat: float | None
    lon: float | None
    evidence: Evidence | None

    @property
    def is_member(self) -> bool:
        """Whether membership is documented; False also means: not recorded."""
        return self.evidence is Evidence.DOCUMENTED


def _near(*belongs: ColumnElement[bool]) -> Lookup:
    return Lookup(
        select(
            Municipality.ags,
            Municipality.slug,
            Municipality.name,
            Municipality.lat,
            Municipality.lon,
            Membership.evidence,
        )
        .join(Municipality.membership, isouter=True)
        .where(*belongs)
        .order_by(Municipality.sort_name)
    )


_AREA: BindParameter[str] = bindparam("area")
_COUNTIES_IN = _near(Municipality.district_ags == _AREA, Municipality.level == Level.COUNTY)
# A county lies in itself. To ask for the level would have SQLite look at all of Germany.
_MUNICIPALITIES_IN = _near(
    Municipality.county_ags == _AREA, Municipality.ags != Municipality.county_ags
)


def neighbours(session: Session, municipality: Municipality) -> list[Neighbour]:
    """Return the other municipalities of the same county, or for larger units those in them.

    A kreisfreie Stadt has none: it is its own county.
    """
    if municipality.level is Level.DISTRICT:
        rows = _COUNTIES_IN.rows(session, area=municipality.ags)
    else:
        rows = _MUNICIPALITIES_IN.rows(session, area=municipality.county_ags)
    return [one for one in map(Neighbour._make, rows) if one.ags != municipality.ags]


def documented_members(session: Session) -> int:
    """Return how many memberships are documented; the network itself is larger."""
    documented = Membership.evidence == Evidence.DOCUMENTED
    return session.scalar(select(func.count()).select_from(Membership).where(documented)) or 0
