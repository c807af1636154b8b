"""What the JSON looks like: one class for each kind of object, its fields as the contract has them.

The same classes are sent and described: `api/schemas` makes the JSON Schema of the description
from their types. Points are `[longitude, latitude]` in WGS 84, as in GeoJSON.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from directory.api.schemas import Rule
from directory.contacts.standing import Standing
from directory.events.models import (
    EventFormat,
    EventKind,
    EventStatus,
    ParticipationRole,
    ResourceType,
    SessionKind,
)
from directory.municipalities.models import Evidence, MunicipalityKind
from directory.practices.models import CostBand, PracticeState, StaffEffort
from directory.publication.models import Stage
from directory.search.likeness.weights import Factor
from directory.topics.models import TermKind

Ags = Annotated[
    str,
    "Amtlicher Gemeindeschlüssel: 8 Ziffern für eine Gemeinde, 5 für einen Kreis, 3 für einen "
    "Regierungsbezirk",
    Rule(pattern=r"^(\d{8}|\d{5}|\d{3})$"),
]
Slug = Annotated[str, "Kurzname, wie er in der Adresse der Seite steht"]
Address = Annotated[str, "Adresse der Seite für Menschen", Rule(format="uri")]
PartialDate = Annotated[
    str,
    "Datum, so genau wie die Quelle es nennt: 2026, 2026-02 oder 2026-02-03",
    Rule(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"),
]
Position = Annotated[tuple[float, float], "Länge und Breite in Grad (WGS 84)"]


@dataclass(frozen=True, slots=True)
class PlaceName:
    """Eine Kommune, wie andere Einträge sie nennen."""

    ags: Ags
    name: str


@dataclass(frozen=True, slots=True)
class TermName:
    """Ein Begriff aus dem Schlagwortverzeichnis, wie andere Einträge ihn nennen."""

    slug: Slug
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """Woher eine Angabe stammt."""

    title: str
    url: Annotated[str, Rule(format="uri")]
    as_of: PartialDate | None


@dataclass(frozen=True, slots=True)
class MembershipEvidence:
    """Womit belegt ist, was über die Mitgliedschaft gesagt wird."""

    kind: Annotated[
        Evidence,
        "`documented`: der Beitritt ist belegt; `training_only`: nur die Teilnahme an der "
        "Entwicklungswerkstatt",
    ]
    source_url: Annotated[str, Rule(format="uri")]
    note: str | None


@dataclass(frozen=True, slots=True)
class Municipality:
    """Eine Gemeinde, ein Kreis oder ein Regierungsbezirk."""

    ags: Ags
    name: str
    slug: Slug
    kind: Annotated[MunicipalityKind, "Art der Kommune, zugleich Wert des Filters `art`"]
    legal_status: Annotated[str, "Rechtsstellung nach der Gemeindeordnung"]
    county: Annotated[PlaceName | None, "Der Kreis; null bei kreisfreien Städten und Kreisen"]
    district: Annotated[PlaceName | None, "Der Regierungsbezirk"]
    population: Annotated[int | None, "Einwohnerinnen und Einwohner", Rule(minimum=0)]
    population_date: Annotated[dt.date | None, "Stichtag der Einwohnerzahl"]
    area_km2: Annotated[float | None, "Fläche in km²"]
    point: Annotated[Position | None, "Ein Punkt in der Kommune: Länge und Breite in Grad (WGS 84)"]
    member: Annotated[bool, "Ob der Beitritt zum Netzwerk belegt ist; false heißt auch: unbekannt"]
    member_since: Annotated[int | None, "Jahr des Beitritts"]
    evidence: MembershipEvidence | None
    topics: Annotated[list[TermName], "Themen der veröffentlichten Praxisbeispiele"]
    practices_count: Annotated[int, "Veröffentlichte Praxisbeispiele", Rule(minimum=0)]
    url: Address


@dataclass(frozen=True, slots=True)
class PeerFactor:
    """Ein Merkmal, in dem zwei Kommunen verglichen wurden."""

    name: Factor
    own: Annotated[Any, "Wert der eigenen Kommune; null: nicht bekannt"]
    other: Annotated[Any, "Wert der anderen Kommune; null: nicht bekannt"]
    share: Annotated[float, "Anteil am Index; alle Anteile ergeben zusammen den Index"]


@dataclass(frozen=True, slots=True)
class Peer:
    """Eine vergleichbare Kommune und worin sie sich unterscheidet."""

    municipality: PlaceName
    distance_index: Annotated[
        float, "0: in allem gleich; zwei zufällige Kommunen liegen bei etwa 1", Rule(minimum=0)
    ]
    km: Annotated[float | None, "Luftlinie in Kilometern", Rule(minimum=0)]
    factors: list[PeerFactor]


@dataclass(frozen=True, slots=True)
class Practice:
    """Ein Praxisbeispiel einer Kommune."""

    id: Annotated[int, "Nummer, die sich nicht ändert", Rule(minimum=1)]
    slug: Slug
    title: str
    municipality: PlaceName
    summary: str
    situation: Annotated[str | None, "Ausgangslage"]
    approach: Annotated[str, "Was die Kommune tut"]
    result: Annotated[str | None, "Was daraus wurde"]
    success_factors: Annotated[list[str], "Gelingensbedingungen"]
    stumbling_blocks: Annotated[list[str], "Stolpersteine"]
    topics: list[TermName]
    target_groups: list[TermName]
    instruments: list[TermName]
    partners: list[str]
    started_year: int | None
    status: Annotated[PracticeState, "Stand der Praxis selbst, zugleich Wert des Filters `status`"]
    sources: list[Source]
    updated_at: dt.datetime
    url: Address
    score: Annotated[float | None, "Wie gut der Eintrag zu den Suchworten passt; sonst null"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Eine Ansprechstelle: eine Funktion, keine Person."""

    id: Annotated[int, Rule(minimum=1)]
    municipality: PlaceName
    unit: Annotated[str, "Name der Stelle"]
    street: str | None
    postcode: str | None
    town: str | None
    phone: Annotated[str | None, "null, wenn lange niemand die Angaben bestätigt hat"]
    email: Annotated[str | None, "Das Funktionspostfach, wenn die übliche Adresse nicht taugt"]
    url: Annotated[str | None, "Seite der Stelle"]
    source_url: Annotated[str, "Wo die Angaben stehen", Rule(format="uri")]
    as_of: Annotated[PartialDate | None, "Stand der Quelle"]
    standing: Annotated[Standing, "Wie weit auf die Angaben Verlass ist"]
    verified_at: Annotated[dt.datetime | None, "Wann die Stelle die Angaben zuletzt bestätigt hat"]


