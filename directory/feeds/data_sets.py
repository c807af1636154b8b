"""The one table of open data: which sets there are, as what they come, and under which terms.

The catalogue for portals (`feeds/dcat.py`) and the page for people are both made from it. Contact
points are no set of their own: portals keep copies, and an address has to go everywhere at once
when its office withdraws it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from directory.attributions import BOUNDARIES, REGISTER_OF_MUNICIPALITIES, DataSource
from directory.config import Settings
from directory.web.addresses import absolute

NETWORK = "Kommunen-Netzwerk: engagiert in NRW"


@dataclass(frozen=True)
class Form:
    """A form data come in: its name, the one of the EU's list of file types, and its use."""

    id: str
    label: str
    file_type: str
    mimetype: str
    use: str
    standard: str = ""


CSV = Form("csv", "CSV", "CSV", "text/csv", "für Excel, LibreOffice und R")
XLSX = Form(
    "xlsx",
    "Excel (XLSX)",
    "XLSX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "für Excel und LibreOffice, mit Quellenblatt",
)
GEOJSON = Form(
    "geojson",
    "GeoJSON",
    "GEOJSON",
    "application/geo+json",
    "für Karten, etwa in QGIS",
    "https://www.rfc-editor.org/rfc/rfc7946",
)
JSON = Form(
    "json", "JSON", "JSON", "application/json", "für eigene Programme, in Teilen von bis zu 100"
)
FEATURES = Form(
    "features",
    "OGC API Features",
    "GEOJSON",
    "application/geo+json",
    "für QGIS und andere Geoinformationssysteme, in Teilen",
    "https://www.rfc-editor.org/rfc/rfc7946",
)
ATOM = Form(
    "atom",
    "Atom-Feed",
    "ATOM",
    "application/atom+xml",
    "für Feedreader, das zuletzt Geänderte zuerst",
    "https://www.rfc-editor.org/rfc/rfc4287",
)
CALENDAR = Form(
    "ics",
    "Kalender (iCalendar)",
    "ICS",
    "text/calendar",
    "zum Abonnieren in Outlook, Thunderbird und auf dem Telefon",
    "https://www.rfc-editor.org/rfc/rfc5545",
)


@dataclass(frozen=True)
class Service:
    """An interface that answers questions: where it begins, and where it is described."""

    id: str
    title: str
    description: str
    path: str
    described_by: str
    documented_by: str
    file_type: str
    standard: str

    @property
    def href(self) -> str:
        """Where it begins."""
        return absolute(self.path)

    @property
    def description_href(self) -> str:
        """Where programmes read what it can do."""
        return absolute(url_for(self.described_by))

    @property
    def documentation_href(self) -> str:
        """Where people read the same."""
        return absolute(url_for(self.documented_by))


JSON_API = Service(
    "json-api",
    "JSON-Schnittstelle",
    "Kommunen, Praxisbeispiele, Veranstaltungen und mehr als JSON, mit denselben Filtern wie auf "
    "den Seiten, beschrieben nach OpenAPI 3.1.",
    "/api/v1",
    described_by="api.openapi",
    documented_by="api_docs.docs",
    file_type="JSON",
    standard="https://spec.openapis.org/oas/v3.1.0",
)
OGC_API = Service(
    "ogc-api",
    "OGC API Features",
    "Kommunen, Praxisbeispiele und Veranstaltungen als Geoobjekte, als Punkt oder mit Grenze, mit "
    "Ausschnitt, Zeitraum und Filtern.",
    "/ogc",
    described_by="ogc.api",
    documented_by="ogc.landing",
    file_type="GEOJSON",
    standard="http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
)


@dataclass(frozen=True)
class Distribution:
    """One way to get a set: a file with all of it (`whole`), or a `service` that gives parts."""

    form: Form
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    service: Service | None = None
    # Whose data it holds besides those of its set
    sources: tuple[DataSource, ...] = ()

    @property
    def path(self) -> str:
        """Where it begins on this site."""
        return url_for(self.endpoint, **self.values)

    @property
    def href(self) -> str:
        """Its whole address."""
        return absolute(self.path)


