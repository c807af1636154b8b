"""From a plan to the catalogue and back, all of it or nothing."""

import json
from typing import Any

import pytest
from sqlalchemy import delete, func, inspect, select, text
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.db import begin_write
from directory.importing import applying
from directory.importing.applying import NotUndoable, Outdated, Undone, WrongRows, apply, undo
from directory.importing.models import ImportBatch, ImportKind, ImportRow
from directory.importing.planning import RowState
from directory.municipalities.models import Membership
from directory.practices.drafts import PracticeDraft
from directory.practices.models import Practice
from directory.practices.operations import save_practice
from directory.publication.models import AuditEntry, CatalogueState, Decision, Revision, Status
from directory.publication.validation import InvalidEntry
from directory.search import index
from directory.search.lists.bitmaps import numbers_in
from directory.search.models import SearchEntry, SearchPosting, SearchToken, Suggestion
from directory.search.words import postings
from directory.sheets.table import Cell
from directory.topics.models import Term
from tests.factories import build_contact, build_membership, build_practice
from tests.importing.tables import (
    CONTACT,
    EXAMPLES,
    MEMBERSHIP,
    PRACTICE,
    build_ground,
    planned,
)


def imported(session: Session, kind: ImportKind, *rows: dict[str, Cell]) -> ImportBatch:
    plan = planned(session, kind, *rows)
    session.rollback()
    begin_write(session)
    batch = apply(session, plan, by="befehl", filename="liste.csv")
    session.commit()
    return batch


def taken_back(session: Session, batch: ImportBatch) -> Undone:
    session.rollback()
    begin_write(session)
    done = undo(session, batch, by="befehl")
    session.commit()
    return done


def everything(session: Session) -> dict[str, str]:
    """Return all rows of all tables."""
    session.rollback()
    names = inspect(session.get_bind()).get_table_names()
    found = {
        name: json.dumps(
            sorted(map(str, session.execute(text(f'SELECT * FROM "{name}"')).all()))  # noqa: S608
        )
        for name in names
        if not name.startswith("search_fts")
    }
    session.rollback()
    return found


def version(session: Session) -> int:
    return session.scalar(select(CatalogueState.version)) or 0


def index_rows(session: Session) -> dict[str, set[tuple[Any, ...]]]:
    """Return what the index holds, but for tokens without entries and how words are written."""
    session.rollback()
    columns = {
        SearchEntry: tuple(SearchEntry.__table__.columns),
        SearchToken: (SearchToken.kind, SearchToken.token, SearchToken.documents),
        Suggestion: tuple(Suggestion.__table__.columns),
    }
    found = {
        table.__tablename__: {tuple(row) for row in session.execute(select(*some))}
        for table, some in columns.items()
    }
    tokens = found[SearchToken.__tablename__]
    found[SearchToken.__tablename__] = {row for row in tokens if row[-1]}
    if session.get_bind().dialect.name == "sqlite":
        # Raises where the engine's own table says anything else than the entries.
        session.execute(
            text("INSERT INTO search_fts(search_fts, rank) VALUES('integrity-check', 1)")
        )
    session.rollback()
    return found


def posted(session: Session) -> dict[str, list[int]]:
    """Return token → practices by number, of all tokens that are kept as bitmaps."""
    session.rollback()
    tokens = session.scalars(
        select(SearchPosting.token).where(SearchPosting.kind == "practice").distinct()
    ).all()
    found = postings.Postings(session, "practice", {(token,) for token in tokens})
    kept = {token: bits for (token,), bits in found.within("entries").items()}
    session.rollback()
    return {token: numbers_in(bits) for token, bits in kept.items()}


def indexed(session: Session, kind: str) -> list[str]:
    statement = select(SearchEntry.key).where(SearchEntry.kind == kind).order_by(SearchEntry.key)
    return list(session.scalars(statement))


def ground(session: Session) -> Any:
    hemer = build_ground(session)
    index.rebuild(session)
    session.commit()
    return hemer


