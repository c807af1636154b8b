"""The postman: letters go out after the answer, and nobody waits for them."""

import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from directory.db import begin_write, db
from directory.mail import outbox, postman
from directory.mail.delivery import ROUND
from directory.mail.messages import Sender
from directory.mail.outbox import Letter, queue
from directory.mail.postman import Postman
from tests.mail.smtp import seconds_of


class Gate:
    """A transport that lets letters pass when it is opened."""

    sender = Sender()

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.opened = threading.Event()
        self.letters: list[str] = []

    def carry(self, message: EmailMessage, **_: Any) -> None:
        self.arrived.set()
        assert self.opened.wait(10)
        self.letters.append(str(message["Subject"]))


def put(app: Flask, subject: str) -> None:
    with app.app_context(), Session(db.engine) as session:
        begin_write(session)
        queue(session, Letter(to="a@example.org", subject=subject, text="Text", kind="test"))
        session.commit()


def with_gate(app: Flask) -> tuple[Gate, Postman]:
    gate = Gate()
    app.config["DELIVER_MAIL"] = True
    man: Postman = app.extensions["postman"]
    man._transport = gate  # noqa: SLF001
    return gate, man


def waiting(app: Flask) -> list[str]:
    with app.app_context(), Session(db.engine) as session:
        return [mail.subject for mail in outbox.waiting(session)]


def post(app: Flask) -> Callable[[], object]:
    return lambda: app.test_client().post("/barrierefreiheit", data={"message": ""}, buffered=True)


def test_no_request_waits_for_the_mail_server(any_app: Flask) -> None:
    gate, man = with_gate(any_app)
    put(any_app, "eins")
    assert seconds_of(post(any_app)) < 3
    assert gate.arrived.wait(10)
    # The server hangs; the next visitors notice nothing of it and start no second conversation.
    assert seconds_of(post(any_app)) < 3
    threads = [thread for thread in threading.enumerate() if thread.name == "postman"]
    assert len(threads) == 1
    gate.opened.set()
    man.wait(10)
    assert gate.letters == ["eins"]
    assert waiting(any_app) == []


def test_what_was_written_meanwhile_goes_out_too(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(postman, "_PAUSE_SECONDS", 0.0)
    gate, man = with_gate(app)
    put(app, "eins")
    post(app)()
    assert gate.arrived.wait(10)
    put(app, "zwei")
    post(app)()
    gate.opened.set()
    man.wait(10)
    assert gate.letters == ["eins", "zwei"]


def test_more_than_one_round_goes_out_without_another_visitor(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr(postman, "_PAUSE_SECONDS", 0.0)
    gate, man = with_gate(app)
    gate.opened.set()
    for number in range(ROUND + 3):
        put(app, f"{number}")
    post(app)()
    man.wait(30)
    assert len(gate.letters) == ROUND + 3


def test_reading_wakes_the_postman_once_a_minute(app: Flask, monkeypatch: Any) -> None:
    gate, man = with_gate(app)
    gate.opened.set()
    put(app, "eins")
    app.test_client().get("/ueber", buffered=True)
    assert not gate.arrived.is_set()
    monkeypatch.setattr(postman, "_LOOK_EVERY_SECONDS", 0.0)
    app.test_client().get("/ueber", buffered=True)
    man.wait(10)
    assert gate.letters == ["eins"]


def test_trouble_with_the_database_is_logged_and_the_next_round_tries_again(
    app: Flask, caplog: Any, monkeypatch: Any
) -> None:
    from sqlalchemy import text

    monkeypatch.setattr(postman, "_PAUSE_SECONDS", 0.0)
    gate, man = with_gate(app)
    gate.opened.set()
    put(app, "eins")
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE outbox_mail RENAME TO away"))
    post(app)()
    man.wait(10)
    assert "Could not deliver mail" in caplog.text
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO outbox_mail"))
    post(app)()
    man.wait(10)
    assert gate.letters == ["eins"]
