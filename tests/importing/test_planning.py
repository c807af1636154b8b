"""The dry run: what each row would do, and what is wrong with it."""

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.importing.kinds import KINDS
from directory.importing.models import ImportKind
from directory.importing.planning import Change, RowState
from directory.importing.templates import example
from directory.practices.models import Practice
from directory.publication.models import Status
from directory.sheets.table import Cell
from tests.factories import build_contact, build_membership, build_practice, build_term
from tests.importing.tables import CONTACT, EXAMPLES, MEMBERSHIP, PRACTICE, build_ground, planned


def said(session: Session, kind: ImportKind, *rows: dict[str, Cell]) -> list[tuple[str, str, str]]:
    """Return what is wrong: place, heading and sentence."""
    plan = planned(session, kind, *rows)
    return [(problem.place, problem.header, problem.sentence) for problem in plan.problems]


@pytest.mark.parametrize("kind", ImportKind)
def test_new_entries_are_named_and_nothing_is_written(session: Session, kind: ImportKind) -> None:
    build_ground(session)
    plan = planned(session, kind, EXAMPLES[kind])
    assert plan.problems == []
    assert plan.summary == "1 Zeile: 1 neu, 0 geändert, 0 unverändert, 0 fehlerhaft"
    assert not session.new
    assert not session.dirty


def test_a_practice_gets_an_address_that_nobody_has(session: Session) -> None:
    hemer = build_ground(session)
    build_practice(session, hemer, slug="hemer-heimatpreis", title="Etwas anderes")
    plan = planned(session, ImportKind.PRACTICES, PRACTICE, PRACTICE | {"Titel": "Heimatpreis!"})
    assert [row.identity for row in plan.rows] == [
        ("hemer-heimatpreis-2",),
        ("hemer-heimatpreis-3",),
    ]
    assert [row.name for row in plan.rows] == ["Hemer: Heimatpreis", "Hemer: Heimatpreis!"]


def test_an_entry_is_found_by_place_and_title_and_its_changes_are_told(session: Session) -> None:
    hemer = build_ground(session)
    build_practice(
        session,
        hemer,
        slug="ganz-anders",
        title="Heimatpreis",
        summary="Alt.",
        approach=PRACTICE["Vorgehen"],
        started_year=2015,
        stumbling_blocks=["Zeit"],
    )
    row = PRACTICE | {"Kurzfassung": "Neu.", "Beginn": "2.016"}
    (planned_row,) = planned(session, ImportKind.PRACTICES, row).rows
    assert (planned_row.state, planned_row.key) == (RowState.CHANGED, "ganz-anders")
    assert planned_row.changes == (
        Change("Kurzfassung", "Alt.", "Neu."),
        Change("Stolpersteine", "Zeit", ""),
        Change("Beginn", "2015", "2016"),
        Change("Themen", "", "Anerkennungskultur"),
    )


def test_what_has_no_column_stays_and_an_empty_cell_says_nothing(session: Session) -> None:
    hemer = build_ground(session)
    build_contact(session, hemer, unit="Büro", phone="02372 1", email="info@hemer.de")
    row = {"Kommune": "Stadt Hemer", "Stelle": "Büro", "Telefon": None, "Notiz": "x"}
    plan = planned(session, ImportKind.CONTACTS, row)
    (planned_row,) = plan.rows
    assert planned_row.changes == (Change("Telefon", "02372 1", ""),)
    assert plan.notes == ("Die Spalte wird nicht übernommen: „Notiz“.",)


def test_the_same_again_changes_nothing(session: Session) -> None:
    hemer = build_ground(session)
    build_contact(
        session,
        hemer,
        unit="Ehrenamtsbüro",
        phone="02372 551-0",
        source_url="https://www.example.org/ehrenamt",
    )
    (row,) = planned(session, ImportKind.CONTACTS, CONTACT | {"Kommune": 5962016}).rows
    assert (row.state, row.changes) == (RowState.UNCHANGED, ())


def test_not_known_and_no_are_two_things(session: Session) -> None:
    hemer = build_ground(session)
    build_membership(session, hemer, source_url=MEMBERSHIP["Quelle"], has_contact_person=True)
    row: dict[str, Cell] = MEMBERSHIP | {
        "Querschnittsaufgabe": "nein",
        "Ehrenamtskarte": "nicht bekannt",
        "Erklärung unterzeichnet am": dt.date(2019, 2, 3),
        "Runden der Entwicklungswerkstatt": "1 | 3",
    }
    (planned_row,) = planned(session, ImportKind.MEMBERSHIPS, row).rows
    assert planned_row.changes == (
        Change("Erklärung unterzeichnet am", "", "03.02.2019"),
        Change("Querschnittsaufgabe", "nicht bekannt", "nein"),
        Change("Runden der Entwicklungswerkstatt", "", "1 | 3"),
    )


def test_an_archived_entry_would_come_back_and_that_is_said(session: Session) -> None:
    hemer = build_ground(session)
    build_contact(
        session,
        hemer,
        unit="Ehrenamtsbüro",
        phone="02372 551-0",
        source_url=CONTACT["Quelle"],
        status=Status.ARCHIVED,
    )
    (row,) = planned(session, ImportKind.CONTACTS, CONTACT).rows
    assert row.changes == (Change("Sichtbarkeit", "archiviert", "veröffentlicht"),)