@dataclass(frozen=True, slots=True)
class Term:
    """Ein Begriff aus dem Schlagwortverzeichnis."""

    slug: Slug
    kind: Annotated[TermKind, "Thema, Zielgruppe oder Instrument"]
    label: str
    definition: str
    synonyms: list[str]
    practices_count: Annotated[int, "Veröffentlichte Praxisbeispiele dazu", Rule(minimum=0)]
    url: Address


@dataclass(frozen=True, slots=True)
class SeriesName:
    """Die Reihe, zu der eine Veranstaltung gehört."""

    slug: Slug
    title: str


@dataclass(frozen=True, slots=True)
class Event:
    """Eine Veranstaltung in einer Liste; Zeiten gelten in Europe/Berlin."""

    slug: Slug
    title: str
    kind: Annotated[EventKind, "Zugleich Wert des Filters `art`"]
    status: EventStatus
    series: SeriesName | None
    motto: str | None
    date_start: PartialDate | None
    date_end: PartialDate | None
    time_start: dt.time | None
    time_end: dt.time | None
    format: Annotated[EventFormat | None, "Zugleich Wert des Filters `form`"]
    venue: str | None
    town: str | None
    municipality: PlaceName | None
    sessions_count: Annotated[int, Rule(minimum=0)]
    updated_at: dt.datetime
    url: Address