@dataclass(frozen=True)
class DataSet:
    """One set of data, in German; themes are those of the EU (`data-theme`)."""

    id: str
    title: str
    description: str
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    # Where its entries come from
    provenance: str
    # Which page shows it
    page: str
    distributions: tuple[Distribution, ...]
    page_values: Mapping[str, Any] = field(default_factory=dict)
    # Whether most of it is text written for this directory, which has a licence of its own
    own_texts: bool = False
    sources: tuple[DataSource, ...] = (REGISTER_OF_MUNICIPALITIES,)

    @property
    def path(self) -> str:
        """The page that shows it."""
        return url_for(self.page, **self.page_values)


def _files(name: str, values: Mapping[str, Any]) -> tuple[Distribution, ...]:
    return tuple(
        Distribution(form, f"exports.{ending}", {"name": name, **values}, whole=True)
        for form, ending in ((CSV, "csv"), (XLSX, "xlsx"), (GEOJSON, "geojson"))
    )


def _features(name: str) -> Distribution:
    return Distribution(
        FEATURES, "ogc.items", {"name": name}, service=OGC_API, sources=(BOUNDARIES,)
    )


_ALL = {"mitglied": "alle"}
_ENGAGEMENT = ("Bürgerschaftliches Engagement", "Ehrenamt", "Engagementförderung")

DATA_SETS = (
    DataSet(
        id="mitglieder",
        title="Mitglieder des Kommunen-Netzwerks: engagiert in NRW",
        description=(
            "Kommunen in Nordrhein-Westfalen, deren Beitritt zum Kommunen-Netzwerk öffentlich "
            "belegt ist, mit Beitrittsjahr, soweit bekannt, Einwohnerzahl und Fläche. Die Liste "
            "ist nicht vollständig: Das Netzwerk hat mehr Mitglieder als öffentlich belegte."
        ),
        keywords=("Kommunen", "Mitglieder", "Netzwerk", *_ENGAGEMENT),
        themes=("GOVE", "SOCI"),
        provenance=(
            "Mitgliedschaften aus öffentlichen Quellen, die bei jedem Eintrag genannt sind; Namen, "
            "Schlüssel, Einwohnerzahlen und Flächen aus dem Gemeindeverzeichnis."
        ),
        page="municipalities.index",
        distributions=(
            *_files("kommunen", {}),
            Distribution(JSON, "api.municipalities", service=JSON_API),
        ),
    ),
    DataSet(
        id="kommunen",
        title="Kommunen in Nordrhein-Westfalen",
        description=(
            "Alle Gemeinden, Kreise und Regierungsbezirke in Nordrhein-Westfalen mit Schlüssel, "
            "Rechtsstellung, Einwohnerzahl, Fläche, Bezugspunkt, Mitgliedschaft im "
            "Kommunen-Netzwerk und Zahl der Praxisbeispiele. Einwohnerzahlen: Stand 31.12.2023, "
            "Fortschreibung auf Basis des Zensus 2011."
        ),
        keywords=("Kommunen", "Gemeinden", "Kreise", "Einwohnerzahl", "Gemeindeschlüssel"),
        themes=("GOVE", "REGI"),
        provenance=(
            "Gemeindeverzeichnis GV-ISys (Gebietsstand 31.12.2024); Rechtsstellung nach der "
            "Verordnung nach § 4 GO NRW, Fassung 01.01.2025; Adressen der Websites aus Wikidata; "
            "Mitgliedschaften aus öffentlichen Quellen."
        ),
        page="municipalities.index",
        page_values=_ALL,
        distributions=(
            *_files("kommunen", _ALL),
            Distribution(JSON, "api.municipalities", _ALL, service=JSON_API),
            _features("kommunen"),
        ),
    ),
    DataSet(
        id="praxisbeispiele",
        title="Praxisbeispiele kommunaler Engagementförderung in Nordrhein-Westfalen",
        description=(
            "Was Kommunen in Nordrhein-Westfalen tun, um Engagement und Beteiligung zu fördern: "
            "Ausgangslage, Vorgehen, Ergebnis, Gelingensbedingungen, Stolpersteine, Themen und "
            "Quellen, verortet am Bezugspunkt der Kommune."
        ),
        keywords=("Praxisbeispiele", "Beteiligung", "Kommunen", *_ENGAGEMENT),
        themes=("GOVE", "SOCI"),
        provenance=(
            "Aus öffentlichen Quellen redaktionell zusammengefasst oder von Kommunen eingereicht "
            "und geprüft; Quellen stehen beim Eintrag."
        ),
        page="practices.index",
        own_texts=True,
        distributions=(
            *_files("praxisbeispiele", {}),
            Distribution(JSON, "api.practices", service=JSON_API),
            _features("praxisbeispiele"),
            Distribution(ATOM, "atom_feeds.practices"),
        ),
    ),
    DataSet(
        id="veranstaltungen",
        title="Veranstaltungen zur kommunalen Engagementförderung in Nordrhein-Westfalen",
        description=(
            "Kongresse, Entwicklungswerkstätten und weitere Veranstaltungen des "
            "Kommunen-Netzwerks mit Programm und Mitwirkenden, soweit sie belegt sind."
        ),
        keywords=("Veranstaltungen", "Kongress", "Netzwerk", *_ENGAGEMENT),
        themes=("GOVE", "SOCI"),
        provenance="Aus öffentlichen Ankündigungen und Berichten, die beim Eintrag genannt sind.",
        page="events.index",
        own_texts=True,
        distributions=(
            Distribution(CALENDAR, "calendars.events", whole=True),
            Distribution(JSON, "api.events", service=JSON_API),
            _features("veranstaltungen"),
            Distribution(ATOM, "atom_feeds.events"),
        ),
    ),
)