def test_a_practice_is_written_published_found_and_remembered(session: Session) -> None:
    ground(session)
    before = version(session)
    batch = imported(session, ImportKind.PRACTICES, PRACTICE)
    (practice,) = session.scalars(select(Practice))
    assert (practice.slug, practice.status) == ("hemer-heimatpreis", Status.PUBLISHED)
    assert (practice.no_stumbling_blocks_known, practice.stumbling_blocks) == (True, [])
    assert indexed(session, "practice") == ["hemer-heimatpreis"]
    assert version(session) == before + 1
    assert [one.fields["title"] for one in session.scalars(select(Revision))] == ["Heimatpreis"]
    assert [one.note for one in session.scalars(select(Decision))] == [f"Import {batch.id}"]
    assert [entry.action for entry in session.scalars(select(AuditEntry).order_by("id"))] == [
        "created",
        "imported",
    ]
    (row,) = session.scalars(select(ImportRow))
    assert (row.key, row.version_before, row.version_after) == ("hemer-heimatpreis", 0, 1)


@pytest.mark.parametrize("kind", ImportKind)
def test_the_same_file_twice_changes_nothing(session: Session, kind: ImportKind) -> None:
    ground(session)
    imported(session, kind, EXAMPLES[kind])
    again = planned(session, kind, EXAMPLES[kind])
    assert again.counts[RowState.UNCHANGED] == 1
    before = version(session)
    imported(session, kind, EXAMPLES[kind])
    assert version(session) == before


def test_a_file_with_a_mistake_is_not_imported_in_part(session: Session) -> None:
    ground(session)
    plan = planned(session, ImportKind.CONTACTS, CONTACT, CONTACT | {"Kommune": "Nirgendwo"})
    before = everything(session)
    begin_write(session)
    with pytest.raises(WrongRows, match="1 Zeile ist fehlerhaft"):
        apply(session, plan, by="befehl", filename="x")
    assert everything(session) == before


