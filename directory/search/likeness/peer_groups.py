"""The groups within which municipalities are compared, read once as long as nothing changes."""

from dataclasses import replace
from functools import partial
from sys import intern

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.geo.points import Point
from directory.municipalities.models import Level, Municipality
from directory.publication.catalogue import grounded, prepared
from directory.search.likeness.peers import Peers
from directory.search.likeness.units import Unit
from directory.search.likeness.weights import Weights
from directory.search.lists.columns import get_columns
from directory.search.lists.listings import ListKind
from directory.search.lists.wholesale import shared


def get_peers(session: Session, level: Level | None) -> Peers:
    """Return all units of one level (None: of all levels), ready to be compared."""
    name = f"peers of {level.value if level else 'all levels'}"
    return prepared(session, name, partial(_of_level, name=name, level=level))


def _of_level(session: Session, *, name: str, level: Level | None) -> Peers:
    units = [one for one in get_units(session).values() if level is None or one.level is level]
    # Few edits change how municipalities compare.
    return prepared(session, f"{name}, as they are", lambda _: Peers(units), of=units)


def get_units(session: Session) -> dict[str, Unit]:
    """Return AGS → what is known about each municipality, county and district."""
    return prepared(session, "units", _with_practices)


def keys_by_likeness(session: Session, ags: str) -> tuple[str, ...]:
    """Return all keys of the level of `ags`, most like it first, with the usual weights."""
    unit = get_units(session).get(ags)
    return get_peers(session, unit.level).ranked(ags, Weights.usual()) if unit else ()


def _with_practices(session: Session) -> dict[str, Unit]:
    columns = get_columns(session, ListKind.PRACTICES)
    topics = columns.values_at("thema")
    units = grounded(session, "units without practices", _load)
    # What was made for an earlier version; an edit changes one or two of thousands.
    made = grounded(session, "units with practices", lambda _: dict[str, Unit]())
    found = dict(units)
    for ags in columns.runs.keys() & units.keys():
        if practices := columns.entries_at(ags):
            there = topics.get(ags, frozenset())
            unit = made.get(ags)
            if unit is None or (unit.practices, unit.topics) != (practices, there):
                unit = made[ags] = replace(units[ags], topics=there, practices=practices)
            found[ags] = unit
    return found


def _load(session: Session) -> dict[str, Unit]:
    statement = select(
        Municipality.ags,
        Municipality.name,
        Municipality.slug,
        Municipality.level,
        Municipality.population,
        Municipality.area_km2,
        Municipality.legal_status,
        Municipality.urbanisation,
        Municipality.county_ags,
        Municipality.district_ags,
        Municipality.lat,
        Municipality.lon,
    ).order_by(Municipality.ags)
    units = {}
    for row in shared(session.execute(statement)):
        ags, name, slug, level, people, area, status, urbanisation, county, district, *place = row
        lat, lon = place
        units[ags] = Unit(
            ags=ags,
            name=name,
            level=level,
            population=people,
            density=people / area if people and area else None,
            legal_status=status,
            urbanisation=urbanisation,
            county=county or intern(ags[:5]),
            district=district or intern(ags[:3]),
            point=Point(lat, lon) if lat is not None and lon is not None else None,
            slug=slug,
        )
    return units
