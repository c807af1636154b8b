"""What can be asked of events and resources; only published ones are ever answered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from directory.events.models import (
    Event,
    EventKind,
    EventSeries,
    EventSession,
    EventStatus,
    Participation,
    Resource,
    ResourceEvent,
    ResourceMunicipality,
    ResourceTerm,
)
from directory.publication.models import Status

_PUBLIC = Event.status == Status.PUBLISHED
# Written once: to build them takes longer than to run them.
_PARTICIPATIONS_WITH = (
    select(Participation)
    .join(Participation.event)
    .where(_PUBLIC, Participation.practice_id == bindparam("practice_id"))
    .options(contains_eager(Participation.event), joinedload(Participation.session))
    .order_by(Event.sort_date.desc())
)
_PARTICIPATIONS_OF = (
    select(Participation)
    .join(Participation.event)
    .where(_PUBLIC, Participation.ags.in_(bindparam("keys", expanding=True)))
    .options(
        contains_eager(Participation.event),
        joinedload(Participation.session),
        joinedload(Participation.practice),
    )
    .order_by(Event.sort_date.desc(), Participation.id)
)


def _about(link: type, condition: Any) -> Select[Resource]:
    """Return the statement for the material that is linked to something, named when asked."""
    return (
        select(Resource)
        .join(link, link.resource_id == Resource.id)  # type: ignore[attr-defined]
        .where(Resource.status == Status.PUBLISHED, condition)
        .order_by(Resource.date.desc().nulls_last(), Resource.title)
    )


_OF_EVENT = _about(ResourceEvent, ResourceEvent.event_id == bindparam("event_id"))
_OF_TERM = _about(ResourceTerm, ResourceTerm.term_slug == bindparam("slug"))
_OF_MUNICIPALITY = _about(ResourceMunicipality, ResourceMunicipality.ags == bindparam("ags"))


def find_by_slug(session: Session, slug: str) -> Event | None:
    """Return the published event of that slug with all it shows."""
    return session.scalar(
        select(Event)
        .where(_PUBLIC, Event.slug == slug)
        .options(
            joinedload(Event.series),
            joinedload(Event.venue),
            selectinload(Event.organisers),
            selectinload(Event.keynotes),
            selectinload(Event.sessions),
            selectinload(Event.participations).joinedload(Participation.municipality),
            selectinload(Event.participations).joinedload(Participation.practice),
            selectinload(Event.sources),
        )
    )


def editions(session: Session, series_slug: str) -> Sequence[Event]:
    """Return the public events of one series by time."""
    return session.scalars(
        select(Event).where(_PUBLIC, Event.series_slug == series_slug).order_by(Event.sort_date)
    ).all()


def all_series(session: Session) -> Sequence[EventSeries]:
    """Return all series in their order."""
    return session.scalars(select(EventSeries).order_by(EventSeries.position)).all()


def next_event(session: Session, today: str) -> Event | None:
    """Return the next announced event from `today` (ISO date) on, if there is one."""
    return session.scalar(
        select(Event)
        .where(_PUBLIC, Event.event_status == EventStatus.ANNOUNCED, Event.sort_date >= today)
        .options(joinedload(Event.venue), selectinload(Event.sessions))
        .order_by(Event.sort_date)
        .limit(1)
    )


def latest_congresses(session: Session, limit: int) -> Sequence[Event]:
    """Return the last editions of the congress, newest first."""
    return session.scalars(
        select(Event)
        .where(_PUBLIC, Event.kind == EventKind.CONGRESS)
        .options(joinedload(Event.venue), selectinload(Event.sessions))
        .order_by(Event.sort_date.desc())
        .limit(limit)
    ).all()


def participations_of(session: Session, *keys: str) -> Sequence[Participation]:
    """Return where municipalities took part, newest first, with event, session and practice."""
    return session.scalars(_PARTICIPATIONS_OF, {"keys": keys}).all()


def participations_with(session: Session, practice_id: int) -> Sequence[Participation]:
    """Return where one practice was shown, newest first."""
    return session.scalars(_PARTICIPATIONS_WITH, {"practice_id": practice_id}).all()


def resources_of_event(session: Session, event_id: int) -> Sequence[Resource]:
    """Return the public material of one event, newest first."""
    return session.scalars(_OF_EVENT, {"event_id": event_id}).all()


def resources_of_term(session: Session, slug: str) -> Sequence[Resource]:
    """Return the public material on one term, newest first."""
    return session.scalars(_OF_TERM, {"slug": slug}).all()


def resources_of_municipality(session: Session, ags: str) -> Sequence[Resource]:
    """Return the public material on one municipality, newest first."""
    return session.scalars(_OF_MUNICIPALITY, {"ags": ags}).all()


def resources_by_id(session: Session, ids: Sequence[int]) -> dict[int, Resource]:
    """Return id → resource of these ids, with the terms it is about."""
    statement = select(Resource).options(selectinload(Resource.terms))
    found = session.scalars(
        statement.where(Resource.status == Status.PUBLISHED, Resource.id.in_(ids))
    )
    return {one.id: one for one in found}


def numbered_sessions(session: Session) -> int:
    """Return how many congress workshops with an official number are known."""
    return len(
        session.scalars(
            select(EventSession.id)
            .join(EventSession.event)
            .where(_PUBLIC, Event.kind == EventKind.CONGRESS, EventSession.number.is_not(None))
        ).all()
    )
