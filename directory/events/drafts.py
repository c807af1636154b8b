"""What can be said about a series and its events, and what must hold."""

import datetime as dt
from dataclasses import dataclass

from directory.events.models import (
    Event,
    EventFormat,
    EventKind,
    EventOrganiser,
    EventSeries,
    EventSession,
    EventSource,
    EventStatus,
    Keynote,
    Participation,
    ParticipationRole,
    SessionKind,
)
from directory.publication.saving import Draft
from directory.publication.sources import Source, check_sources
from directory.publication.validation import Check, Known, Problems

ATTENDANCE_UNITS = ("people", "municipalities", "organisations")
_FULL_DATE = len("2017-10-16")
_LONGEST_DAY_MIN = 24 * 60


@dataclass(frozen=True, kw_only=True)
class SeriesDraft(Draft):
    """One series; its events say themselves that they belong to it."""

    slug: str
    position: int
    title: str
    description: str
    motto: str | None = None
    rhythm: str | None = None
    audience: tuple[str, ...] = ()
    organisers: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: EventSeries) -> "SeriesDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            slug=entry.slug,
            position=entry.position,
            title=entry.title,
            description=entry.description,
            motto=entry.motto,
            rhythm=entry.rhythm,
            audience=tuple(entry.audience),
            organisers=tuple(entry.organisers),
        )

    def problems(self, known: Known) -> Problems:  # noqa: ARG002 - refers to nothing
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.slug("slug", self.slug, EventSeries.slug)
        check.count("position", self.position)
        check.line("title", self.title, EventSeries.title)
        check.text("description", self.description, EventSeries.description)
        check.line("motto", self.motto, EventSeries.motto)
        check.line("rhythm", self.rhythm, EventSeries.rhythm)
        check.items("audience", self.audience)
        check.items("organisers", self.organisers)
        return check.problems


@dataclass(frozen=True, kw_only=True)
class OrganiserPart:
    """Who organised, in which role."""

    role: str
    name: str


@dataclass(frozen=True, kw_only=True)
class KeynotePart:
    """One talk; a person only with the reason why they may be named."""

    role: str
    topic: str
    person: str | None = None
    person_basis: str | None = None


@dataclass(frozen=True, kw_only=True)
class SessionPart:
    """One workshop, forum or other part; its slug is unique over all events. Local times."""

    slug: str
    kind: SessionKind
    title: str
    number: int | None = None
    track: str | None = None
    date: dt.date | None = None
    time_start: dt.time | None = None
    time_end: dt.time | None = None
    duration_min: int | None = None


@dataclass(frozen=True, kw_only=True)
class ParticipationPart:
    """One municipality in one role, at a session and with a practice (slugs) where known."""

    ags: str
    role: ParticipationRole
    session: str | None = None
    practice: str | None = None