@dataclass(frozen=True, slots=True)
class Organiser:
    """Wer eine Veranstaltung ausgerichtet hat."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Keynote:
    """Ein Vortrag; die Person steht nur da, wenn sie genannt werden darf."""

    role: str
    topic: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Session:
    """Ein Workshop, Forum oder anderer Teil einer Veranstaltung."""

    slug: Slug
    number: Annotated[int | None, "Amtliche Nummer, wo es eine gibt"]
    kind: SessionKind
    title: str
    track: str | None
    date: dt.date | None
    time_start: dt.time | None
    time_end: dt.time | None


@dataclass(frozen=True, slots=True)
class PracticeName:
    """Ein Praxisbeispiel, wie andere Einträge es nennen."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Participation:
    """Wie eine Kommune an einer Veranstaltung mitgewirkt hat."""

    municipality: PlaceName
    role: ParticipationRole
    session: Annotated[str | None, "Kurzname des Programmteils"]
    practice: PracticeName | None


@dataclass(frozen=True, slots=True)
class Resource:
    """Eine Pressemitteilung, ein Dossier, ein Download, ein Artikel oder ein Link."""

    slug: Slug
    kind: Annotated[ResourceType, "Zugleich Wert des Filters `art`"]
    title: str
    publisher: str
    description: str | None
    date: PartialDate | None
    topics: list[TermName]
    url: Annotated[str, "Adresse des Materials selbst", Rule(format="uri")]


@dataclass(frozen=True, slots=True)
class EventDetails(Event):
    """Eine Veranstaltung mit Programm, Mitwirkenden und Material."""

    attendance: Annotated[str | None, "Wie viele da waren, in den Worten der Quelle"]
    guiding_topics: list[str]
    programme: list[str]
    note: str | None
    organisers: list[Organiser]
    keynotes: list[Keynote]
    sessions: list[Session]
    participations: list[Participation]
    resources: list[Resource]
    sources: list[Source]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Was gemeint sein kann, während jemand tippt."""

    kind: Literal["municipality", "topic", "practice"]
    kind_label: str
    label: str
    url: Annotated[str, "Adresse der Seite auf dieser Website", Rule(format="uri-reference")]
    detail: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Vorschläge, die besten zuerst."""

    items: list[Suggestion]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """Ein Wert eines Filters und wie viele Einträge er unter allen anderen Filtern hat."""

    value: str
    label: str
    count: Annotated[int, Rule(minimum=0)]


@dataclass(frozen=True, slots=True)
class QueryNotes:
    """Wie die Suchworte verstanden wurden."""

    corrected: Annotated[str | None, "Wonach statt der getippten Worte gesucht wurde"]


@dataclass(frozen=True, slots=True)
class Links:
    """Adressen dieser Liste; null, wo es keine gibt."""

    self: Annotated[str, Rule(format="uri")]
    first: Annotated[str, Rule(format="uri")]
    previous: Annotated[str | None, Rule(format="uri")]
    next: Annotated[str | None, Rule(format="uri")]
    last: Annotated[str, Rule(format="uri")]
    page: Annotated[str, "Dieselbe Frage als Seite für Menschen", Rule(format="uri")]


