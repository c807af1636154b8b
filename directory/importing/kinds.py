"""What can be imported: for each kind its columns, as template, desk and docs show them.

`docs/import.md` is held to this by a test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from directory.contacts.drafts import ContactDraft
from directory.importing import cells
from directory.importing.cells import Content
from directory.importing.models import ImportKind
from directory.municipalities.drafts import MembershipDraft
from directory.municipalities.models import Evidence
from directory.practices.drafts import PracticeDraft
from directory.practices.models import CostBand, PracticeState, StaffEffort
from directory.publication.saving import Draft
from directory.topics.models import TermKind


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its German heading, the draft's field, and how its cells are read."""

    header: str
    field: str
    content: Content
    example: str
    # One sentence for the template, the desk and the docs
    hint: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    width: int = 24


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of entries that can be imported."""

    name: ImportKind
    draft: type[Draft]
    columns: tuple[Column, ...]
    # Of these sets of fields one must be there, to tell which entry a row is about.
    identified_by: tuple[tuple[str, ...], ...]
    # Fields of the draft that are read from the column of another field
    told_by: Mapping[str, str]

    def column(self, field: str) -> Column | None:
        """Return the column that says something about the draft's `field`."""
        wanted = self.told_by.get(field, field)
        return next((column for column in self.columns if column.field == wanted), None)

    def complete(self, values: dict[str, Any]) -> None:
        """Add to the read `values` what follows from them."""
        if self.name is ImportKind.PRACTICES and "stumbling_blocks" in values:
            none_known = values["stumbling_blocks"] == [cells.NONE_KNOWN]
            values["no_stumbling_blocks_known"] = none_known
            if none_known:
                values["stumbling_blocks"] = []


_COSTS = {
    CostBand.NONE: "keine",
    CostBand.UNDER_5000: "unter 5.000 Euro",
    CostBand.UNDER_20000: "5.000 bis unter 20.000 Euro",
    CostBand.UNDER_100000: "20.000 bis unter 100.000 Euro",
    CostBand.MORE: "ab 100.000 Euro",
}
_EFFORTS = {
    StaffEffort.NONE: "keine Stelle",
    StaffEffort.UNDER_QUARTER: "unter 0,25 Stellen",
    StaffEffort.UNDER_HALF: "0,25 bis unter 0,5 Stellen",
    StaffEffort.UNDER_ONE: "0,5 bis unter 1 Stelle",
    StaffEffort.MORE: "ab 1 Stelle",
}
_EVIDENCE = {
    Evidence.DOCUMENTED: "Mitglied",
    Evidence.TRAINING_ONLY: "Teilnahme an der Entwicklungswerkstatt",
}

_PLACE = Column(
    header="Kommune",
    field="ags",
    content=cells.PLACE,
    aliases=("AGS", "Gemeindeschlüssel", "Amtlicher Gemeindeschlüssel", "Ort", "Stadt", "Gemeinde"),
    required=True,
    example="Hemer",
    hint="Name oder Amtlicher Gemeindeschlüssel; bei gleichen Namen der Schlüssel.",
)
_SOURCE_URL = Column(
    header="Quelle",
    field="source_url",
    content=cells.LINE,
    aliases=(
        *("Woher stammen die Angaben?", "Beleg"),
        *("Quelle (URL)", "Link zur Quelle", "Fundstelle"),
    ),
    required=True,
    example="https://www.example.org/ehrenamt",
    hint="Adresse der Seite, auf der es steht, mit https://.",
    width=40,
)

