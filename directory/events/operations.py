"""Keeping series and events. Callers commit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from directory.events.drafts import (
    EventDraft,
    ParticipationPart,
    SeriesDraft,
    participation_part,
)
from directory.events.models import (
    Event,
    EventOrganiser,
    EventSeries,
    EventSession,
    EventSource,
    Keynote,
    Participation,
)
from directory.municipalities.models import Municipality
from directory.municipalities.operations import known_ags
from directory.practices.models import Practice
from directory.publication.models import EntryKind, Status
from directory.publication.saving import Saved, in_chunks, refuse_invalid, save_all
from directory.publication.validation import InvalidEntry, Known


def save_series(session: Session, *, by: str, draft: SeriesDraft) -> Saved[EventSeries]:
    """Create or change the series with the draft's slug; raise `InvalidEntry`."""
    return save_all_series(session, by=by, drafts=[draft])[0]


def save_all_series(
    session: Session, *, by: str, drafts: Sequence[SeriesDraft]
) -> list[Saved[EventSeries]]:
    """Create or change series, all or none; raise `InvalidEntry`."""
    refuse_invalid(drafts, Known(), key=lambda draft: draft.slug)
    return save_all(
        session,
        kind=EntryKind.SERIES,
        drafts=drafts,
        existing={series.slug: series for series in session.scalars(select(EventSeries))},
        identity=lambda draft: draft.slug,
        create=lambda draft: EventSeries(slug=draft.slug),
        read=SeriesDraft.of,
        write=_write_series,
        key=lambda series: series.slug,
        by=by,
    )


def _write_series(series: EventSeries, draft: SeriesDraft) -> None:
    series.position = draft.position
    series.title = draft.title
    series.motto = draft.motto
    series.rhythm = draft.rhythm
    series.description = draft.description
    series.audience = list(draft.audience)
    series.organisers = list(draft.organisers)


def save_event(session: Session, *, by: str, draft: EventDraft) -> Saved[Event]:
    """Create or change the event with the draft's slug; a new one is a draft.

    Raise `InvalidEntry`.
    """
    return save_events(session, by=by, drafts=[draft])[0]


def save_events(session: Session, *, by: str, drafts: Sequence[EventDraft]) -> list[Saved[Event]]:
    """Create or change events with all their parts, all or none; raise `InvalidEntry`."""
    practices = _practices_named_in(session, drafts)
    known = Known(
        ags=known_ags(session, (ags for draft in drafts for ags in _places_of(draft))),
        series=frozenset(session.scalars(select(EventSeries.slug))),
        practices=practices.keys(),
    )
    refuse_invalid(drafts, known, key=lambda draft: draft.slug)
    _refuse_foreign_sessions(session, drafts)
    return save_all(
        session,
        kind=EntryKind.EVENT,
        drafts=drafts,
        existing=_load(session, drafts),
        identity=lambda draft: draft.slug,
        create=lambda draft: Event(slug=draft.slug, status=Status.DRAFT),
        read=EventDraft.of,
        write=lambda event, draft: _write_event(event, draft, practices),
        key=lambda event: event.slug,
        by=by,
    )


def _load(session: Session, drafts: Sequence[EventDraft]) -> dict[str, Event]:
    whole = select(Event).options(
        selectinload(Event.organisers),
        selectinload(Event.keynotes),
        selectinload(Event.sessions),
        selectinload(Event.participations).selectinload(Participation.practice),
        selectinload(Event.sources),
    )
    events: dict[str, Event] = {}
    for chunk in in_chunks(draft.slug for draft in drafts):
        rows = session.scalars(whole.where(Event.slug.in_(chunk)))
        events.update((event.slug, event) for event in rows)
    return events


def _places_of(draft: EventDraft) -> list[str | None]:
    return [draft.venue_ags, *(part.ags for part in draft.participations)]


def _practices_named_in(session: Session, drafts: Sequence[EventDraft]) -> dict[str, Practice]:
    named = {part.practice for draft in drafts for part in draft.participations}
    practices: dict[str, Practice] = {}
    for chunk in in_chunks(sorted(slug for slug in named if slug is not None)):
        rows = session.scalars(select(Practice).where(Practice.slug.in_(chunk)))
        practices.update((practice.slug, practice) for practice in rows)
    return practices


def _refuse_foreign_sessions(session: Session, drafts: Sequence[EventDraft]) -> None:
    owners = {part.slug: draft.slug for draft in drafts for part in draft.sessions}
    for chunk in in_chunks(owners):
        rows = session.execute(
            select(EventSession.slug, Event.slug)
            .join(EventSession.event)
            .where(EventSession.slug.in_(chunk))
        )
        for slug, event in rows:
            if owners[slug] != event:
                sentence = f"Die Kennung „{slug}“ gehört zu „{event}“."
                raise InvalidEntry({"sessions": sentence}, key=owners[slug])


