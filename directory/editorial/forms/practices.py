"""The form of a good-practice example: what was done, what helped, what got in the way."""

from wtforms import Form

from directory.editorial.forms.attachments import Attachments
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
from directory.practices.drafts import PracticeDraft
from directory.practices.models import CostBand, PracticeState, StaffEffort


class SourceForm(Form):
    """Where something is described."""

    title = Line("Titel der Quelle", example="Pressemitteilung der Stadt")
    url = Line("Adresse", kind="url", example="https://www.beispielstadt.de/ehrenamt")
    as_of = Day("Stand")


class PracticeForm(EntryForm):
    """One good-practice example."""

    DRAFT = PracticeDraft

    # Worum geht es?
    title = Line(
        "Titel",
        help="Was Sie tun, in einer Zeile. Ohne den Namen der Kommune, der steht immer dabei.",
        example="Vereinssprechstunde an jedem ersten Montag",
        longest=90,
    )
    ags = Place("Kommune", help="Name oder Gemeindeschlüssel")
    summary = Text(
        "Kurzfassung",
        help="Zwei, drei Sätze, die in Listen stehen: was, für wen, mit welchem Ergebnis.",
        rows=3,
        longest=350,
    )
    topics = Several("Themen", help="Mindestens eines")
    target_groups = Several("Zielgruppen")
    instruments = Several("Instrumente")

    # Die Geschichte
    situation = Text(
        "Ausgangslage",
        help="Was war das Problem? Woran haben Sie es gemerkt?",
        rows=5,
        optional=True,
        markdown=True,
        longest=1_500,
    )
    approach = Text(
        "Vorgehen",
        help="Was haben Sie der Reihe nach getan? So, dass eine andere Kommune es nachmachen kann.",
        rows=9,
        markdown=True,
        longest=3_000,
    )
    result = Text(
        "Ergebnis",
        help="Was hat sich geändert? Zahlen nur, wenn Sie sie belegen können.",
        rows=5,
        optional=True,
        markdown=True,
        longest=1_500,
    )
    partners = Items(
        "Beteiligte",
        help="Eine Stelle je Zeile: Ämter, Vereine, Agenturen – keine Namen von Personen",
        example="Freiwilligenagentur",
        rows=3,
    )

    # Was andere wissen wollen
    success_factors = Items(
        "Gelingensbedingungen",
        help="Was hat geholfen? Ein Punkt je Zeile.",
        example="Feste Sprechzeit, auch abends",
    )
    stumbling_blocks = Items(
        "Stolpersteine",
        help=(
            "Was war schwierig, was würden Sie anders machen? Ein Punkt je Zeile. Für andere ist "
            "das oft das Wertvollste. Gab es keine, kreuzen Sie es darunter an."
        ),
        example="Versicherungsschutz war lange ungeklärt",
    )
    no_stumbling_blocks_known = Tick("Es sind keine Stolpersteine bekannt")

    # Rahmen
    state = Chosen(
        "Stand der Umsetzung",
        choices=[(state.value, state.label) for state in PracticeState],
    )
    started_year = Whole("Beginn (Jahr)", longest=4)
    ended_year = Whole("Ende (Jahr)", longest=4)
    ended_reason = Text(
        "Warum endete es?",
        help="Nur bei beendeten Beispielen. Sie bleiben auffindbar, damit andere daraus lernen.",
        rows=3,
        optional=True,
        needed_when="wenn es beendet ist",
        longest=600,
    )
    cost_band = Chosen(
        "Kosten der Kommune im Jahr",
        choices=[(band.value, band.label) for band in CostBand],
        empty="nicht bekannt",
    )
    staff_effort = Chosen(
        "Arbeitszeit der Kommune",
        choices=[(effort.value, effort.label) for effort in StaffEffort],
        empty="nicht bekannt",
    )

    # Belege
    sources = Rows(
        SourceForm, "Quellen", one="Quelle", help="Wo steht mehr darüber? Leere Zeilen entfallen."
    )

    # Bilder und Dokumente
    attachments = Attachments("Bilder und Dokumente")

    SECTIONS = (
        (
            "Worum geht es?",
            ("title", "ags", "summary", "topics", "target_groups", "instruments"),
        ),
        ("Die Geschichte", ("situation", "approach", "result", "partners")),
        (
            "Was andere wissen wollen",
            ("success_factors", "stumbling_blocks", "no_stumbling_blocks_known"),
        ),
        (
            "Stand und Aufwand",
            (
                "state",
                "started_year",
                "ended_year",
                "ended_reason",
                "cost_band",
                "staff_effort",
            ),
        ),
        ("Belege", ("sources",)),
        ("Bilder und Dokumente", ("attachments",)),
    )