PRACTICES = Kind(
    name=ImportKind.PRACTICES,
    draft=PracticeDraft,
    identified_by=(("slug",), ("ags", "title")),
    told_by={"no_stumbling_blocks_known": "stumbling_blocks"},
    columns=(
        Column(
            header="Kennung",
            field="slug",
            content=cells.LINE,
            aliases=("ID", "Slug", "Kürzel"),
            example="hemer-heimatpreis-fuer-alle",
            hint="Letzter Teil der Adresse; leer lassen, dann entscheiden Kommune und Titel.",
        ),
        _PLACE,
        Column(
            header="Titel",
            field="title",
            content=cells.LINE,
            aliases=("Name", "Überschrift", "Bezeichnung", "Projekt", "Projekttitel"),
            required=True,
            example="Heimatpreis für alle",
            hint="Höchstens 200 Zeichen, ohne den Namen der Kommune.",
            width=36,
        ),
        Column(
            header="Kurzfassung",
            field="summary",
            content=cells.TEXT,
            aliases=("Kurz gesagt", "Zusammenfassung", "Kurzbeschreibung", "Teaser"),
            required=True,
            example="Die Stadt ehrt einmal im Jahr Menschen, die sich für ihren Ort einsetzen.",
            hint="Ein bis zwei Sätze für Listen und Suche.",
            width=48,
        ),
        Column(
            header="Ausgangslage",
            field="situation",
            content=cells.TEXT,
            aliases=("Anlass", "Ausgangssituation", "Hintergrund", "Problem"),
            example="Viele Vereine fanden keinen Nachwuchs für den Vorstand.",
            hint="Warum die Kommune begonnen hat.",
            width=48,
        ),
        Column(
            header="Vorgehen",
            field="approach",
            content=cells.TEXT,
            aliases=("Umsetzung", "Beschreibung", "Maßnahme", "Maßnahmen", "Lösung"),
            required=True,
            example="Das Rathaus lädt alle Vereine ein und berät sie vorher.",
            hint="Was die Kommune getan hat.",
            width=48,
        ),
        Column(
            header="Ergebnis",
            field="result",
            content=cells.TEXT,
            aliases=("Ergebnisse", "Wirkung", "Wirkungen", "Erfolg"),
            example="Im ersten Jahr bewarben sich 40 Gruppen.",
            hint="Was sich geändert hat.",
            width=48,
        ),
        Column(
            header="Gelingensbedingungen",
            field="success_factors",
            content=cells.ITEMS,
            aliases=("Erfolgsfaktoren", "Was hat geholfen"),
            example="Ratsbeschluss | Feste Ansprechstelle",
            hint="Was geholfen hat; mehrere mit | oder Zeilenumbruch trennen.",
            width=36,
        ),
        Column(
            header="Stolpersteine",
            field="stumbling_blocks",
            content=cells.STUMBLING_BLOCKS,
            aliases=("Hindernisse", "Hürden", "Schwierigkeiten"),
            required=True,
            example="Zu wenig Zeit für die Jury",
            hint="Mindestens einer oder „keine bekannt“; mehrere mit | trennen.",
            width=36,
        ),
        Column(
            header="Beteiligte",
            field="partners",
            content=cells.ITEMS,
            aliases=("Partner", "Mitwirkende", "Kooperation", "Kooperationen", "Träger"),
            example="Freiwilligenagentur | Sparkasse",
            hint="Vereine, Einrichtungen, Unternehmen; keine Namen von Personen.",
            width=30,
        ),
        Column(
            header="Stand der Umsetzung",
            field="state",
            content=cells.one_of({state: state.label for state in PracticeState}),
            aliases=("Status", "Stand", "Phase"),
            required=True,
            example="laufend",
            hint="Wie weit das Vorhaben ist.",
        ),
        Column(
            header="Beginn",
            field="started_year",
            content=cells.INTEGER,
            aliases=("Beginn (Jahr)", "Jahr", "Start", "Startjahr", "Seit"),
            example="2019",
            hint="Jahr mit vier Ziffern.",
            width=10,
        ),
        Column(
            header="Ende",
            field="ended_year",
            content=cells.INTEGER,
            aliases=("Ende (Jahr)", "Endjahr", "Bis"),
            example="",
            hint="Jahr mit vier Ziffern, wenn es beendet ist.",
            width=10,
        ),
        Column(
            header="Grund des Endes",
            field="ended_reason",
            content=cells.TEXT,
            aliases=("Warum endete es?", "Warum beendet"),
            example="",
            hint="Warum es beendet wurde: Auch das hilft anderen.",
            width=30,
        ),
        Column(
            header="Kosten der Kommune im Jahr",
            field="cost_band",
            content=cells.one_of(_COSTS),
            aliases=("Kosten im Jahr", "Kosten"),
            example="unter 5.000 Euro",
            hint="Was die Kommune ungefähr im Jahr ausgibt.",
            width=28,
        ),
        Column(
            header="Arbeitszeit der Kommune",
            field="staff_effort",
            content=cells.one_of(_EFFORTS),
            aliases=("Personalaufwand", "Personal", "Stellen"),
            example="unter 0,25 Stellen",
            hint="Bezahlte Arbeitszeit der Kommune in vollen Stellen.",
            width=26,
        ),
        Column(
            header="Themen",
            field="topics",
            content=cells.terms_of(TermKind.TOPIC),
            aliases=("Thema", "Handlungsfeld", "Handlungsfelder", "Schlagworte"),
            required=True,
            example="Anerkennungskultur",
            hint="Begriffe der Themenliste; mehrere mit | trennen.",
            width=30,
        ),
        Column(
            header="Zielgruppen",
            field="target_groups",
            content=cells.terms_of(TermKind.TARGET_GROUP),
            aliases=("Zielgruppe",),
            example="Vereine und Initiativen",
            hint="Begriffe der Liste Zielgruppen; mehrere mit | trennen.",
            width=30,
        ),
        Column(
            header="Instrumente",
            field="instruments",
            content=cells.terms_of(TermKind.INSTRUMENT),
            aliases=("Instrument",),
            example="",
            hint="Begriffe der Liste Instrumente; mehrere mit | trennen.",
            width=30,
        ),
        Column(
            header="Quellen",
            field="sources",
            content=cells.SOURCES,
            aliases=("Quelle", "Link", "Links", "Fundstellen"),
            example="Stadt Hemer: Heimatpreis <https://www.example.org/heimatpreis> (2024)",
            hint="Titel <https://…> (Stand); mehrere mit | oder Zeilenumbruch trennen.",
            width=48,
        ),
    ),
)

