"""Somebody leaves: the work stays, the name goes."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import String, Text, cast, select
from sqlalchemy.types import JSON

from directory.accounts.models import Account, Role
from directory.accounts.queries import find_by_email
from directory.contacts.models import ContactPoint
from directory.db import Model, begin_write, db
from directory.editorial import handover
from directory.editorial.handover import Wish
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import begin_change, publish, submit
from directory.errors import Conflict
from directory.feedback.hints import Target, leave_hint
from directory.mail.models import OutboxMail
from directory.mail.outbox import Letter, queue
from directory.publication import workflow
from directory.publication.models import EntryKind, Handover, Revision, WorkingCopy
from directory.publication.redaction import without_name
from directory.publication.validation import InvalidEntry
from directory.search.models import FailedQuery
from tests.editorial.test_writing import send
from tests.factories import build_account
from tests.pages import get
from tests.signing_in import signed_in

HEMER = "05962016"
NAME = "Käthe Mustermann-Öztürk"
# Nothing else in the directory holds these letters, which are the same wherever they are kept.
PART = "mustermann"
EMAIL = "kaethe.mustermann@hemer.example"
SUCCESSOR = "nachfolge@hemer.example"


@pytest.fixture
def left(any_app: Flask) -> Flask:
    """Somebody who has left traces wherever one can."""
    leave_traces(any_app)
    return any_app


def leave_traces(app: Flask) -> None:
    with app.app_context():
        begin_write(db.session)
        person = build_account(db.session, email=EMAIL, name=NAME, places=(HEMER,))
        build_account(db.session, email=SUCCESSOR, name="Ehrenamtsbüro", places=(HEMER,))
        kind = KINDS[EntryKind.CONTACT]
        contact = db.session.scalars(
            select(ContactPoint).where(ContactPoint.ags == HEMER).order_by(ContactPoint.id)
        ).first()
        assert contact is not None
        # Published with the name, then changed twice more
        copy = begin_change(db.session, kind, str(contact.id), by=person.actor)
        fields = {
            **copy.fields,
            "person_name": NAME,
            "person_basis": f"Einwilligung von {NAME} vom 03.02.2026",
        }
        workflow.save(db.session, copy, fields, seen=1, by=person.actor)
        submit(db.session, copy, by=person.actor, note=f"Bitte prüfen, {NAME}")
        publish(db.session, copy, by="konto:9999", note=f"Danke, {NAME}!")
        copy = begin_change(db.session, kind, str(contact.id), by=person.actor)
        workflow.save(
            db.session, copy, {**copy.fields, "phone": "02372 4711"}, seen=1, by=person.actor
        )
        workflow.comment(
            db.session, copy, field="phone", words=f"Frag {NAME.upper()}", by="konto:9999"
        )
        # A draft of an example, a hint in work, words that found nothing, letters
        workflow.begin(
            db.session,
            kind=EntryKind.PRACTICE,
            fields={"title": "Neue Idee", "ags": HEMER, "approach": f"Idee von {NAME}."},
            by=person.actor,
            ags=HEMER,
            title="Neue Idee",
        )
        hint = leave_hint(
            db.session,
            Target(EntryKind.CONTACT, str(contact.id), contact.unit, HEMER),
            message=f"{NAME} arbeitet dort nicht mehr.",
            suggestion="",
            reply_to="",
        )
        hint.taken_by = person.actor
        db.session.add(FailedQuery(words=NAME, day=hint.at.date(), count=1))
        queue(
            db.session,
            Letter(to=EMAIL, subject="Einladung", text=f"Guten Tag {NAME}", kind="invitation"),
        )
        queue(
            db.session,
            Letter(
                to=SUCCESSOR,
                subject="Hinweis",
                text="Es schrieb Käthe\nMustermann-Öztürk.",
                kind="probe",
            ),
        )
        db.session.commit()


def account(email: str) -> Account:
    found = find_by_email(db.session, email)
    assert found is not None
    return found


def wish(successor: str | None = SUCCESSOR, **more: object) -> Wish:
    return Wish(
        **{
            "source": account(EMAIL),
            "successor": account(successor) if successor else None,
            "mailbox": "" if successor else "rathaus@hemer.example",
            "name": NAME,
            "closes": True,
            **more,
        }
    )


def do(app: Flask, wanted: Wish) -> Handover:
    return handover.hand_over(
        db.session,
        wanted,
        by="konto:9999",
        settings=app.config["DIRECTORY"],
        seen=handover.plan(db.session, wanted).digest,
    )


def places_of(words: str) -> Iterator[str]:
    """Every column of the database that holds `words`."""
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, JSON | String | Text):
                continue
            found = cast(column, Text).icontains(words, autoescape=True)
            if db.session.execute(select(table).where(found)).first():
                yield f"{table.name}.{column.name}"


def test_the_traces_are_there_before(left: Flask) -> None:
    with left.app_context():
        assert set(places_of(PART)) >= {
            "account.name",
            "contact_point.person_name",
            "contact_point.person_basis",
            "revision.fields",
            "working_copy.fields",
            "working_copy_state.fields",
            "stage_change.note",
            "field_comment.text",
            "feedback_message.message",
            "failed_query.words",
            "outbox_mail.text",
        }


def test_afterwards_the_name_is_in_no_column(left: Flask) -> None:
    with left.app_context():
        begin_write(db.session)
        do(left, wish())
        db.session.commit()
        assert list(places_of(PART)) == []
        assert find_by_email(db.session, EMAIL) is None


def test_the_work_goes_on_with_the_successor(left: Flask) -> None:
    with left.app_context():
        begin_write(db.session)
        actor = account(SUCCESSOR).actor
        before = db.session.scalars(select(Revision.version).order_by(Revision.version)).all()
        record = do(left, wish())
        db.session.commit()
        copies = db.session.scalars(select(WorkingCopy)).all()
        assert {one.author for one in copies} == {actor}
        hint = db.session.scalars(select(handover.FeedbackMessage)).one()
        assert hint.taken_by == actor
        assert record.settled_at is not None
        letters = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "handover")).all()
        assert [one.recipient for one in letters] == [SUCCESSOR]
        after = db.session.scalars(select(Revision.version).order_by(Revision.version)).all()
        assert len(after) == len(before) + 1, "one new state of the entry, all old ones stay"
        # The open copy of that entry can still be published: nothing came in between.
        copy = next(one for one in copies if one.stage.is_open and one.key)
        assert copy.fields["person_name"] is None
        submit(db.session, copy, by=actor)
        publish(db.session, copy, by="konto:9999")


def test_a_new_name_takes_its_place_where_there_is_a_basis(left: Flask) -> None:
    with left.app_context():
        begin_write(db.session)
        do(left, wish(new_name="Frau Neu", new_basis="Einwilligung vom 01.11.2026"))
        named = db.session.scalars(
            select(ContactPoint.person_name).where(ContactPoint.person_name.is_not(None))
        ).all()
        assert named == ["Frau Neu"]
        assert list(places_of(PART)) == []


def test_without_a_successor_the_function_mailbox_takes_over(left: Flask) -> None:
    with left.app_context():
        begin_write(db.session)
        record = do(left, wish(None))
        db.session.commit()
        assert list(places_of(PART)) == []
        assert {one.author for one in db.session.scalars(select(WorkingCopy))} == {record.mailbox}
        assert [one.id for one in handover.unsettled(db.session)] == [record.id]
        letters = select(OutboxMail.recipient).where(OutboxMail.kind == "handover")
        assert db.session.scalars(letters).all() == ["rathaus@hemer.example"]
        with pytest.raises(Conflict):
            handover.settle(db.session, record, None, settings=left.config["DIRECTORY"])
        handover.settle(db.session, record, account(SUCCESSOR), settings=left.config["DIRECTORY"])
        authors = {one.author for one in db.session.scalars(select(WorkingCopy))}
        assert authors == {account(SUCCESSOR).actor}
        assert handover.unsettled(db.session) == []


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [
            tuple(map(repr, row))
            for row in db.session.execute(select(table).order_by(*table.primary_key))
        ]
        for table in Model.metadata.sorted_tables
    }


@pytest.mark.parametrize("step", ["_move", "_take_name_out", "redact", "_tell", "erase_account"])
def test_a_fault_in_the_middle_changes_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    leave_traces(app)

    def fail(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("Planted")

    with app.app_context():
        before = snapshot()
        db.session.rollback()
        begin_write(db.session)
        monkeypatch.setattr(handover, step, fail)
        with pytest.raises(RuntimeError):
            do(app, wish())
        db.session.rollback()
        assert snapshot() == before


def test_the_plan_lists_exactly_what_is_touched_and_counts_once(app: Flask) -> None:
    leave_traces(app)
    with app.app_context():
        todo = handover.plan(db.session, wish())
        assert [(one.kind, one.what) for one in todo.items] == [
            ("Ansprechstelle", "Arbeitsfassung, Entwurf"),
            ("Praxisbeispiel", "Arbeitsfassung, Entwurf"),
            ("Ansprechstelle", "Zuständigkeit für den Eintrag"),
            ("Hinweis", "in Bearbeitung"),
            ("Ansprechstelle", "Name wird entfernt oder ersetzt"),
        ]
        workflow.begin(
            db.session,
            kind=EntryKind.PRACTICE,
            fields={"title": "Noch eine"},
            by=account(EMAIL).actor,
            ags=HEMER,
        )
        with pytest.raises(Conflict, match="Inzwischen"):
            handover.hand_over(
                db.session,
                wish(),
                by="konto:9999",
                settings=app.config["DIRECTORY"],
                seen=todo.digest,
            )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Mai"}, "name"),
        ({"name": "Ehrenamtsbüro"}, "name"),
        ({"successor": None, "mailbox": "kein Postfach"}, "mailbox"),
        ({"new_name": "Frau Neu"}, "new_basis"),
        ({"new_name": f"Dr. {NAME}", "new_basis": "x"}, "new_name"),
        ({"source": None, "name": ""}, "name"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(
    app: Flask, change: dict[str, object], field: str
) -> None:
    leave_traces(app)
    with app.app_context(), pytest.raises(InvalidEntry) as refused:
        handover.checked(wish(**change))
    assert field in refused.value.problems


def test_work_goes_only_to_somebody_who_may_do_it(app: Flask) -> None:
    leave_traces(app)
    with app.app_context():
        begin_write(db.session)
        build_account(db.session, email="bonn@example.org", places=("05314000",))
        with pytest.raises(Conflict, match="schreibt nicht"):
            do(app, wish("bonn@example.org"))


def test_only_the_name_goes_and_only_as_a_whole_word() -> None:
    said = {"a": [f"Von {NAME}.", "x" + NAME, f"{NAME}s"], "b": 7, "c": None}
    assert without_name(said, NAME) == {
        "a": ["Von (entfernt).", "x" + NAME, f"{NAME}s"],
        "b": 7,
        "c": None,
    }


# On the pages ----------------------------------------------------------------------------------


def test_an_editor_hands_over_and_no_page_knows_the_name(app: Flask) -> None:
    leave_traces(app)
    editor = signed_in(app, email=EMAIL)
    reader = app.test_client()
    assert NAME in get(reader, "/kommunen/hemer").text
    form = get(editor, "/redaktion/uebergabe")
    with app.app_context():
        numbers = {one.email: str(one.id) for one in db.session.scalars(select(Account))}
    options = [one["value"] for one in form.all("#von option")]
    assert options == ["", numbers[EMAIL]], "an editor hands over nobody else's work"
    typed = {
        "von": numbers[EMAIL],
        "an": numbers[SUCCESSOR],
        "name": NAME,
        "konto": "1",
    }
    page = send(editor, "/redaktion/uebergabe/vorschau", typed, status=200)
    assert "Noch ist nichts geschehen" in page
    from tests.document import Document

    stand = Document(page).root.one("input[name=stand]")["value"]
    assert NAME in get(reader, "/kommunen/hemer").text
    assert send(editor, "/redaktion/uebergabe", {**typed, "stand": stand}) == "/"

    with app.app_context():
        contact = db.session.scalars(
            select(ContactPoint).where(ContactPoint.ags == HEMER).order_by(ContactPoint.id)
        ).first()
        assert contact is not None
        number = contact.id
    successor = signed_in(app, email=SUCCESSOR)
    history = get(successor, f"/redaktion/ansprechstellen/{number}/verlauf")
    assert "Ansprechperson gewechselt" in history.text
    for client, path in (
        (reader, "/kommunen/hemer"),
        (reader, "/suche?q=Ehrenamt"),
        (reader, "/praxisbeispiele?ort=Hemer"),
        (reader, "/"),
        (successor, f"/redaktion/ansprechstellen/{number}/verlauf"),
        (successor, f"/redaktion/ansprechstellen/{number}/verlauf?stand=2"),
        (successor, f"/redaktion/ansprechstellen/{number}/bestaetigung"),
        (successor, "/redaktion"),
        (successor, "/redaktion/hinweise"),
    ):
        shown = client.get(path).text
        assert "mustermann" not in shown.lower(), path
    assert "Neue Idee" in get(successor, "/redaktion").text


def test_an_editor_cannot_hand_over_somebody_else(app: Flask) -> None:
    leave_traces(app)
    other = signed_in(app, email=SUCCESSOR)
    with app.app_context():
        number = str(account(EMAIL).id)
    typed = {"von": number, "an": "", "postfach": "a@hemer.example"}
    send(other, "/redaktion/uebergabe/vorschau", typed, status=403)
    send(other, "/redaktion/uebergabe", typed, status=403)


def test_an_editor_learns_of_nobody_elsewhere(app: Flask) -> None:
    leave_traces(app)
    editor = signed_in(app, email=EMAIL)
    with app.app_context():
        begin_write(db.session)
        stranger = build_account(db.session, email="bonn@example.org", places=("05314000",))
        db.session.commit()
        typed = {"von": str(account(EMAIL).id), "an": str(stranger.id)}
    send(editor, "/redaktion/uebergabe/vorschau", typed, status=403)


def test_an_editor_elsewhere_takes_no_name_out_of_foreign_entries(app: Flask) -> None:
    leave_traces(app)
    elsewhere = signed_in(app, places=("05314000",))
    page = send(elsewhere, "/redaktion/uebergabe/vorschau", {"name": NAME}, status=200)
    assert "Keine Entwürfe, keine Einträge, keine Hinweise." in page


def test_a_single_name_is_withdrawn_at_the_contact(app: Flask) -> None:
    leave_traces(app)
    office = signed_in(app, Role.REVIEWER, ())
    with app.app_context():
        number = db.session.scalars(
            select(ContactPoint.id).where(ContactPoint.person_name == NAME)
        ).one()
    page = get(office, f"/redaktion/ansprechstellen/{number}/bestaetigung")
    fields = page.fields("/redaktion/uebergabe/vorschau")
    assert fields["name"] == NAME
    from tests.document import Document

    shown = Document(send(office, "/redaktion/uebergabe/vorschau", fields, status=200)).root
    send(
        office,
        "/redaktion/uebergabe",
        {"name": NAME, "stand": shown.one("input[name=stand]")["value"]},
    )
    with app.app_context():
        assert set(places_of(PART)) == {
            "account.name",
            "account.email",
            "outbox_mail.recipient",
        }, "the person still has an account"
        assert find_by_email(db.session, EMAIL) is not None


def test_the_office_finds_a_successor_later(app: Flask) -> None:
    leave_traces(app)
    with app.app_context():
        begin_write(db.session)
        do(app, wish(None))
        db.session.commit()
        number = str(account(SUCCESSOR).id)
    office = signed_in(app, Role.REVIEWER, ())
    task = get(office, "/redaktion").all(".task__link")[-1]
    assert task.text == "Nachfolge regeln"
    assert "Neue Idee" in get(office, task["href"]).text
    send(office, task["href"], {"an": number})
    assert "Nachfolge regeln" not in get(office, "/redaktion").text
    assert "Geregelt am" in get(office, task["href"]).text
