"""Somebody outside says what is out of date, and gets an answer."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.accounts.models import Role
from directory.contacts.models import ContactPoint
from directory.db import begin_write, db
from directory.feedback.models import FeedbackMessage
from directory.mail.models import OutboxMail
from tests.editorial.test_writing import send
from tests.pages import get, post
from tests.signing_in import signed_in

PATH = "/hinweis?zu=municipality:05962016"
START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
TYPED = {
    "message": "Das Büro ist umgezogen.",
    "suggestion": "Rathaus, Zimmer 12",
    "reply_to": "leserin@example.org",
}


def at(app: Flask, seconds: float) -> None:
    app.config["CLOCK"] = lambda: START + dt.timedelta(seconds=seconds)


def opened(app: Flask, client: FlaskClient, path: str = PATH) -> dict[str, str]:
    """The fields of a form that a person has read for some seconds."""
    at(app, 0)
    fields = get(client, path).fields(path)
    at(app, 20)
    return fields


def leave(app: Flask, client: FlaskClient, path: str = PATH, **more: str) -> str:
    """Leave a hint; returns its receipt number."""
    answer = client.post(path, data={**opened(app, client, path), **TYPED, **more})
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("=")[2]


def kept(app: Flask) -> list[FeedbackMessage]:
    with app.app_context():
        return list(db.session.scalars(select(FeedbackMessage).order_by(FeedbackMessage.id)))


@pytest.mark.parametrize(
    "path",
    [
        "/praxisbeispiele/aachen-buero-fuer-ehrenamt-mit-verbindlichen-leitlinien",
        "/kommunen/hemer",
        "/themen/vernetzung",
        "/veranstaltungen/kongress-2015",
        "/materialien",
    ],
)
def test_every_entry_asks_whether_it_is_out_of_date(client: FlaskClient, path: str) -> None:
    links = get(client, path).all("main a.outdated")
    assert links
    for one in links[:4]:
        assert get(client, one["href"]).h1 == "Angabe veraltet?"


def test_contact_cards_ask_as_well(client: FlaskClient) -> None:
    page = get(client, "/kommunen/hemer")
    assert page.one("#ansprechstellen a.outdated")["href"].startswith("/hinweis?zu=contact:")


@pytest.mark.parametrize("zu", ["", "practice:", "practice:gibt-es-nicht", "x:y", "contact:²"])
def test_a_hint_needs_an_entry(client: FlaskClient, zu: str) -> None:
    get(client, f"/hinweis?zu={zu}", status=404)


def test_a_hint_gets_a_receipt_and_a_state(app: Flask) -> None:
    client = app.test_client()
    receipt = leave(app, client)
    page = get(client, f"/barrierefreiheit/eingang?nummer={receipt}")
    assert receipt in page.text
    assert "umgezogen" not in page.text
    (hint,) = kept(app)
    assert (hint.entry_key, hint.ags, hint.reply_to) == (
        "05962016",
        "05962016",
        "leserin@example.org",
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"message": ""}, "message"),
        ({"reply_to": "niemand"}, "reply_to"),
        ({"suggestion": "x" * 5001}, "suggestion"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    app: Flask, change: dict[str, str], field: str
) -> None:
    client = app.test_client()
    page = post(client, PATH, {**opened(app, client), **TYPED, **change}, status=422)
    assert page.one(f"#{field}")["aria-invalid"] == "true"
    assert kept(app) == []


def test_machines_are_too_fast_too_old_or_too_curious(app: Flask) -> None:
    client = app.test_client()
    fields = {**opened(app, client), **TYPED}
    at(app, 2)
    fast = post(client, PATH, fields, status=422)
    assert "sehr schnell" in fast.text
    assert fast.one("#suggestion").text == TYPED["suggestion"]
    at(app, 13 * 3600)
    post(client, PATH, fields, status=422)
    at(app, 20)
    post(client, PATH, {**fields, "website": "https://spam.example"}, status=422)
    moment, _, signature = fields["gezeigt"].partition(".")
    for forged in ("", f"{int(moment) - 9}.{signature}", "1.x", "²." + signature):
        post(client, PATH, {**fields, "gezeigt": forged}, status=422)
    assert kept(app) == []
    # The new form that came with the refusal works once a person has read it.
    again = {**fast.fields(PATH), **TYPED}
    at(app, 30)
    assert client.post(PATH, data=again).status_code == 303


def test_one_visitor_cannot_flood_and_leaves_no_address_behind(app: Flask) -> None:
    client = app.test_client()
    for _ in range(10):
        leave(app, client, reply_to="")
    fields = {**opened(app, client), **TYPED}
    refused = client.post(PATH, data=fields)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    other = client.post(PATH, data=fields, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert other.status_code == 303
    with app.app_context():
        from directory.accounts.models import Attempt

        subjects = db.session.scalars(select(Attempt.subject)).all()
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in subjects)


def test_the_editors_of_the_place_take_it_up_and_answer(app: Flask) -> None:
    client = app.test_client()
    with app.app_context():
        number = db.session.scalars(
            select(ContactPoint.id).where(ContactPoint.ags == "05962016")
        ).first()
    receipt = leave(app, client, f"/hinweis?zu=contact:{number}")
    editor = signed_in(app)
    task = get(editor, "/redaktion").one(".task__link")
    assert task.text.startswith("Hinweis zu „")
    detail = task["href"]
    assert "Rathaus, Zimmer 12" in get(editor, detail).text
    copy = send(editor, detail + "/aufgreifen", {})
    beside = get(editor, copy)
    assert "Das Büro ist umgezogen." in beside.text
    assert beside.link(f"Hinweis {receipt} beantworten") == detail

    refused = send(editor, detail + "/antwort", {"outcome": "declined"}, status=422)
    assert "warum Sie den Hinweis ablehnen" in refused
    send(
        editor, detail + "/antwort", {"outcome": "declined", "reply": "Der Umzug kommt erst 2027."}
    )
    assert not get(editor, "/redaktion").has(".task__link")
    state = get(client, f"/barrierefreiheit/eingang?nummer={receipt}")
    assert "abgelehnt" in state.text
    assert "Der Umzug kommt erst 2027." in state.text
    (hint,) = kept(app)
    assert hint.reply_to is None
    with app.app_context():
        mail = db.session.scalars(select(OutboxMail).where(OutboxMail.kind == "hint-answer")).one()
    assert mail.recipient == "leserin@example.org"
    assert "Der Umzug kommt erst 2027." in mail.text
    send(editor, detail + "/antwort", {"outcome": "done"}, status=409)


def test_without_an_address_nobody_gets_a_letter(app: Flask) -> None:
    leave(app, app.test_client(), reply_to="")
    editor = signed_in(app)
    detail = get(editor, "/redaktion/hinweise").link("Hemer")
    send(editor, detail + "/antwort", {"outcome": "done"})
    with app.app_context():
        letters = select(OutboxMail).where(OutboxMail.kind == "hint-answer")
        assert db.session.scalars(letters).all() == []


def test_hints_are_for_those_who_keep_the_entry(app: Flask) -> None:
    client = app.test_client()
    leave(app, client)
    leave(app, client, "/hinweis?zu=topic:vernetzung")
    elsewhere, editor = signed_in(app, places=("05314000",)), signed_in(app)
    office = signed_in(app, Role.REVIEWER, ())

    def titles(of: FlaskClient) -> list[str]:
        return [one.text for one in get(of, "/redaktion/hinweise").all(".desk-list__title")]

    assert titles(elsewhere) == []
    assert titles(editor) == ["Hemer"]
    assert titles(office) == ["Hemer", "Vernetzung"]
    detail = get(editor, "/redaktion/hinweise").link("Hemer")
    get(elsewhere, detail, status=403)
    send(elsewhere, detail + "/antwort", {"outcome": "done"}, status=403)
    send(elsewhere, detail + "/aufgreifen", {}, status=403)
    topic = get(office, "/redaktion/hinweise").link("Vernetzung")
    send(office, topic + "/aufgreifen", {}, status=409)


def test_the_command_leaves_hints_to_the_desk(app: Flask) -> None:
    from directory.errors import Conflict
    from directory.feedback.operations import close_message
    from directory.feedback.queries import open_messages

    leave(app, app.test_client())
    with app.app_context():
        begin_write(db.session)
        assert open_messages(db.session) == []
        with pytest.raises(Conflict):
            close_message(db.session, db.session.scalars(select(FeedbackMessage)).one())