@dataclass(frozen=True, kw_only=True)
class EventDraft(Draft):
    """One event. Dates as precise as the source; times are local (Europe/Berlin)."""

    slug: str
    kind: EventKind
    title: str
    short_title: str
    year: int
    event_status: EventStatus
    series: str | None = None
    motto: str | None = None
    date_start: str | None = None
    date_end: str | None = None
    time_start: dt.time | None = None
    time_end: dt.time | None = None
    event_format: EventFormat | None = None
    venue_name: str | None = None
    venue_town: str | None = None
    venue_ags: str | None = None
    attendance_label: str | None = None
    attendance_min: int | None = None
    attendance_max: int | None = None
    attendance_unit: str | None = None
    guiding_topics: tuple[str, ...] = ()
    programme: tuple[str, ...] = ()
    sessions_note: str | None = None
    note: str | None = None
    organisers: tuple[OrganiserPart, ...] = ()
    keynotes: tuple[KeynotePart, ...] = ()
    sessions: tuple[SessionPart, ...] = ()
    participations: frozenset[ParticipationPart] = frozenset()
    sources: tuple[Source, ...] = ()

    @property
    def sort_date(self) -> str:
        """The date to sort by, as text; without a date the year."""
        return self.date_start or f"{self.year}"

    @classmethod
    def of(cls, entry: Event) -> "EventDraft":
        """Return the draft that `entry` corresponds to."""
        return cls(
            slug=entry.slug,
            series=entry.series_slug,
            kind=entry.kind,
            title=entry.title,
            short_title=entry.short_title,
            motto=entry.motto,
            year=entry.year,
            date_start=entry.date_start,
            date_end=entry.date_end,
            time_start=entry.time_start,
            time_end=entry.time_end,
            event_status=entry.event_status,
            event_format=entry.event_format,
            venue_name=entry.venue_name,
            venue_town=entry.venue_town,
            venue_ags=entry.venue_ags,
            attendance_label=entry.attendance_label,
            attendance_min=entry.attendance_min,
            attendance_max=entry.attendance_max,
            attendance_unit=entry.attendance_unit,
            guiding_topics=tuple(entry.guiding_topics),
            programme=tuple(entry.programme),
            sessions_note=entry.sessions_note,
            note=entry.note,
            organisers=tuple(
                OrganiserPart(role=organiser.role, name=organiser.name)
                for organiser in entry.organisers
            ),
            keynotes=tuple(
                KeynotePart(
                    role=keynote.role,
                    topic=keynote.topic,
                    person=keynote.person,
                    person_basis=keynote.person_basis,
                )
                for keynote in entry.keynotes
            ),
            sessions=tuple(session_part(session) for session in entry.sessions),
            participations=frozenset(participation_part(part) for part in entry.participations),
            sources=tuple(
                Source(title=source.title, url=source.url, as_of=source.as_of)
                for source in entry.sources
            ),
        )

    def problems(self, known: Known) -> Problems:
        """Return what is wrong, field → German sentence."""
        check = Check()
        check.slug("slug", self.slug, Event.slug)
        check.reference("series", self.series, known.series, "keine Reihe")
        check.line("title", self.title, Event.title)
        check.line("short_title", self.short_title, Event.short_title)
        check.line("motto", self.motto, Event.motto)
        self._check_dates(check)
        self._check_venue_and_attendance(check, known)
        check.items("guiding_topics", self.guiding_topics)
        check.items("programme", self.programme)
        check.text("sessions_note", self.sessions_note, Event.sessions_note)
        check.text("note", self.note, Event.note)
        self._check_people(check)
        self._check_sessions(check)
        self._check_participations(check, known)
        check_sources(check, self.sources, title=EventSource.title, url=EventSource.url)
        return check.problems

    def _check_dates(self, check: Check) -> None:
        check.year("year", self.year)
        check.partial_date("date_start", self.date_start)
        check.partial_date("date_end", self.date_end)
        if self.date_start is None:
            return
        if self.date_start[:4] != f"{self.year}":
            check.say("year", "Das Jahr passt nicht zum Beginn.")
        if self.date_end is not None:
            # Compared as far as both are known: 2018-09 may end in 2018.
            common = min(len(self.date_start), len(self.date_end))
            if self.date_end[:common] < self.date_start[:common]:
                check.say("date_end", "Das Ende liegt vor dem Beginn.")
            one_day = self.date_start == self.date_end and common == _FULL_DATE
            _check_times(check, self.time_start, self.time_end, one_day=one_day)

    def _check_venue_and_attendance(self, check: Check, known: Known) -> None:
        check.line("venue_name", self.venue_name, Event.venue_name)
        check.line("venue_town", self.venue_town, Event.venue_town)
        check.ags("venue_ags", self.venue_ags, known.ags)
        check.line("attendance_label", self.attendance_label, Event.attendance_label)
        check.count("attendance_min", self.attendance_min)
        check.count("attendance_max", self.attendance_max)
        low, high = self.attendance_min, self.attendance_max
        if low is not None and high is not None and high < low:
            check.say("attendance_max", "Die obere Grenze liegt unter der unteren.")
        if self.attendance_unit not in (None, *ATTENDANCE_UNITS):
            check.say("attendance_unit", f"Bitte eine von: {', '.join(ATTENDANCE_UNITS)}.")
        if self.attendance_label is None and (low, high, self.attendance_unit) != (None,) * 3:
            check.say("attendance_label", "Bitte in Worten angeben, wie viele es waren.")

    def _check_people(self, check: Check) -> None:
        for position, organiser in enumerate(self.organisers, start=1):
            part = check.within("organisers", position)
            part.line("role", organiser.role, EventOrganiser.role)
            part.line("name", organiser.name, EventOrganiser.name)
        for position, keynote in enumerate(self.keynotes, start=1):
            part = check.within("keynotes", position)
            part.line("role", keynote.role, Keynote.role)
            part.text("topic", keynote.topic, Keynote.topic)
            part.line("person", keynote.person, Keynote.person)
            part.line("person_basis", keynote.person_basis, Keynote.person_basis)
            if keynote.person is not None and keynote.person_basis is None:
                part.say("person_basis", "Warum darf die Person genannt werden?")

    def _check_sessions(self, check: Check) -> None:
        for position, session in enumerate(self.sessions, start=1):
            part = check.within("sessions", position)
            part.slug("slug", session.slug, EventSession.slug)
            part.line("title", session.title, EventSession.title)
            part.line("track", session.track, EventSession.track)
            part.count("number", session.number, at_least=1)
            part.count("duration_min", session.duration_min, at_least=1)
            part.date("date", session.date)
            _check_times(part, session.time_start, session.time_end, one_day=True)
            if (session.duration_min or 0) > _LONGEST_DAY_MIN:
                part.say("duration_min", "Dauert länger als ein Tag.")
            if session.date is not None and not self._takes_place_on(session.date):
                part.say("date", "Liegt außerhalb der Veranstaltung.")
        slugs = [session.slug for session in self.sessions]
        numbers = [session.number for session in self.sessions if session.number is not None]
        if len(set(slugs)) < len(slugs):
            check.say("sessions", "Enthält eine Kennung doppelt.")
        if len(set(numbers)) < len(numbers):
            check.say("sessions", "Enthält eine Nummer doppelt.")

    def _takes_place_on(self, day: dt.date) -> bool:
        start = self.date_start or f"{self.year}"
        end = self.date_end or start
        text = day.isoformat()
        return start <= text[: len(start)] and text[: len(end)] <= end

    def _check_participations(self, check: Check, known: Known) -> None:
        slugs = {session.slug for session in self.sessions}
        ordered = sorted(self.participations, key=lambda part: (part.ags, part.role))
        for position, participation in enumerate(ordered, start=1):
            part = check.within("participations", position)
            part.ags("ags", participation.ags, known.ags)
            part.reference("session", participation.session, slugs, "keinen Programmpunkt")
            part.reference("practice", participation.practice, known.practices, "kein Beispiel")
        seats = {(part.session, part.ags, part.role) for part in self.participations}
        if len(seats) < len(self.participations):
            check.say("participations", "Enthält dieselbe Teilnahme doppelt.")


def session_part(session: EventSession) -> SessionPart:
    """Return what `session` says."""
    return SessionPart(
        slug=session.slug,
        kind=session.kind,
        title=session.title,
        number=session.number,
        track=session.track,
        date=session.date,
        time_start=session.time_start,
        time_end=session.time_end,
        duration_min=session.duration_min,
    )


def participation_part(participation: Participation) -> ParticipationPart:
    """Return what `participation` says."""
    return ParticipationPart(
        ags=participation.ags,
        role=participation.role,
        session=participation.session.slug if participation.session else None,
        practice=participation.practice.slug if participation.practice else None,
    )


def _check_times(
    check: Check, start: dt.time | None, end: dt.time | None, *, one_day: bool
) -> None:
    if start is None and end is not None:
        check.say("time_start", "Zum Ende gehört auch ein Beginn.")
    if one_day and start is not None and end is not None and end <= start:
        check.say("time_end", "Das Ende liegt vor dem Beginn.")
