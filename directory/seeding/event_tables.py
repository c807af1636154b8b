"""What the fields of `events.json` and `resources.json` mean: from rows to drafts."""

from collections.abc import Iterator

from directory.events.drafts import (
    EventDraft,
    KeynotePart,
    OrganiserPart,
    ParticipationPart,
    SeriesDraft,
    SessionPart,
)
from directory.events.models import (
    EventFormat,
    EventKind,
    EventStatus,
    ParticipationRole,
    ResourceType,
    SessionKind,
)
from directory.events.resources import ResourceDraft
from directory.seeding.rows import Row
from directory.seeding.tables import Table, names, words

PERSON_BASIS = "Name steht in der öffentlichen Ankündigung der Veranstaltung"

# How long a date is that is as precise as the word says.
_PRECISIONS = {"year": 4, "month": 7, "day": 10}
_SESSION_FIELDS = names(
    "id number kind title track date time_start time_end duration_min participants"
)


def _series(row: Row) -> SeriesDraft:
    row.distinct("events")
    return SeriesDraft(
        slug=row.needed("id"),
        position=row.position,
        title=row.needed("title"),
        motto=row.text("motto"),
        rhythm=row.text("rhythm"),
        description=row.needed("description"),
        audience=row.texts("audience"),
        organisers=row.texts("organisers"),
    )


def _event(row: Row) -> EventDraft:
    slug = row.needed("id")
    date_start = row.text("date_start")
    precision = row.one_of_or_none("date_precision", _PRECISIONS)
    if precision != (date_start and len(date_start)):
        row.check.say("date_precision", "Passt nicht zur Länge von date_start.")
    # The point of a venue is its municipality's, not the building's, so it is not taken over.
    venue = row.part("venue", ("name", "town", "ags", "lat", "lon", "precision"))
    attendance = row.part("attendance", ("label", "min", "max", "unit"))
    sessions, participations = _sessions_and_participations(row, slug)
    return EventDraft(
        slug=slug,
        series=row.text("series"),
        kind=row.one_of("kind", words(EventKind)),
        title=row.needed("title"),
        short_title=row.needed("short_title"),
        motto=row.text("motto"),
        year=row.needed_integer("year"),
        date_start=date_start,
        date_end=row.text("date_end"),
        time_start=row.time("time_start"),
        time_end=row.time("time_end"),
        event_status=row.one_of("status", words(EventStatus)),
        event_format=row.one_of_or_none("format", words(EventFormat)),
        venue_name=venue.text("name"),
        venue_town=venue.text("town"),
        venue_ags=venue.text("ags"),
        attendance_label=attendance.text("label"),
        attendance_min=attendance.integer("min"),
        attendance_max=attendance.integer("max"),
        attendance_unit=attendance.text("unit"),
        guiding_topics=row.texts("guiding_topics"),
        programme=row.texts("programme"),
        sessions_note=row.text("sessions_note"),
        note=row.text("note"),
        organisers=tuple(
            OrganiserPart(role=part.needed("role"), name=part.needed("name"))
            for part in row.parts("organisers", ("role", "name"))
        ),
        keynotes=tuple(
            KeynotePart(
                role=part.needed("role"),
                topic=part.needed("topic"),
                person=part.text("person"),
                person_basis=PERSON_BASIS if part.text("person") else None,
            )
            for part in row.parts("keynote", ("role", "topic", "person"))
        ),
        sessions=sessions,
        participations=participations,
        sources=row.sources(),
    )


