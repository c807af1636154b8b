"""What cron does again and again."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.config import Settings
from directory.contacts.models import ConfirmationRequest, ContactPoint
from directory.db import db, utc_now
from directory.editorial.chores import CHORES, Chore, run_chores
from directory.errors import Conflict
from directory.mail.models import OutboxMail
from directory.publication import workflow
from directory.publication.models import EntryKind
from tests.commands import done, refused

YEAR_LATER = dt.timedelta(days=366)


def counts(app: Flask) -> tuple[int, int]:
    with app.app_context():
        requests = db.session.scalar(select(func.count()).select_from(ConfirmationRequest))
        letters = db.session.scalar(select(func.count()).select_from(OutboxMail))
    return requests or 0, letters or 0


def run(app: Flask, now: dt.datetime, **options: bool) -> dict[str, int]:
    with app.app_context():
        done = run_chores(db.engine, app.config["DIRECTORY"], now=now, **options)
    assert [one.trouble for one in done] == [""] * len(done)
    return {one.chore.name: one.count for one in done}


def test_running_twice_is_running_once_and_a_dry_run_is_none(any_app: Flask) -> None:
    now = utc_now() + YEAR_LATER
    assert run(any_app, utc_now())["ask"] == 0
    promised = run(any_app, now, dry_run=True)
    assert promised["ask"] > 10
    assert counts(any_app) == (0, 0)
    assert run(any_app, now) == promised
    after = counts(any_app)
    assert after[0] == promised["ask"]
    assert set(run(any_app, now).values()) == {0}
    assert counts(any_app) == after


def test_one_chore_that_fails_stops_no_other(app: Flask) -> None:
    def half_done(session: Session, _settings: Settings, _now: dt.datetime) -> int:
        session.delete(session.scalars(select(ContactPoint)).first())
        session.flush()
        raise RuntimeError("Planted")

    def refused(_session: Session, _settings: Settings, _now: dt.datetime) -> int:
        raise Conflict("Das geht gerade nicht.")

    chores = (Chore("half", "Halb", half_done), Chore("no", "Nein", refused), *CHORES)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(ContactPoint))
        db.session.rollback()
        done = run_chores(
            db.engine, app.config["DIRECTORY"], now=utc_now() + YEAR_LATER, chores=chores
        )
        assert db.session.scalar(select(func.count()).select_from(ContactPoint)) == before
    assert [bool(one.trouble) for one in done[:2]] == [True, True]
    assert done[1].trouble == "Das geht gerade nicht."
    assert {one.chore.name: one.count for one in done}["ask"] > 10


def test_what_was_approved_for_now_appears(app: Flask) -> None:
    with app.app_context():
        contact = db.session.scalars(select(ContactPoint)).first()
        from directory.editorial.kinds import KINDS
        from directory.editorial.publishing import begin_change, submit

        kind = KINDS[EntryKind.CONTACT]
        key = str(contact.id)
        copy = begin_change(db.session, kind, key, by="konto:1")
        workflow.save(
            db.session, copy, {**copy.fields, "phone": "02372 4711"}, seen=1, by="konto:1"
        )
        submit(db.session, copy, by="konto:1")
        moment = utc_now() + dt.timedelta(days=2)
        workflow.schedule(db.session, copy, at=moment, by="konto:2")
        db.session.commit()
        number = contact.id
    assert run(app, utc_now() + dt.timedelta(days=1))["publish"] == 0
    assert run(app, utc_now() + dt.timedelta(days=3))["publish"] == 1
    with app.app_context():
        assert db.session.get_one(ContactPoint, number).phone == "02372 4711"


def test_the_command_says_what_it_did(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["DIRECTORY"]
    dry = done("remind --dry-run", settings.database_url, settings.instance_dir)
    assert "Ansprechstellen um Bestätigung gebeten: 0" in dry
    assert "Nichts davon wurde ausgeführt." in dry

    def fail(*_arguments: object, **_options: object) -> int:
        raise RuntimeError("Planted")

    monkeypatch.setattr("directory.contacts.vouching.ask_due", fail)
    broken = refused("remind", settings.database_url, settings.instance_dir)
    assert "Funktionspostfächer gefragt: 0" in broken