@pytest.mark.parametrize("broken", ["_publish", "_record", "_index", "advance"])
def test_a_fault_in_the_middle_leaves_nothing_behind(
    session: Session, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    hemer = ground(session)
    build_practice(session, hemer, title="Heimatpreis", slug="hemer-heimatpreis")
    session.commit()
    plan = planned(
        session, ImportKind.PRACTICES, PRACTICE, PRACTICE | {"Titel": "Neu", "Kommune": "Hagen"}
    )
    assert (plan.counts[RowState.CHANGED], plan.counts[RowState.NEW]) == (1, 1)
    before = everything(session)

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(applying, broken, fail)
    begin_write(session)
    with pytest.raises(OSError, match="disk full"):
        apply(session, plan, by="befehl", filename="x")
    assert everything(session) == before


def test_what_changed_since_the_dry_run_is_not_overwritten(session: Session) -> None:
    hemer = ground(session)
    practice = build_practice(session, hemer, title="Heimatpreis", slug="hemer-heimatpreis")
    draft = PracticeDraft.of(practice)
    session.commit()
    plan = planned(session, ImportKind.PRACTICES, PRACTICE)
    fields = {
        **draft.__dict__,
        "summary": "Dazwischen.",
        "topics": frozenset({"anerkennungskultur"}),
    }
    save_practice(session, by="redaktion", draft=PracticeDraft(**fields))
    session.commit()
    before = everything(session)
    begin_write(session)
    with pytest.raises(Outdated, match="„Hemer: Heimatpreis“"):
        apply(session, plan, by="befehl", filename="x")
    assert everything(session) == before


def test_a_term_that_went_since_the_dry_run_is_noticed(session: Session) -> None:
    build_ground(session)
    plan = planned(session, ImportKind.PRACTICES, PRACTICE)
    session.rollback()
    session.execute(delete(Term).where(Term.label == "Anerkennungskultur"))
    session.commit()
    begin_write(session)
    with pytest.raises(InvalidEntry, match="keinen Begriff „anerkennungskultur“"):
        apply(session, plan, by="befehl", filename="liste.csv")


def test_an_entry_that_somebody_added_in_between_is_not_overwritten(session: Session) -> None:
    hemer = ground(session)
    plan = planned(session, ImportKind.CONTACTS, CONTACT)
    build_contact(session, hemer, unit="Ehrenamtsbüro")
    session.commit()
    begin_write(session)
    with pytest.raises(Outdated):
        apply(session, plan, by="befehl", filename="x")


def test_undoing_archives_the_new_and_restores_the_old(session: Session) -> None:
    hemer = ground(session)
    old = {**PRACTICE, "Titel": "Alt"}
    imported(session, ImportKind.PRACTICES, old)
    was = session.scalars(select(Practice)).one()
    before = PracticeDraft.of(was)
    batch = imported(
        session,
        ImportKind.PRACTICES,
        {**old, "Kurzfassung": "Anders."},
        PRACTICE,
    )
    assert indexed(session, "practice") == ["hemer-alt", "hemer-heimatpreis"]
    done = taken_back(session, batch)
    assert (done.removed, done.restored, done.kept) == (1, 1, ())
    assert (
        PracticeDraft.of(
            session.scalars(select(Practice).where(Practice.slug == "hemer-alt")).one()
        )
        == before
    )
    gone = session.scalars(select(Practice).where(Practice.slug == "hemer-heimatpreis")).one()
    assert gone.status is Status.ARCHIVED
    assert indexed(session, "practice") == ["hemer-alt"]
    with pytest.raises(NotUndoable, match="rückgängig gemacht"):
        undo(session, batch, by="befehl")
    assert hemer.name == "Hemer"


def test_after_undoing_the_file_can_be_imported_again(session: Session) -> None:
    ground(session)
    batch = imported(session, ImportKind.CONTACTS, CONTACT)
    taken_back(session, batch)
    imported(session, ImportKind.CONTACTS, CONTACT | {"Telefon": "02372 1234"})
    (contact,) = session.scalars(select(ContactPoint))
    assert (contact.status, contact.phone) == (Status.PUBLISHED, "02372 1234")
    assert indexed(session, "contact") == [str(contact.id)]


def test_what_was_changed_after_the_import_is_left_alone_and_named(session: Session) -> None:
    ground(session)
    batch = imported(session, ImportKind.CONTACTS, CONTACT, CONTACT | {"Stelle": "Rathaus"})
    imported(session, ImportKind.CONTACTS, CONTACT | {"Telefon": "02372 99"})
    done = taken_back(session, batch)
    assert (done.removed, done.kept) == (1, ("Hemer: Ehrenamtsbüro",))
    assert "unberührt: „Hemer: Ehrenamtsbüro“." in done.summary
    public = select(ContactPoint.unit).where(ContactPoint.status == Status.PUBLISHED)
    assert list(session.scalars(public)) == ["Ehrenamtsbüro"]


def test_memberships_come_and_go(session: Session) -> None:
    hemer = ground(session)
    build_membership(session, hemer, source_url=MEMBERSHIP["Quelle"], rounds=(1,))
    session.commit()
    batch = imported(
        session,
        ImportKind.MEMBERSHIPS,
        MEMBERSHIP | {"Runden der Entwicklungswerkstatt": "2"},
        MEMBERSHIP | {"Kommune": "Hagen", "Runden der Entwicklungswerkstatt": None},
    )
    assert session.scalar(select(func.count()).select_from(Membership)) == 2
    done = taken_back(session, batch)
    (left,) = session.scalars(select(Membership))
    assert (done.removed, done.restored, left.ags) == (1, 1, hemer.ags)
    assert (left.has_contact_person, [one.number for one in left.rounds]) == (None, [1])


@pytest.mark.parametrize("total", [60, 110])
def test_many_rows_leave_the_index_as_making_it_anew_would(
    session: Session, monkeypatch: pytest.MonkeyPatch, total: int
) -> None:
    monkeypatch.setattr(postings, "FREQUENT", 2)
    place = build_ground(session)
    build_practice(session, place, title="Ehrenamtspreis")
    for number in range(79):
        build_practice(session, place, title="Preis und Ehrenamtspreis", slug=f"preis-{number}")
    session.commit()
    index.rebuild(session)
    session.commit()
    rows = [
        PRACTICE | {"Titel": f"Heimatpreis {number}", "Kurzfassung": "Ehrenamt " * (number % 3 + 1)}
        for number in range(total)
    ]
    imported(session, ImportKind.PRACTICES, *rows)
    left, bitmaps = index_rows(session), posted(session)
    assert len(indexed(session, "practice")) == total + 80
    session.rollback()
    index.rebuild(session)
    session.commit()
    assert index_rows(session) == left
    anew = posted(session)
    assert bitmaps
    assert {token: anew[token] for token in bitmaps} == bitmaps
