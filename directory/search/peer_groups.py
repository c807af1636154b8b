"""The groups within which municipalities are compared, read once per version of the catalogue."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.geo.points import Point
from directory.municipalities.models import Level, Municipality
from directory.practices.models import Practice, practice_term
from directory.publication.catalogue import prepared
from directory.publication.models import Status
from directory.search.peers import Peers, Unit
from directory.search.weights import Weights
from directory.topics.models import Term, TermKind


def get_peers(session: Session, level: Level | None) -> Peers:
    """Return all units of one level (None: of all levels), ready to be compared."""
    name = f"peers of {level.value if level else 'all levels'}"
    return prepared(session, name, lambda session: Peers(_units(session, level)))


def get_units(session: Session) -> dict[str, Unit]:
    """Return AGS → what is known about each municipality, county and district."""
    return prepared(session, "units", _load)


def keys_by_likeness(session: Session, ags: str) -> tuple[str, ...]:
    """Return all keys of the level of `ags`, most like it first, with the usual weights."""
    unit = get_units(session).get(ags)
    return get_peers(session, unit.level).ranked(ags, Weights.usual()) if unit else ()


def _units(session: Session, level: Level | None) -> list[Unit]:
    units = get_units(session).values()
    return [unit for unit in units if level is None or unit.level is level]


def _load(session: Session) -> dict[str, Unit]:
    topics: dict[str, set[str]] = defaultdict(set)
    for ags, slug in session.execute(
        select(Practice.ags, practice_term.c.term_slug)
        .join(practice_term, practice_term.c.practice_id == Practice.id)
        .join(Term, Term.slug == practice_term.c.term_slug)
        .where(Practice.status == Status.PUBLISHED, Term.kind == TermKind.TOPIC)
        .distinct()
    ):
        topics[ags].add(slug)
    practices = dict(
        session.execute(
            select(Practice.ags, func.count())
            .where(Practice.status == Status.PUBLISHED)
            .group_by(Practice.ags)
        ).all()
    )
    rows = session.execute(
        select(
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
    )
    return {
        row.ags: Unit(
            ags=row.ags,
            name=row.name,
            level=row.level,
            population=row.population,
            density=row.population / row.area_km2 if row.population and row.area_km2 else None,
            legal_status=row.legal_status,
            urbanisation=row.urbanisation,
            county=row.county_ags or row.ags[:5],
            district=row.district_ags or row.ags[:3],
            point=Point(row.lat, row.lon) if row.lat is not None and row.lon is not None else None,
            topics=frozenset(topics.get(row.ags, ())),
            practices=practices.get(row.ags, 0),
            slug=row.slug,
        )
        for row in rows
    }