def _sessions_and_participations(
    row: Row, event: str
) -> tuple[tuple[SessionPart, ...], frozenset[ParticipationPart]]:
    sessions: list[SessionPart] = []
    at_sessions: list[ParticipationPart] = []
    for part in row.parts("sessions", _SESSION_FIELDS):
        session = _session(part)
        sessions.append(session)
        role = ParticipationRole.PRACTICE
        if session.kind is SessionKind.FORUM:
            role = ParticipationRole.FORUM
        at_sessions.extend(
            ParticipationPart(ags=ags, role=role, session=session.slug)
            for ags in sorted(part.distinct("participants"))
        )

    named = list(_participants(row))
    carousel = f"{event}-lernkarussell"
    if any(role is ParticipationRole.LEARNING_CAROUSEL for _, role in named):
        sessions.append(
            SessionPart(slug=carousel, kind=SessionKind.LEARNING_CAROUSEL, title="Lernkarussell")
        )
    # The list of the whole event repeats those whose session is known.
    seated = {(part.ags, part.role) for part in at_sessions}
    at_event = [
        ParticipationPart(
            ags=ags,
            role=role,
            session=carousel if role is ParticipationRole.LEARNING_CAROUSEL else None,
        )
        for ags, role in named
        if (ags, role) not in seated
    ]
    return tuple(sessions), frozenset([*at_sessions, *at_event])


def _session(part: Row) -> SessionPart:
    return SessionPart(
        slug=part.needed("id"),
        kind=part.one_of("kind", words(SessionKind)),
        title=part.needed("title"),
        number=part.integer("number"),
        track=part.text("track"),
        date=part.date("date"),
        time_start=part.time("time_start"),
        time_end=part.time("time_end"),
        duration_min=part.integer("duration_min"),
    )


def _participants(row: Row) -> Iterator[tuple[str, ParticipationRole]]:
    seen = set()
    for part in row.parts("participants", ("ags", "role")):
        participant = part.needed("ags"), part.one_of("role", words(ParticipationRole))
        if participant in seen:
            part.check.say("ags", "Steht mit derselben Rolle schon in der Liste.")
        seen.add(participant)
        yield participant


def _resource(row: Row) -> ResourceDraft:
    related: dict[str, set[str]] = {"event": set(), "topic": set(), "ags": set()}
    for part in row.parts("relates_to", ("kind", "ref")):
        refs, ref = part.one_of("kind", related), part.needed("ref")
        if ref in refs:
            part.check.say("ref", "Steht schon in der Liste.")
        refs.add(ref)
    return ResourceDraft(
        slug=row.needed("id"),
        kind=row.one_of("type", words(ResourceType)),
        title=row.needed("title"),
        publisher=row.needed("publisher"),
        description=row.text("description"),
        url=row.needed("url"),
        leads_to_file=row.one_of("url_target", {"page": False, "file": True}),
        date=row.text("date"),
        source_url=row.needed("source"),
        events=frozenset(related["event"]),
        terms=frozenset(related["topic"]),
        municipalities=frozenset(related["ags"]),
    )


SERIES = Table(
    file="events.json",
    fields=names("id title motto rhythm description audience organisers events"),
    read=_series,
    identity=("slug",),
    called={"slug": "id"},
)
EVENTS = Table(
    file="events.json",
    fields=names(
        "id series kind title short_title motto year date_start date_end date_precision "
        "time_start time_end format venue status attendance organisers keynote "
        "guiding_topics programme sessions sessions_note participants note sources"
    ),
    read=_event,
    identity=("slug",),
    called={
        "slug": "id",
        "event_status": "status",
        "event_format": "format",
        "venue_name": "venue.name",
        "venue_town": "venue.town",
        "venue_ags": "venue.ags",
        "attendance_label": "attendance.label",
        "attendance_min": "attendance.min",
        "attendance_max": "attendance.max",
        "attendance_unit": "attendance.unit",
        "keynotes": "keynote",
        "participations": "participants",
    },
)
RESOURCES = Table(
    file="resources.json",
    fields=names("id type title publisher description url url_target date relates_to source"),
    read=_resource,
    identity=("slug",),
    called={
        "slug": "id",
        "kind": "type",
        "source_url": "source",
        "events": "relates_to",
        "terms": "relates_to",
        "municipalities": "relates_to",
    },
)
