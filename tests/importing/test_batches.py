"""Imports on the desk: prepared by one person, released by another."""

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.contacts.models import ContactPoint
from directory.db import utc_now
from directory.errors import Conflict, NotFound
from directory.importing import batches
from directory.importing.applying import NotUndoable, Outdated, WrongRows, undo
from directory.importing.kinds import CONTACTS
from directory.importing.models import BatchState, ImportBatch, ImportRow
from directory.publication.workflow import OwnWork
from tests.factories import build_contact
from tests.importing.tables import CONTACT, build_ground, table


def prepared(session: Session, **cells: str) -> ImportBatch:
    build_ground(session)
    batch = batches.begin(
        session, kind=CONTACTS, table=table(CONTACT | cells), filename="x.csv", by="anna"
    )
    batches.submit(session, batch, by="anna")
    session.commit()
    return batch


def contacts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ContactPoint)) or 0


def test_nobody_releases_what_they_prepared(session: Session) -> None:
    batch = prepared(session)
    with pytest.raises(OwnWork, match="jemand anderes"):
        batches.release(session, batch, by="anna")
    assert (contacts(session), batch.state) == (0, BatchState.PREPARED)
    batches.release(session, batch, by="bernd")
    session.commit()
    assert (contacts(session), batch.state) == (1, BatchState.RELEASED)
    assert (batch.prepared_by, batch.released_by) == ("anna", "bernd")


def test_the_database_itself_demands_four_eyes(session: Session) -> None:
    batch = prepared(session)
    batch.released_by = "anna"
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_batch_waits_until_somebody_releases_it(session: Session) -> None:
    batch = prepared(session)
    assert list(batches.waiting(session)) == [batch]
    batches.release(session, batch, by="bernd")
    assert list(batches.waiting(session)) == []
    with pytest.raises(Conflict, match="ist übernommen"):
        batches.release(session, batch, by="bernd")


def test_columns_are_changed_until_it_is_handed_over(session: Session) -> None:
    build_ground(session)
    rows = {**CONTACT, "Durchwahl": "02372 551-99"}
    batch = batches.begin(session, kind=CONTACTS, table=table(rows), filename="x.csv", by="anna")
    batches.remap(session, batch, {"Durchwahl": "Telefon"})
    plan = batches.submit(session, batch, by="anna")
    assert [getattr(row.draft, "phone", None) for row in plan.rows] == ["02372 551-99"]
    with pytest.raises(Conflict, match="wartet auf Freigabe"):
        batches.remap(session, batch, {"Durchwahl": ""})
    batches.take_back(session, batch)
    batches.remap(session, batch, {"Durchwahl": ""})


def test_a_file_with_mistakes_is_not_handed_over(session: Session) -> None:
    build_ground(session)
    wrong = table(CONTACT | {"Kommune": "Nirgendwo"})
    batch = batches.begin(session, kind=CONTACTS, table=wrong, filename="x.csv", by="anna")
    assert len(batches.planned(session, batch).problems) == 1
    with pytest.raises(WrongRows):
        batches.submit(session, batch, by="anna")
    assert batch.state is BatchState.UPLOADED


def test_a_batch_does_what_it_did_when_it_was_handed_over_or_nothing(session: Session) -> None:
    batch = prepared(session)
    build_contact(session, unit="Ehrenamtsbüro", municipality=None, ags="05962016")
    with pytest.raises(Outdated, match="„Hemer: Ehrenamtsbüro“"):
        batches.release(session, batch, by="bernd")


def test_a_discarded_file_is_erased_at_once(session: Session) -> None:
    batch = prepared(session)
    batches.discard(session, batch, by="anna")
    session.commit()
    session.refresh(batch)
    assert (batch.state, batch.table) == (BatchState.DISCARDED, None)
    with pytest.raises(Conflict, match="schon gelöscht"):
        batches.planned(session, batch)


def test_rows_are_erased_after_thirty_days_and_then_cannot_be_taken_back(session: Session) -> None:
    batch = prepared(session)
    batches.release(session, batch, by="bernd")
    session.commit()
    assert batches.erase_expired(session, now=utc_now() + dt.timedelta(days=29)) == 0
    assert batches.erase_expired(session, now=utc_now() + dt.timedelta(days=31)) == 1
    session.expire_all()
    assert (batch.table, batch.mapping) == (None, None)
    assert [row.fields_before for row in session.scalars(select(ImportRow))] == [None]
    with pytest.raises(NotUndoable, match="zu alt"):
        undo(session, batch, by="bernd")


def test_an_unknown_number_is_said(session: Session) -> None:
    with pytest.raises(NotFound, match="Nummer 7"):
        batches.get_batch(session, 7)