def test_everything_wrong_is_told_at_its_cell(session: Session) -> None:
    build_ground(session)
    row: dict[str, Cell] = PRACTICE | {
        "Kommune": "Neustadt",
        "Kurzfassung": None,
        "Stolpersteine": None,
        "Status": "läuft super",
        "Beginn": "zweitausend",
        "Ende": 1200,
        "Themen": "Anerkennungskultr",
        "Quellen": "Stadt Hemer | Presse <ftp://x> (gestern)",
    }
    assert said(session, ImportKind.PRACTICES, row) == [
        (
            "A2",
            "Kommune",
            (
                "„Neustadt“ gibt es mehrmals: Neustadt (05158004) und Neustadt (05766040). "
                "Bitte den Gemeindeschlüssel angeben."
            ),
        ),
        ("C2", "Kurzfassung", "Bitte ausfüllen."),
        (
            "E2",
            "Stolpersteine",
            "Bitte mindestens einen Stolperstein nennen oder „keine bekannt“ schreiben.",
        ),
        (
            "F2",
            "Stand der Umsetzung",
            (
                "Bitte eines angeben von: Idee oder Planung, Pilot, laufend, wiederkehrend, "
                "beendet, nicht bekannt."
            ),
        ),
        (
            "G2",
            "Themen",
            (
                "„Anerkennungskultr“ steht nicht in der Liste Themen. "
                "Meinten Sie „Anerkennungskultur“?"
            ),
        ),
        ("H2", "Beginn", "Bitte eine ganze Zahl in Ziffern angeben."),
        ("I2", "Ende", f"Bitte ein Jahr zwischen 1900 und {dt.date.today().year + 6} angeben."),  # noqa: DTZ011
        (
            "J2",
            "Quellen",
            "1. Quelle: Bitte als „Titel <https://…> (Stand)“ angeben, mehrere getrennt durch |.",
        ),
    ]


def test_a_part_of_a_list_is_named_by_its_number(session: Session) -> None:
    build_ground(session)
    sources = "Stadt <https://hemer.de> (02.2024)\nPresse <ftp://x>"
    assert said(session, ImportKind.PRACTICES, PRACTICE | {"Quellen": sources}) == [
        (
            "H2",
            "Quellen",
            "2. Angabe: Bitte eine vollständige Adresse mit https:// oder http:// angeben.",
        )
    ]


def test_a_column_that_is_missing_is_named_once_and_for_new_entries_only(session: Session) -> None:
    hemer = build_ground(session)
    build_practice(session, hemer, title="Alt", stumbling_blocks=["Zeit"])
    short: list[dict[str, Cell]] = [
        {"Kommune": "Hemer", "Titel": title, "Status": "Pilot", "Themen": "Anerkennungskultur"}
        for title in ("Alt", "Neu", "Ganz neu")
    ]
    rows = planned(session, ImportKind.PRACTICES, *short).rows
    assert [row.state for row in rows] == [RowState.CHANGED, RowState.WRONG, RowState.WRONG]
    assert said(session, ImportKind.PRACTICES, *short) == [
        ("Zeile 3", "Kurzfassung", "Es fehlt die Spalte „Kurzfassung“. Bitte ausfüllen."),
        ("Zeile 3", "Vorgehen", "Es fehlt die Spalte „Vorgehen“. Bitte ausfüllen."),
        (
            "Zeile 3",
            "Stolpersteine",
            (
                "Es fehlt die Spalte „Stolpersteine“. "
                "Bitte mindestens einen Stolperstein nennen oder „keine bekannt“ schreiben."
            ),
        ),
    ]


def test_an_entry_that_stands_twice_is_named_with_its_first_row(session: Session) -> None:
    build_ground(session)
    assert said(session, ImportKind.CONTACTS, CONTACT, CONTACT) == [
        ("B3", "Stelle", "Dieser Eintrag steht schon in Zeile 2.")
    ]


def test_errors_of_the_spreadsheet_and_addresses_of_persons_are_refused(session: Session) -> None:
    build_ground(session)
    row = CONTACT | {"Telefon": "#REF!", "E-Mail": "erika.muster@hemer.de"}
    assert [sentence for *_, sentence in said(session, ImportKind.CONTACTS, row)] == [
        "In der Zelle steht ein Fehler der Tabelle (#REF!).",
        "Bitte die Adresse einer Stelle angeben, nicht die einer Person.",
    ]


@pytest.mark.parametrize("kind", ImportKind)
def test_the_example_of_the_template_is_understood_but_not_imported(
    catalogue: Session, kind: ImportKind
) -> None:
    headers = [column.header for column in KINDS[kind].columns]
    row: dict[str, Cell] = dict(zip(headers, example(KINDS[kind]), strict=True))
    assert said(catalogue, kind, row) == [
        ("Zeile 2", "", "Das ist das Beispiel der Vorlage. Bitte löschen Sie diese Zeile.")
    ]


def test_hostile_texts_are_only_texts(session: Session) -> None:
    build_ground(session)
    count = session.scalar(select(func.count()).select_from(Practice))
    for text in ("'; DROP TABLE practice; --", "{{ 7*7 }}", "=cmd|' /C calc'!A0", "x" * 300):
        rows = PRACTICE | {"Titel": text, "Kommune": text}
        assert planned(session, ImportKind.PRACTICES, rows).counts[RowState.WRONG] == 1
    assert session.scalar(select(func.count()).select_from(Practice)) == count


def test_an_empty_key_is_no_mistake_where_the_title_is_missing(session: Session) -> None:
    build_ground(session)
    row = {"Kennung": None, **PRACTICE, "Titel": None}
    assert [header for _, header, _ in said(session, ImportKind.PRACTICES, row)] == ["Titel"]


def test_one_word_of_a_term_is_enough_to_be_asked_about_it(session: Session) -> None:
    build_ground(session)
    build_term(session, label="Umwelt & Nachhaltigkeit")
    (problem,) = said(session, ImportKind.PRACTICES, PRACTICE | {"Themen": "Umwlt"})
    assert problem[2].endswith("Meinten Sie „Umwelt & Nachhaltigkeit“?")
