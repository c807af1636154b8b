"""What lists know of municipalities: read anew when the ground has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.municipalities.models import Municipality
from directory.publication.catalogue import grounded
from directory.search.lists.listings import LISTINGS, Facet
from directory.search.lists.wholesale import gathered, read_rows, shared


class Place(NamedTuple):
    """What is known about one municipality, county or district, as far as lists ask for it."""

    county: str | None
    district: str | None
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Places:
    """All municipalities of one version."""

    rows: Mapping[str, Place]
    # Facet → value → AGS of the municipalities that have it
    values: Mapping[str, Mapping[str, Sequence[str]]]
    # Whatever entries are sorted by that belongs to their municipality
    sorting: Sequence[Any]


def get_places(session: Session) -> Places:
    """Return the municipalities of the present version."""
    return grounded(session, "places", _read_places)


def _read_places(session: Session) -> Places:
    statement = select(
        Municipality.ags,
        Municipality.county_ags,
        Municipality.district_ags,
        Municipality.lat,
        Municipality.lon,
        Municipality.sort_name,
        Municipality.population,
    )
    rows = list(shared(read_rows(session, statement)))
    facets = {
        facet.name: facet
        for listing in LISTINGS.values()
        for facet in listing.facets
        if facet.is_of_places and facet.offered and facet.borrowed_from is None
    }
    return Places(
        rows={row[0]: Place(*row[1:5]) for row in rows},
        values={name: _places_with(session, facet) for name, facet in facets.items()},
        sorting=sorted((row[0], *row[5:]) for row in rows),
    )


def _places_with(session: Session, facet: Facet) -> dict[str, Sequence[str]]:
    """Return value → AGS of the municipalities that have it."""
    found = dict(gathered(session, facet))
    return dict(zip(found, shared(found.values()), strict=True))
