"""The desk writes one letter a day at most, and only when there is something to say."""

import datetime as dt
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from directory.accounts.models import Account, Role
from directory.accounts.queries import find_by_email
from directory.db import db
from directory.editorial import notices
from directory.mail.models import OutboxMail
from directory.publication import workflow
from directory.publication.models import EntryKind, WorkingCopy
from directory.subscriptions.models import DeskNotice, DeskRhythm
from tests.factories import build_account, build_municipality
from tests.pages import get
from tests.signing_in import signed_in, token
from tests.subscriptions.desk import SETTINGS, day

SEND_BACK, PUBLISH, SUBMIT = workflow.SEND_BACK, workflow.PUBLISH, workflow.SUBMIT


@pytest.fixture
def editor(session: Session) -> Account:
    build_municipality(session, ags="05962016", name="Hemer")
    return build_account(session, email="editor@example.org")


@pytest.fixture
def reviewer(session: Session) -> Account:
    return build_account(session, role=Role.REVIEWER, email="reviewer@example.org")


def begin(session: Session, author: Account, title: str, at: dt.datetime) -> WorkingCopy:
    """A copy that its author hands in."""
    copy = workflow.begin(
        session, kind=EntryKind.PRACTICE, fields={"title": title}, by=author.actor, title=title
    )
    step(session, copy, SUBMIT, author, at)
    return copy


def step(
    session: Session,
    copy: WorkingCopy,
    taken: workflow.Step,
    by: Account,
    at: dt.datetime,
    note: str | None = None,
) -> None:
    change = workflow.take(session, copy, taken, by=by.actor, note=note)
    change.at = at
    if taken is SUBMIT:
        copy.submitted_at = at
    session.commit()


def send(session: Session, at: dt.datetime) -> Sequence[OutboxMail]:
    """Run the chore; returns what it wrote."""
    session.commit()
    before = set(session.scalars(select(OutboxMail.id)))
    session.commit()
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    count = notices.send_due(bind, SETTINGS, now=at)
    mails = session.scalars(select(OutboxMail).where(OutboxMail.id.not_in(before))).all()
    session.commit()
    assert len(mails) == count
    return mails


@pytest.mark.usefixtures("reviewer")
def test_reviewer_hears_once_of_all_that_waits(session: Session, editor: Account) -> None:
    copies = [begin(session, editor, f"Beispiel {n}", day(n / 100)) for n in range(10)]
    (mail,) = send(session, day(1))
    assert (mail.recipient, mail.subject) == (
        "reviewer@example.org",
        "Redaktion: 10 Einträge warten auf Prüfung",
    )
    for copy in copies:
        assert f"https://verzeichnis.example.org/redaktion/pruefung/{copy.id}\n" in mail.text
    assert "Beispiel 7 (Praxisbeispiel, eingereicht am 02.11.2026)" in mail.text
    assert send(session, day(1)) == []
    assert send(session, day(1.2)) == []


def test_what_lies_longer_is_recalled_once_a_week(
    session: Session, editor: Account, reviewer: Account
) -> None:
    copy = begin(session, editor, "Bürgerrat", day(0))
    letters = [len(send(session, day(number))) for number in range(1, 16)]
    assert letters == [1, *[0] * 6, 1, *[0] * 6, 1]
    step(session, copy, PUBLISH, reviewer, day(15.5))
    assert [one.recipient for one in send(session, day(22))] == ["editor@example.org"]
    assert send(session, day(29)) == []


def test_author_hears_what_became_of_it(
    session: Session, editor: Account, reviewer: Account
) -> None:
    returned = begin(session, editor, "Bürgerrat", day(0))
    step(session, returned, SEND_BACK, reviewer, day(0.1), "Wer war\nbeteiligt?")
    published = begin(session, editor, "Vereinstag", day(0))
    step(session, published, PUBLISH, reviewer, day(0.2))
    (mail,) = send(session, day(1))
    assert mail.recipient == "editor@example.org"
    assert mail.subject == "Redaktion: Neues zu 2 Einträgen von Ihnen"
    assert "- Bürgerrat: zurückgegeben, weil: Wer war beteiligt?\n" in mail.text
    assert f"/redaktion/fassungen/{returned.id}\n" in mail.text
    assert "- Vereinstag: veröffentlicht\n" in mail.text
    (later,) = send(session, day(8))
    assert "Vereinstag" not in later.text


def test_returned_and_handed_in_again_is_no_news_for_its_author(
    session: Session, editor: Account, reviewer: Account
) -> None:
    copy = begin(session, editor, "Bürgerrat", day(0))
    step(session, copy, SEND_BACK, reviewer, day(0.1), "Wer war beteiligt?")
    step(session, copy, SUBMIT, editor, day(0.2))
    assert [one.recipient for one in send(session, day(1))] == ["reviewer@example.org"]


def test_nobody_is_told_of_their_own_steps(session: Session, reviewer: Account) -> None:
    begin(session, reviewer, "Bürgerrat", day(0))
    assert send(session, day(1)) == []


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (DeskRhythm.DAILY, [1, 1, 1, 1, 1, 1, 1, 1]),
        (DeskRhythm.WEEKLY, [1, 0, 0, 0, 0, 0, 0, 1]),
        (DeskRhythm.NONE, [0, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_everybody_decides_how_often(
    session: Session,
    editor: Account,
    reviewer: Account,
    rhythm: DeskRhythm,
    expected: list[int],
) -> None:
    notices.set_rhythm(session, reviewer, rhythm)
    found = []
    for number in range(8):
        begin(session, editor, f"Beispiel {number}", day(number + 0.5))
        found.append(len(send(session, day(number + 1))))
    assert found == expected


def test_who_has_left_or_not_joined_gets_nothing(
    session: Session, editor: Account, reviewer: Account
) -> None:
    begin(session, editor, "Bürgerrat", day(0))
    reviewer.active = False
    assert send(session, day(1)) == []
    reviewer.active, reviewer.joined_at = True, None
    assert send(session, day(1)) == []


def test_erased_account_takes_its_choice_along(session: Session, reviewer: Account) -> None:
    notices.set_rhythm(session, reviewer, DeskRhythm.NONE)
    session.commit()
    session.delete(reviewer)
    session.commit()
    assert session.scalars(select(DeskNotice)).all() == []


def test_the_page_keeps_what_is_chosen(app: Flask) -> None:
    path = "/redaktion/benachrichtigungen"
    client = signed_in(app, email="jemand@example.org")
    page = get(client, path)
    assert page.fields(path)["rhythm"] == "daily"
    data = {"csrf_token": token(client, path), "rhythm": "none"}
    assert client.post(path, data=data).status_code == 303
    assert get(client, path).fields(path)["rhythm"] == "none"
    assert client.post(path, data={**data, "rhythm": "x"}).status_code == 422
    assert app.test_client().get(path).status_code == 303
    with app.app_context():
        account = find_by_email(db.session, "jemand@example.org")
        assert account is not None
        assert notices.rhythm_of(db.session, account) is DeskRhythm.NONE


def test_addresses_in_letters_are_those_of_the_pages(app: Flask) -> None:
    with app.test_request_context():
        assert app.url_for("desk_review.copy", copy_id=7) == "/redaktion/pruefung/7"
        assert app.url_for("desk_copies.edit", copy_id=7) == "/redaktion/fassungen/7"
        assert app.url_for("desk_notices.settings") == "/redaktion/benachrichtigungen"
        assert app.url_for("practices.detail", slug="a-b") == "/praxisbeispiele/a-b"
        assert app.url_for("events.detail", slug="a-b") == "/veranstaltungen/a-b"