CONTACTS = Kind(
    name=ImportKind.CONTACTS,
    draft=ContactDraft,
    identified_by=(("ags", "unit"),),
    told_by={},
    columns=(
        _PLACE,
        Column(
            header="Stelle",
            field="unit",
            content=cells.LINE,
            aliases=("Ansprechstelle", "Einrichtung", "Amt", "Organisationseinheit", "Bezeichnung"),
            required=True,
            example="Büro für bürgerschaftliches Engagement",
            hint="Amt, Büro oder Funktion, keine Person.",
            width=40,
        ),
        Column(
            header="Straße",
            field="street",
            content=cells.LINE,
            aliases=("Straße und Hausnummer", "Anschrift", "Adresse"),
            example="Hademareplatz 44",
            hint="Straße und Hausnummer.",
        ),
        Column(
            header="PLZ",
            field="postcode",
            content=cells.LINE,
            aliases=("Postleitzahl",),
            example="58675",
            hint="Fünf Ziffern.",
            width=8,
        ),
        Column(
            header="Ort",
            field="town",
            content=cells.LINE,
            aliases=("Wohnort", "Postort"),
            example="Hemer",
            hint="Ort der Anschrift.",
        ),
        Column(
            header="Telefon",
            field="phone",
            content=cells.LINE,
            aliases=("Tel.", "Tel", "Telefonnummer", "Rufnummer"),
            example="02372 551-0",
            hint="Mit Vorwahl.",
        ),
        Column(
            header="E-Mail",
            field="email",
            content=cells.LINE,
            aliases=("Mail", "E-Mail-Adresse", "Mailadresse"),
            example="ehrenamt@example.org",
            hint="Adresse der Stelle, nicht die einer Person.",
            width=30,
        ),
        Column(
            header="Website",
            field="url",
            content=cells.LINE,
            aliases=("Internet", "Internetseite", "Homepage", "Webseite", "URL", "Web"),
            example="https://www.example.org/ehrenamt",
            hint="Seite der Stelle, mit https://.",
            width=36,
        ),
        _SOURCE_URL,
        Column(
            header="Stand",
            field="as_of",
            content=cells.PARTIAL_DATE,
            aliases=("Stand der Quelle", "Datum"),
            example="02.2026",
            hint="Datum der Quelle, so genau es bekannt ist.",
            width=12,
        ),
    ),
)


