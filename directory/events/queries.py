"""What can be asked of events and resources; only published ones are ever answered."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from directory.events.models import (
    Event,
    EventKind,
    EventSeries,
    EventSession,
    EventStatus,
    Participation,
    ParticipationRole,
    Resource,
    ResourceEvent,
    ResourceMunicipality,
    ResourceTerm,
    ResourceType,
)
from directory.lookups import Lookup
from directory.practices.models import Practice
from directory.publication.models import Status

_PUBLIC = Event.status == Status.PUBLISHED


class Appearance(NamedTuple):
    """One municipality at one event, in one role: at a session and with a practice if known."""

    ags: str
    role: ParticipationRole
    event_slug: str
    event_title: str
    date_start: str | None
    date_end: str | None
    session_slug: str | None
    session_title: str | None
    # Of a practice that readers may see
    practice_title: str | None


class ResourceRow(NamedTuple):
    """What a card tells of material, called as there."""

    slug: str
    kind: ResourceType
    title: str
    publisher: str
    description: str | None
    date: str | None
    url: str


_PART, _EVENT = Participation.__table__.c, Event.__table__.c
_SESSION, _PRACTICE = EventSession.__table__.c, Practice.__table__.c
_APPEARANCES = (
    select(
        *(_PART.ags, _PART.role),
        *(_EVENT.slug, _EVENT.short_title, _EVENT.date_start, _EVENT.date_end),
        *(_SESSION.slug, _SESSION.title, _PRACTICE.title),
    )
    .join_from(Participation.__table__, Event.__table__, _EVENT.id == _PART.event_id)
    .join(EventSession.__table__, _SESSION.id == _PART.session_id, isouter=True)
    .join(
        Practice.__table__,
        and_(_PRACTICE.id == _PART.practice_id, _PRACTICE.status == Status.PUBLISHED),
        isouter=True,
    )
    .where(_PUBLIC)
    .order_by(_EVENT.sort_date.desc(), _PART.id)
)
_APPEARANCES_WITH = Lookup(_APPEARANCES.where(_PART.practice_id == bindparam("practice_id")))
_APPEARANCES_OF = Lookup(_APPEARANCES.where(_PART.ags.in_(bindparam("keys", expanding=True))))


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
_OF_MUNICIPALITY = Lookup(
    _about(ResourceMunicipality, ResourceMunicipality.ags == bindparam("ags")).with_only_columns(
        *(Resource.__table__.c[name] for name in ResourceRow._fields)
    )
)


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


def appearances_of(session: Session, *keys: str) -> list[Appearance]:
    """Return where municipalities took part, newest first."""
    return [Appearance(*row) for row in _APPEARANCES_OF.rows(session, keys=keys)]


def appearances_with(session: Session, practice_id: int) -> list[Appearance]:
    """Return where one practice was shown, newest first."""
    return [Appearance(*row) for row in _APPEARANCES_WITH.rows(session, practice_id=practice_id)]


def resources_of_event(session: Session, event_id: int) -> Sequence[Resource]:
    """Return the public material of one event, newest first."""
    return session.scalars(_OF_EVENT, {"event_id": event_id}).all()


def resources_of_term(session: Session, slug: str) -> Sequence[Resource]:
    """Return the public material on one term, newest first."""
    return session.scalars(_OF_TERM, {"slug": slug}).all()


def resources_of_municipality(session: Session, ags: str) -> list[ResourceRow]:
    """Return the public material on one municipality, newest first."""
    return [ResourceRow(*row) for row in _OF_MUNICIPALITY.rows(session, ags=ags)]


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
