"""Series → event → session, who took part in what role, and the material around it."""

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, PartialDate, TextList, UtcDateTime, enum_by_value, utc_now
from directory.municipalities.models import Ags, Municipality
from directory.practices.models import Practice
from directory.publication.models import Publishable, Status
from directory.topics.models import Term


class EventKind(enum.StrEnum):
    """What an event is; the values stand in addresses."""

    CONGRESS = "kongress"
    TRAINING = "werkstatt"
    SUMMIT = "spitzentreffen"
    NETWORK_MEETING = "netzwerktreffen"
    WORKSHOP = "workshop"
    PARTICIPATION = "beteiligung"
    SIGNING = "unterzeichnung"
    FOUNDING = "gruendung"

    @property
    def label(self) -> str:
        """The German name of the kind."""
        return _EVENT_LABELS[self]


_EVENT_LABELS = {
    EventKind.CONGRESS: "Kongress",
    EventKind.TRAINING: "Entwicklungswerkstatt",
    EventKind.SUMMIT: "Spitzentreffen",
    EventKind.NETWORK_MEETING: "Netzwerktreffen",
    EventKind.WORKSHOP: "Workshop",
    EventKind.PARTICIPATION: "Beteiligung",
    EventKind.SIGNING: "Unterzeichnung",
    EventKind.FOUNDING: "Gründung",
}


class EventFormat(enum.StrEnum):
    """How people met."""

    IN_PERSON = "vor-ort"
    DIGITAL = "digital"
    HYBRID = "hybrid"

    @property
    def label(self) -> str:
        """The German name of the format."""
        return {"vor-ort": "vor Ort", "digital": "digital", "hybrid": "vor Ort und digital"}[self]


class EventStatus(enum.StrEnum):
    """What is known about the event taking place."""

    ANNOUNCED = "announced"
    HELD = "held"
    RECURRING = "recurring"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The German name of the state."""
        return {
            "announced": "angekündigt",
            "held": "hat stattgefunden",
            "recurring": "findet regelmäßig statt",
            "cancelled": "abgesagt",
        }[self]


class SessionKind(enum.StrEnum):
    """The formats within an event."""

    WORKSHOP = "workshop"
    FORUM = "forum"
    SESSION = "session"
    LEARNING_CAROUSEL = "learning_carousel"

    @property
    def label(self) -> str:
        """The German name of the format."""
        return {
            "workshop": "Workshop",
            "forum": "Forum",
            "session": "Programmpunkt",
            "learning_carousel": "Lernkarussell",
        }[self]

    @property
    def plural(self) -> str:
        """The German name of several of them."""
        return {
            "workshop": "Workshops",
            "forum": "Foren",
            "session": "Programmpunkte",
            "learning_carousel": "Lernkarussells",
        }[self]


class ParticipationRole(enum.StrEnum):
    """As what a municipality took part."""

    REPORT = "report"
    LEARNING_CAROUSEL = "learning_carousel"
    STAND = "stand"
    PRACTICE = "practice"
    FORUM = "forum"
    SIGNATORY = "signatory"
    TRAINING = "training"
    HOST = "host"
    STATION = "station"

    @property
    def label(self) -> str:
        """What the municipality did there, as a German phrase."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    ParticipationRole.REPORT: "berichtete aus der Praxis",
    ParticipationRole.LEARNING_CAROUSEL: "zeigte ein Praxisbeispiel im Lernkarussell",
    ParticipationRole.STAND: "war mit einem Stand dabei",
    ParticipationRole.PRACTICE: "stellte ein Praxisbeispiel vor",
    ParticipationRole.FORUM: "wirkte an einem Forum mit",
    ParticipationRole.SIGNATORY: "unterzeichnete",
    ParticipationRole.TRAINING: "nahm an der Entwicklungswerkstatt teil",
    ParticipationRole.HOST: "war Gastgeberin",
    ParticipationRole.STATION: "war Station der Tour",
}