def _write_event(event: Event, draft: EventDraft, practices: Mapping[str, Practice]) -> None:
    event.series_slug = draft.series
    event.kind = draft.kind
    event.title = draft.title
    event.short_title = draft.short_title
    event.motto = draft.motto
    event.year = draft.year
    event.date_start = draft.date_start
    event.date_end = draft.date_end
    event.time_start = draft.time_start
    event.time_end = draft.time_end
    event.sort_date = draft.sort_date
    event.event_status = draft.event_status
    event.event_format = draft.event_format
    event.venue_name = draft.venue_name
    event.venue_town = draft.venue_town
    event.venue_ags = draft.venue_ags
    event.attendance_label = draft.attendance_label
    event.attendance_min = draft.attendance_min
    event.attendance_max = draft.attendance_max
    event.attendance_unit = draft.attendance_unit
    event.guiding_topics = list(draft.guiding_topics)
    event.programme = list(draft.programme)
    event.sessions_note = draft.sessions_note
    event.note = draft.note
    _write_people_and_sources(event, draft)
    _write_sessions(event, draft)
    _write_participations(event, draft, practices)


def _write_people_and_sources(event: Event, draft: EventDraft) -> None:
    event.organisers = [
        EventOrganiser(position=position, role=part.role, name=part.name)
        for position, part in enumerate(draft.organisers, start=1)
    ]
    event.keynotes = [
        Keynote(
            position=position,
            role=part.role,
            topic=part.topic,
            person=part.person,
            person_basis=part.person_basis,
        )
        for position, part in enumerate(draft.keynotes, start=1)
    ]
    event.sources = [
        EventSource(position=position, title=source.title, url=source.url, as_of=source.as_of)
        for position, source in enumerate(draft.sources, start=1)
    ]


def _write_sessions(event: Event, draft: EventDraft) -> None:
    # A session that stays keeps its row, and with it its address.
    present = {session.slug: session for session in event.sessions}
    sessions = []
    for position, part in enumerate(draft.sessions, start=1):
        session = present.get(part.slug) or EventSession(slug=part.slug)
        session.position = position
        session.number = part.number
        session.kind = part.kind
        session.title = part.title
        session.track = part.track
        session.date = part.date
        session.time_start = part.time_start
        session.time_end = part.time_end
        session.duration_min = part.duration_min
        sessions.append(session)
    event.sessions = sessions


def _write_participations(
    event: Event, draft: EventDraft, practices: Mapping[str, Practice]
) -> None:
    # What stays keeps its row: the same combination cannot go and come in one flush.
    present = {_seat(participation_part(row)): row for row in event.participations}
    sessions = {session.slug: session for session in event.sessions}
    participations = []
    for part in sorted(draft.participations, key=lambda part: (part.session or "", *_seat(part))):
        row = present.get(_seat(part)) or Participation(
            ags=part.ags, role=part.role, session=sessions[part.session] if part.session else None
        )
        row.practice = practices[part.practice] if part.practice else None
        participations.append(row)
    event.participations = participations


def _seat(part: ParticipationPart) -> tuple[str, str, str]:
    return part.session or "", part.ags, part.role


def sketch_event(session: Session, draft: EventDraft, *, number: int | None = None) -> Event:
    """Return what `draft` would look like as an entry that is never kept: for previews.

    It belongs to no session. What it refers to and does not exist is left out; `number` is the
    entry's own, where there is one.
    """
    practices = _practices_named_in(session, [draft])
    places = {
        place.ags: place
        for chunk in in_chunks(ags for ags in _places_of(draft) if ags)
        for place in session.scalars(select(Municipality).where(Municipality.ags.in_(chunk)))
    }
    parts = {part.slug for part in draft.sessions}
    event = Event(id=number, slug=draft.slug)
    _write_event(
        event,
        replace(
            draft,
            participations=frozenset(
                replace(
                    part,
                    session=part.session if part.session in parts else None,
                    practice=part.practice if part.practice in practices else None,
                )
                for part in draft.participations
                if part.ags in places
            ),
        ),
        practices,
    )
    series = session.get(EventSeries, draft.series) if draft.series else None
    set_committed_value(event, "series", series)
    set_committed_value(event, "venue", places.get(draft.venue_ags or ""))
    for row in event.participations:
        set_committed_value(row, "municipality", places[row.ags])
    return event