def services_offered() -> list[Service]:
    """Return the interfaces in the order of the table."""
    ways = [way for data_set in DATA_SETS for way in data_set.distributions]
    return list(dict.fromkeys(way.service for way in ways if way.service is not None))


@dataclass(frozen=True)
class Licence:
    """A licence by its name in DCAT-AP.de's list; `kind` is one of ADMS' types of licences."""

    name: str
    title: str
    kind: str
    href: str = ""


LICENCES = {
    one.name: one
    for one in (
        Licence(
            "dl-by-de/2.0",
            "Datenlizenz Deutschland – Namensnennung – Version 2.0",
            "Attribution",
            "https://www.govdata.de/dl-de/by-2-0",
        ),
        Licence(
            "dl-zero-de/2.0",
            "Datenlizenz Deutschland – Zero – Version 2.0",
            "PublicDomain",
            "https://www.govdata.de/dl-de/zero-2-0",
        ),
        Licence(
            "cc-by/4.0",
            "Creative Commons Namensnennung 4.0 International (CC BY 4.0)",
            "Attribution",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        Licence(
            "cc-zero",
            "Creative Commons Zero 1.0 Universell (CC0 1.0)",
            "PublicDomain",
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
    )
}
_OF_THE_REGISTER = LICENCES["dl-by-de/2.0"]
# What holds while nobody has granted more: DCAT-AP.de asks for a licence in every case.
NOT_YET = Licence("other-closed", "Noch keine Lizenz festgelegt", "UnknownIPR")


def licence_of(data_set: DataSet, settings: Settings) -> Licence:
    """Return the licence a set may be used under."""
    if not data_set.own_texts:
        return _OF_THE_REGISTER
    return LICENCES.get(settings.data_licence, NOT_YET)


def attribution_of(data_set: DataSet, distribution: Distribution, settings: Settings) -> str:
    """Return whom to name when using this distribution, in the words the sources ask for."""
    own = [settings.operator or NETWORK] if data_set.own_texts else []
    sources = (*data_set.sources, *distribution.sources)
    return "; ".join([*own, *(source.attribution for source in sources)])
