"""The forms of events with their programme, and of materials."""

from typing import Any

from wtforms import Form

from directory.editorial.forms.fields import (
    Chosen,
    Day,
    EntryForm,
    Items,
    Line,
    Place,
    Rows,
    Several,
    Text,
    Tick,
    Whole,
)
from directory.editorial.forms.practices import SourceForm
from directory.events.drafts import EventDraft
from directory.events.models import (
    EventFormat,
    EventKind,
    EventStatus,
    ParticipationRole,
    ResourceType,
    SessionKind,
)
from directory.events.resources import ResourceDraft


class OrganiserForm(Form):
    """Who organised, in which role."""

    role = Line("Rolle", example="Veranstaltung")
    name = Line("Name", example="Staatskanzlei des Landes Nordrhein-Westfalen")


class KeynoteForm(Form):
    """One talk."""

    role = Line("Art", example="Eröffnung")
    topic = Text("Thema", rows=2)
    person = Line("Person", optional=True, help="Nur, wenn sie genannt werden darf")
    person_basis = Line(
        "Warum darf sie genannt werden?", optional=True, needed_when="wenn eine Person genannt ist"
    )


class SessionForm(Form):
    """One workshop, forum or other part of the programme."""

    title = Line("Titel")
    kind = Chosen("Format", choices=[(kind.value, kind.label) for kind in SessionKind])
    number = Whole("Nummer", longest=3)
    track = Line("Strang", optional=True)
    date = Line("Tag", kind="date", optional=True)
    time_start = Line("Beginn", kind="time", optional=True)
    time_end = Line("Ende", kind="time", optional=True)
    duration_min = Whole("Dauer in Minuten", longest=4)
    slug = Line("Kennung in der Adresse", help="Bleibt leer: entsteht aus dem Titel", optional=True)


class ParticipationForm(Form):
    """One municipality in one role."""

    ags = Place("Kommune")
    role = Chosen("Rolle", choices=[(role.value, role.label) for role in ParticipationRole])
    session = Line("Programmpunkt (Kennung)", optional=True)
    practice = Line("Praxisbeispiel (Kennung)", optional=True)


class EventForm(EntryForm):
    """One event with its programme and who took part."""

    DRAFT = EventDraft

    title = Line("Titel")
    short_title = Line("Kurztitel", help="Wie er in Listen steht", longest=60)
    kind = Chosen("Art", choices=[(kind.value, kind.label) for kind in EventKind])
    series = Chosen("Reihe", empty="keine")
    motto = Line("Motto", optional=True)
    event_status = Chosen("Stand", choices=[(one.value, one.label) for one in EventStatus])
    year = Whole("Jahr", longest=4)
    date_start = Day("Beginn")
    date_end = Day("Ende")
    time_start = Line("Uhrzeit von", kind="time", optional=True)
    time_end = Line("Uhrzeit bis", kind="time", optional=True)
    event_format = Chosen(
        "Durchführung", choices=[(one.value, one.label) for one in EventFormat], empty="unbekannt"
    )
    venue_name = Line("Ort (Haus)", optional=True)
    venue_town = Line("Ort (Stadt)", optional=True)
    venue_ags = Place("Kommune des Ortes", optional=True)
    attendance_label = Line("Teilnehmende in Worten", example="rund 300", optional=True)
    attendance_min = Whole("mindestens", longest=7)
    attendance_max = Whole("höchstens", longest=7)
    attendance_unit = Chosen(
        "Gezählt wurden",
        choices=[
            ("people", "Personen"),
            ("municipalities", "Kommunen"),
            ("organisations", "Organisationen"),
        ],
        empty="nicht bekannt",
    )
    guiding_topics = Items("Leitthemen", help="Eines je Zeile")
    programme = Items("Programm", help="Ein Punkt je Zeile", rows=6)
    sessions = Rows(SessionForm, "Programmpunkte", one="Programmpunkt")
    sessions_note = Text("Zu den Programmpunkten", rows=2, optional=True)
    participations = Rows(ParticipationForm, "Beteiligte Kommunen", one="Beteiligung")
    organisers = Rows(OrganiserForm, "Veranstaltende", one="Stelle")
    keynotes = Rows(KeynoteForm, "Vorträge", one="Vortrag")
    note = Text("Anmerkung", rows=3, optional=True)
    sources = Rows(SourceForm, "Quellen", one="Quelle")

    SECTIONS = (
        (
            "Worum geht es?",
            ("title", "short_title", "kind", "series", "motto", "guiding_topics"),
        ),
        (
            "Wann und wo?",
            (
                "event_status",
                "year",
                "date_start",
                "date_end",
                "time_start",
                "time_end",
                "event_format",
                "venue_name",
                "venue_town",
                "venue_ags",
            ),
        ),
        ("Programm", ("programme", "sessions", "sessions_note", "keynotes")),
        (
            "Wer war dabei?",
            (
                "organisers",
                "participations",
                "attendance_label",
                "attendance_min",
                "attendance_max",
                "attendance_unit",
            ),
        ),
        ("Belege", ("note", "sources")),
    )

    def values(self) -> dict[str, Any]:
        """Return what the form says, taking part in the order in which it is checked."""
        values = super().values()
        values["participations"] = sorted(
            values["participations"], key=lambda part: (part["ags"] or "", part["role"] or "")
        )
        return values


class ResourceForm(EntryForm):
    """One press release, dossier, download or link elsewhere on the web."""

    DRAFT = ResourceDraft

    title = Line("Titel")
    kind = Chosen("Art", choices=[(kind.value, kind.label) for kind in ResourceType])
    publisher = Line("Herausgegeben von")
    url = Line("Adresse", kind="url")
    leads_to_file = Tick("Die Adresse führt direkt zu einer Datei")
    date = Day("Datum")
    description = Text("Beschreibung", rows=3, optional=True)
    terms = Several("Themen und andere Begriffe")
    events = Several("Veranstaltungen")
    source_url = Line("Woher stammt der Hinweis?", kind="url")

    SECTIONS = (
        ("Das Material", ("title", "kind", "publisher", "url", "leads_to_file", "date")),
        ("Wozu gehört es?", ("description", "terms", "events")),
        ("Beleg", ("source_url",)),
    )