def _condition(header: str, field: str, hint: str, *aliases: str) -> Column:
    return Column(
        header=header,
        field=field,
        content=cells.YES_OR_NO,
        aliases=aliases,
        example="ja",
        hint=f"{hint} Leer: nicht bekannt.",
    )


MEMBERSHIPS = Kind(
    name=ImportKind.MEMBERSHIPS,
    draft=MembershipDraft,
    identified_by=(("ags",),),
    told_by={},
    columns=(
        _PLACE,
        Column(
            header="Nachweis",
            field="evidence",
            content=cells.one_of(_EVIDENCE),
            aliases=("Mitgliedschaft", "Art"),
            required=True,
            example="Mitglied",
            hint="Mitglied nur, wenn der Beitritt belegt ist.",
            width=36,
        ),
        _SOURCE_URL,
        Column(
            header="Mitglied seit",
            field="member_since",
            content=cells.INTEGER,
            aliases=("Mitglied seit (Jahr)", "Beitrittsjahr", "Beitritt", "Jahr"),
            example="2019",
            hint="Jahr, in dem die Gemeinsame Erklärung unterzeichnet wurde.",
            width=14,
        ),
        Column(
            header="Erklärung unterzeichnet am",
            field="declaration_signed_on",
            content=cells.DATE,
            aliases=(
                "Gemeinsame Erklärung unterzeichnet am",
                *("Unterzeichnet am", "Unterzeichnung", "Datum der Unterzeichnung"),
            ),
            example="03.02.2019",
            hint="Tag, Monat und Jahr, wenn der Tag bekannt ist.",
            width=16,
        ),
        _condition(
            "Ansprechperson benannt",
            "has_contact_person",
            "Ist eine Ansprechperson für Engagement benannt?",
            "Es gibt eine Ansprechperson für Engagement",
            "Ansprechperson",
        ),
        _condition(
            "Querschnittsaufgabe",
            "is_cross_cutting_task",
            "Ist Engagementförderung als Querschnittsaufgabe verankert?",
            "Engagement ist Querschnittsaufgabe",
        ),
        _condition(
            "Erklärung unterzeichnet",
            "signed_declaration",
            "Ist die Gemeinsame Erklärung unterzeichnet?",
            "Die Gemeinsame Erklärung ist unterzeichnet",
            "Gemeinsame Erklärung",
        ),
        _condition(
            "Ehrenamtskarte",
            "offers_volunteer_card",
            "Gibt es die Ehrenamtskarte NRW?",
            "Ehrenamtskarte oder Gleichwertiges",
            "Ehrenamtskarte NRW",
        ),
        _condition(
            "Auf Dauer angelegt",
            "commits_to_continuity",
            "Ist die Förderung auf Dauer angelegt?",
            "Zusage dauerhafter Mitarbeit",
            "Kontinuität",
            "Dauerhaftigkeit",
        ),
        Column(
            header="Runden der Entwicklungswerkstatt",
            field="rounds",
            content=cells.NUMBERS,
            aliases=("Runden", "Runde", "Entwicklungswerkstatt"),
            example="3",
            hint="Nummern der Runden; mehrere mit | trennen.",
        ),
        Column(
            header="Anmerkung",
            field="note",
            content=cells.TEXT,
            aliases=("Bemerkung", "Notiz", "Hinweis"),
            example="",
            hint="Was die Quelle sonst dazu sagt; steht öffentlich im Profil.",
            width=36,
        ),
    ),
)

KINDS: Mapping[ImportKind, Kind] = {kind.name: kind for kind in (PRACTICES, CONTACTS, MEMBERSHIPS)}