class EventSeries(Model):
    """One series, for example the Engagementkongress with all its editions."""

    __tablename__ = "event_series"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    motto: Mapped[str | None] = mapped_column(String(300))
    rhythm: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    audience: Mapped[TextList]
    organisers: Mapped[TextList]

    events: Mapped[list["Event"]] = relationship(
        back_populates="series", order_by="Event.sort_date"
    )


class Event(Publishable, Model):
    """One event: a congress, a training round, a meeting."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_sort_date", "sort_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    series_slug: Mapped[str | None] = mapped_column(ForeignKey("event_series.slug"), index=True)
    kind: Mapped[EventKind] = mapped_column(enum_by_value(EventKind), index=True)
    title: Mapped[str] = mapped_column(String(300))
    short_title: Mapped[str] = mapped_column(String(120))
    motto: Mapped[str | None] = mapped_column(String(300))

    # When: dates as precise as the source, times local (Europe/Berlin). `year` is for grouping,
    # `sort_date` puts events without a date behind those of the same year.
    year: Mapped[int]
    date_start: Mapped[PartialDate | None]
    date_end: Mapped[PartialDate | None]
    time_start: Mapped[dt.time | None]
    time_end: Mapped[dt.time | None]
    sort_date: Mapped[str] = mapped_column(String(10))
    event_status: Mapped[EventStatus] = mapped_column(enum_by_value(EventStatus))

    # Where: the municipality, not the building (the source has no point for it)
    event_format: Mapped[EventFormat | None] = mapped_column(enum_by_value(EventFormat))
    venue_name: Mapped[str | None] = mapped_column(String(200))
    venue_town: Mapped[str | None] = mapped_column(String(80))
    venue_ags: Mapped[Ags | None] = mapped_column(ForeignKey("municipality.ags"), index=True)

    # How many: the label is shown unchanged, the bounds are for reckoning
    attendance_label: Mapped[str | None] = mapped_column(String(200))
    attendance_min: Mapped[int | None]
    attendance_max: Mapped[int | None]
    attendance_unit: Mapped[str | None] = mapped_column(String(20))

    # What
    guiding_topics: Mapped[TextList]
    programme: Mapped[TextList]
    sessions_note: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)

    series: Mapped[EventSeries | None] = relationship(back_populates="events")
    venue: Mapped[Municipality | None] = relationship()
    organisers: Mapped[list["EventOrganiser"]] = relationship(
        order_by="EventOrganiser.position", cascade="all, delete-orphan"
    )
    keynotes: Mapped[list["Keynote"]] = relationship(
        order_by="Keynote.position", cascade="all, delete-orphan"
    )
    sessions: Mapped[list["EventSession"]] = relationship(
        order_by="EventSession.position", cascade="all, delete-orphan", back_populates="event"
    )
    participations: Mapped[list["Participation"]] = relationship(
        cascade="all, delete-orphan", back_populates="event"
    )
    sources: Mapped[list["EventSource"]] = relationship(
        order_by="EventSource.position", cascade="all, delete-orphan"
    )

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """First and last day; None where the source does not name them to the day."""
        if self.date_start is None:
            return None
        try:
            return (
                dt.date.fromisoformat(self.date_start),
                dt.date.fromisoformat(self.date_end or self.date_start),
            )
        except ValueError:
            return None


class EventOrganiser(Model):
    """Who organised an event, in which role."""

    __tablename__ = "event_organiser"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))


class Keynote(Model):
    """One talk of an event. A person is shown only with the reason why they may be named."""

    __tablename__ = "keynote"
    __table_args__ = (
        CheckConstraint("person IS NULL OR person_basis IS NOT NULL", name="person_has_basis"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str] = mapped_column(Text)
    person: Mapped[str | None] = mapped_column(String(120))
    person_basis: Mapped[str | None] = mapped_column(String(200))


class EventSession(Model):
    """One workshop, forum or other part of an event."""

    __tablename__ = "event_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]
    number: Mapped[int | None]  # official number, where there is one
    kind: Mapped[SessionKind] = mapped_column(enum_by_value(SessionKind))
    title: Mapped[str] = mapped_column(String(300))
    track: Mapped[str | None] = mapped_column(String(200))
    date: Mapped[dt.date | None]
    time_start: Mapped[dt.time | None]
    time_end: Mapped[dt.time | None]
    duration_min: Mapped[int | None]

    event: Mapped[Event] = relationship(back_populates="sessions")
    participations: Mapped[list["Participation"]] = relationship(back_populates="session")


class Participation(Model):
    """One municipality at one event, in one role: at a session and with a practice if known."""

    __tablename__ = "participation"
    __table_args__ = (UniqueConstraint("event_id", "session_id", "ags", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("event_session.id", ondelete="CASCADE"), index=True
    )
    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"), index=True)
    role: Mapped[ParticipationRole] = mapped_column(enum_by_value(ParticipationRole))
    practice_id: Mapped[int | None] = mapped_column(
        ForeignKey("practice.id", ondelete="SET NULL"), index=True
    )

    event: Mapped[Event] = relationship(back_populates="participations")
    session: Mapped[EventSession | None] = relationship(back_populates="participations")
    municipality: Mapped[Municipality] = relationship()
    practice: Mapped[Practice | None] = relationship()

    @property
    def shown_practice(self) -> Practice | None:
        """The practice that was shown there, if readers may see it (still)."""
        is_public = self.practice is not None and self.practice.status is Status.PUBLISHED
        return self.practice if is_public else None


class EventSource(Model):
    """Where an event is described, and how old that description is."""

    __tablename__ = "event_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    url: Mapped[str] = mapped_column(String(500))
    as_of: Mapped[PartialDate | None]


class ResourceType(enum.StrEnum):
    """What a resource is; the values stand in addresses."""

    PRESS_RELEASE = "pressemitteilung"
    DOSSIER = "dossier"
    DOWNLOAD = "download"
    ARTICLE = "artikel"
    LINK = "link"

    @property
    def label(self) -> str:
        """The German name of the type."""
        return _RESOURCE_LABELS[self]


_RESOURCE_LABELS = {
    ResourceType.PRESS_RELEASE: "Pressemitteilung",
    ResourceType.DOSSIER: "Dossier",
    ResourceType.DOWNLOAD: "Download",
    ResourceType.ARTICLE: "Artikel",
    ResourceType.LINK: "Link",
}


class Resource(Publishable, Model):
    """One press release, dossier, download, article or link elsewhere on the web."""

    __tablename__ = "resource"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[ResourceType] = mapped_column(enum_by_value(ResourceType), index=True)
    title: Mapped[str] = mapped_column(String(400))
    publisher: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(500))
    leads_to_file: Mapped[bool] = mapped_column(default=False)
    date: Mapped[PartialDate | None]
    source_url: Mapped[str] = mapped_column(String(500))
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)

    events: Mapped[list[Event]] = relationship(secondary="resource_event")
    terms: Mapped[list[Term]] = relationship(secondary="resource_term", order_by=Term.position)
    municipalities: Mapped[list[Municipality]] = relationship(
        secondary="resource_municipality", order_by=Municipality.sort_name
    )


class ResourceEvent(Model):
    """A resource belongs to an event."""

    __tablename__ = "resource_event"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ResourceTerm(Model):
    """A resource is about a term of the vocabulary."""

    __tablename__ = "resource_term"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    term_slug: Mapped[str] = mapped_column(ForeignKey("term.slug"), primary_key=True, index=True)


class ResourceMunicipality(Model):
    """A resource is about a municipality."""

    __tablename__ = "resource_municipality"

    resource_id: Mapped[int] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"), primary_key=True, index=True)