@dataclass(frozen=True, slots=True)
class Listing:
    """Ein Teil einer Liste, mit allem, was zum Blättern und Eingrenzen nötig ist."""

    items: list[Any]
    total: Annotated[int, "Alle Einträge, auf die die Frage passt", Rule(minimum=0)]
    limit: Annotated[int, "Höchstzahl der Einträge in dieser Antwort", Rule(minimum=1)]
    offset: Annotated[int, "Einträge vor dem ersten dieser Antwort", Rule(minimum=0)]
    facets: Annotated[dict[str, list[FacetValue]], "Filter → Werte mit Zahl der Einträge"]
    query: QueryNotes
    links: Links


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Was an einer einzelnen Angabe nicht stimmt."""

    name: Annotated[str, "Name der Angabe, wie sie gesendet wurde; in Listen `sources[2].url`"]
    detail: str


@dataclass(frozen=True, slots=True)
class DraftSource:
    """Eine Quelle in einem Entwurf."""

    title: str
    url: Annotated[str, "Vollständige Adresse"]
    as_of: Annotated[str | None, "Stand: 2026, 2026-02 oder 2026-02-03"] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFields:
    """Was ein Entwurf über ein Praxisbeispiel sagt; Texte dürfen noch leer sein."""

    ags: Annotated[str | None, "Amtlicher Gemeindeschlüssel der Kommune"]
    title: Annotated[str, "Eine Zeile, ohne den Namen der Kommune"]
    summary: Annotated[str, "Zwei, drei Sätze für Listen"]
    situation: Annotated[str | None, "Ausgangslage"]
    approach: Annotated[str, "Was die Kommune tut"]
    result: Annotated[str | None, "Was daraus wurde"]
    success_factors: Annotated[list[str], "Gelingensbedingungen, jede in einer Zeile"]
    stumbling_blocks: Annotated[list[str], "Stolpersteine, jeder in einer Zeile"]
    no_stumbling_blocks_known: Annotated[bool, "Ausdrücklich: Es sind keine bekannt"]
    topics: Annotated[list[str], "Kurznamen aus `/topics`, mindestens ein Thema"]
    target_groups: Annotated[list[str], "Kurznamen aus `/topics`"]
    instruments: Annotated[list[str], "Kurznamen aus `/topics`"]
    partners: Annotated[list[str], "Beteiligte Stellen, keine Namen von Personen"]
    status: Annotated[PracticeState | None, "Stand der Praxis selbst"]
    started_year: int | None
    ended_year: int | None
    ended_reason: Annotated[str | None, "Warum es endete; nötig bei `beendet`"]
    cost_band: Annotated[CostBand | None, "Kosten der Kommune im Jahr in Euro"]
    staff_effort: Annotated[StaffEffort | None, "Arbeitszeit der Kommune in Stellen"]
    sources: list[DraftSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeChange(PracticeFields):
    """Was anders werden soll; was nicht genannt ist, bleibt, wie es ist."""

    stage: Annotated[
        Literal["draft", "submitted"],
        "`submitted` reicht zur Prüfung ein, `draft` holt Eingereichtes zurück",
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(PracticeFields):
    """Eine Arbeitsfassung: ein neues Praxisbeispiel oder die Änderung eines veröffentlichten."""

    id: Annotated[int, "Nummer des Entwurfs", Rule(minimum=1)]
    stage: Annotated[Stage, "Wo der Entwurf auf seinem Weg steht"]
    practice_id: Annotated[int | None, "Das veröffentlichte Praxisbeispiel, das er ändert"]
    problems: Annotated[list[FieldProblem], "Was noch gegen das Einreichen spricht"]
    comments: Annotated[list[FieldProblem], "Was die Prüfung zu einzelnen Angaben sagt"]
    returned_because: Annotated[str | None, "Warum er zurückgegeben wurde"]
    created_at: dt.datetime
    updated_at: dt.datetime
    url: Annotated[str, "Der Entwurf in der Redaktion", Rule(format="uri")]


@dataclass(frozen=True, slots=True)
class Problem:
    """Ein Fehler nach RFC 9457."""

    type: Annotated[str, Rule(format="uri-reference")]
    title: str
    status: Annotated[int, Rule(minimum=400, maximum=599)]
    detail: Annotated[str, "Ein Satz für Menschen"]
    errors: Annotated[list[FieldProblem], "Nur wenn einzelne Angaben falsch sind"] | None = None
    etag: Annotated[str, "Nur bei 412: das Kennzeichen des jetzigen Standes"] | None = None
    draft: Annotated[str, "Nur bei 412: der Entwurf, den es schon gibt"] | None = None
