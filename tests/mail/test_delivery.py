"""Delivery: each letter once, whoever dies, hangs or refuses in between."""

import datetime as dt
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.config import MailRoute
from directory.db import begin_write, create_database_engine, utc_now
from directory.mail import delivery, outbox
from directory.mail.delivery import CLAIM, WAITS, deliver_due
from directory.mail.messages import Sender
from directory.mail.models import MailState, OutboxMail
from directory.mail.outbox import KEEP_LETTERS, Letter, queue
from directory.mail.transports import SmtpTransport, transport_for
from tests.mail.smtp import Postbox, free_port, mail_server

ROOT = Path(__file__).parents[2]
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_database_engine(database_url)
    yield engine
    engine.dispose()


def put(engine: Engine, count: int = 1, **given: Any) -> dt.datetime:
    """Queue `count` letters; gives the moment they are due."""
    with Session(engine) as session:
        begin_write(session)
        for number in range(count):
            fields = {
                "to": f"rat{number}@example.org",
                "subject": f"Nachricht {number}",
                "text": "Guten Tag",
                "kind": "test",
            } | given
            queue(session, Letter(**fields))
        session.commit()
    return utc_now()


def only(engine: Engine) -> OutboxMail:
    with Session(engine) as session:
        (mail,) = outbox.latest(session)
        session.expunge(mail)
        return mail


def test_letters_are_sent_and_marked(engine: Engine) -> None:
    now = put(engine, 3)
    postbox = Postbox()
    with mail_server(postbox) as address:
        transport = transport_for(f"smtp://{address}")
        assert deliver_due(engine, transport, now=now).sent == 3
        assert deliver_due(engine, transport, now=now).sent == 0
    assert [one.message["Subject"] for one in postbox.letters] == [
        "Nachricht 0",
        "Nachricht 1",
        "Nachricht 2",
    ]
    with Session(engine) as session:
        assert [mail.sent_at for mail in outbox.latest(session)] == [now] * 3
        assert outbox.waiting(session) == []


def test_letter_waits_for_its_day(engine: Engine) -> None:
    tomorrow = utc_now() + dt.timedelta(days=1)
    put(engine, not_before=tomorrow)
    transport = transport_for("null:")
    assert deliver_due(engine, transport, now=tomorrow - SECOND).sent == 0
    assert deliver_due(engine, transport, now=tomorrow).sent == 1


def test_server_down_then_up(engine: Engine) -> None:
    """The outbox keeps and retries, later and later; each letter arrives once."""
    now = put(engine, 2)
    port = free_port()
    transport = transport_for(f"smtp://127.0.0.1:{port}")
    report = deliver_due(engine, transport, now=now)
    # One letter told us; the other need not find out.
    assert (report.sent, report.postponed) == (0, 1)
    assert "nicht erreichbar" in (report.trouble or "")
    assert deliver_due(engine, transport, now=now).postponed == 1
    assert deliver_due(engine, transport, now=now + WAITS[0] - SECOND).postponed == 0
    postbox = Postbox()
    with mail_server(postbox, port=port):
        assert deliver_due(engine, transport, now=now + WAITS[0]).sent == 2
        assert deliver_due(engine, transport, now=now + WAITS[-1] * 20).sent == 0
    assert sorted(one.recipients[0] for one in postbox.letters) == [
        "rat0@example.org",
        "rat1@example.org",
    ]


def test_server_that_stays_away_is_given_up_on_after_three_days(engine: Engine) -> None:
    start = now = put(engine)
    transport = transport_for(f"smtp://127.0.0.1:{free_port()}")
    tries = 0
    while (mail := only(engine)).given_up_at is None:
        tries += 1
        now = max(now, mail.next_try_at)
        deliver_due(engine, transport, now=now)
    assert tries == len(WAITS) + 1
    assert dt.timedelta(days=2, hours=12) < now - start < dt.timedelta(days=3, hours=12)
    assert "nicht erreichbar" in (mail.last_error or "")
    with Session(engine) as session:
        assert len(outbox.failed(session)) == 1
    assert deliver_due(engine, transport, now=now + WAITS[-1]).postponed == 0


def test_letter_that_was_refused_to_the_end_is_given_up_and_not_unclear(engine: Engine) -> None:
    now = put(engine)
    postbox = Postbox(data=["452 4.3.1 full"] * 20)
    with mail_server(postbox) as address:
        for _ in range(len(WAITS) + 1):
            deliver_due(engine, transport_for(f"smtp://{address}"), now=now)
            now += WAITS[-1]
    assert only(engine).state == MailState.GIVEN_UP


def test_temporary_refusal_is_repeated_with_the_same_message_id(engine: Engine) -> None:
    now = put(engine)
    postbox = Postbox(rcpt=["451 4.7.1 greylisted"], data=["452 4.3.1 full"])
    with mail_server(postbox) as address:
        transport = transport_for(f"smtp://{address}")
        assert deliver_due(engine, transport, now=now).postponed == 1
        now += WAITS[0]
        # This time the letter was handed over, and the server said no: no doubt is left.
        assert deliver_due(engine, transport, now=now).postponed == 1
        assert only(engine).handed_over_at is None
        assert deliver_due(engine, transport, now=now + WAITS[1]).sent == 1
    (letter,) = postbox.letters
    assert letter.message["Message-ID"] == f"<{only(engine).message_id}@localhost>"
    assert only(engine).last_error is None


def test_refused_recipient_is_undeliverable_at_once(engine: Engine) -> None:
    now = put(engine, reference="contact:17")
    told: list[str | None] = []
    postbox = Postbox(rcpt=["550 5.1.1 <rat0@example.org> unknown"])

    def tell(session: Session, mail: OutboxMail) -> None:
        assert session.get(OutboxMail, mail.id) is mail
        told.append(mail.reference)

    with mail_server(postbox) as address:
        transport = transport_for(f"smtp://{address}")
        report = deliver_due(engine, transport, now=now, on_undeliverable=tell)
        assert (report.given_up, report.undeliverable) == (1, 1)
        assert deliver_due(engine, transport, now=now + WAITS[-1]).sent == 0
    assert told == ["contact:17"]
    mail = only(engine)
    assert (mail.bounce_status, mail.is_undeliverable, mail.given_up_at) == ("5.1.1", True, now)
    assert "rat0" not in (mail.last_error or "")
    with Session(engine) as session:
        assert outbox.undeliverable(session, "contact:17") is not None


def test_refusal_of_one_letter_does_not_hold_up_the_next(engine: Engine) -> None:
    now = put(engine, 3)
    postbox = Postbox(rcpt=["550 5.1.1 unknown"])
    with mail_server(postbox) as address:
        report = deliver_due(engine, transport_for(f"smtp://{address}"), now=now)
    assert (report.sent, report.given_up) == (2, 1)
    assert report.summary() == "2 Nachrichten gesendet, 1 aufgegeben, davon 1 unzustellbar."


def test_server_that_takes_the_letter_and_hangs(engine: Engine) -> None:
    """Nobody knows whether it arrives: it is shown to the desk and never sent by itself again."""
    now = put(engine)
    given_up = threading.Event()
    postbox = Postbox(on_data=lambda: given_up.wait(30))
    with mail_server(postbox) as address:
        # Long enough for the letter to be handed over on a busy machine.
        transport = SmtpTransport(Sender(), MailRoute.from_url(f"smtp://{address}"), 2)
        report = deliver_due(engine, transport, now=now)
        given_up.set()
        assert (report.given_up, report.undeliverable) == (1, 0)
        assert deliver_due(engine, transport, now=now + WAITS[-1] * 20).sent == 0
    assert len(postbox.letters) == 1
    assert "nicht bekannt" in (only(engine).last_error or "")
    assert only(engine).state == MailState.UNCLEAR


class Killed(BaseException):
    """The process ends here."""


class Deadly:
    """A transport during which the process dies, before or after the letter was handed over."""

    sender = Sender()

    def __init__(self, *, after: bool) -> None:
        self.after = after
        self.carried: list[EmailMessage] = []

    def carry(self, message: EmailMessage, *, handing_over: Any, **_: Any) -> None:
        if self.after:
            handing_over()
            self.carried.append(message)
        raise Killed


def test_killed_before_the_letter_was_handed_over(engine: Engine) -> None:
    now = put(engine)
    with pytest.raises(Killed):
        deliver_due(engine, Deadly(after=False), now=now)
    transport = transport_for("null:")
    assert deliver_due(engine, transport, now=now + CLAIM - SECOND).sent == 0
    assert deliver_due(engine, transport, now=now + CLAIM).sent == 1


def test_killed_between_send_and_mark(engine: Engine) -> None:
    now = put(engine)
    deadly = Deadly(after=True)
    with pytest.raises(Killed):
        deliver_due(engine, deadly, now=now)
    for later in (CLAIM - SECOND, CLAIM, CLAIM * 1000):
        assert deliver_due(engine, transport_for("null:"), now=now + later).sent == 0
    assert len(deadly.carried) == 1
    with Session(engine) as session:
        begin_write(session)
        (mail,) = outbox.failed(session)
        assert mail.last_error == delivery.INTERRUPTED
        # Whoever has asked the recipient decides.
        outbox.try_again(session, mail)
        session.commit()
    assert deliver_due(engine, transport_for("null:")).sent == 1


def test_letter_that_kills_every_process_is_given_up(engine: Engine) -> None:
    now = put(engine)
    for _ in range(len(WAITS) + 1):
        with pytest.raises(Killed):
            deliver_due(engine, Deadly(after=False), now=now)
        now += WAITS[-1]
    assert deliver_due(engine, transport_for("null:"), now=now).sent == 0
    assert only(engine).last_error == delivery.EXHAUSTED


def test_slow_worker_whose_claim_ran_out_does_not_send(engine: Engine) -> None:
    """It finds out at the point of no return that somebody else has the letter."""
    now = put(engine)

    class Slow:
        sender = Sender()
        carried = 0

        def carry(self, _message: EmailMessage, *, handing_over: Any, **_: Any) -> None:
            deliver_due(engine, transport_for("null:"), now=now + CLAIM)
            handing_over()
            self.carried += 1

    slow = Slow()
    assert deliver_due(engine, slow, now=now).sent == 0
    assert slow.carried == 0
    assert only(engine).sent_at == now + CLAIM


def test_several_workers_at_once_send_each_letter_once(engine: Engine) -> None:
    put(engine, 24)
    postbox = Postbox()
    with mail_server(postbox) as address:
        transport = transport_for(f"smtp://{address}")
        reports: list[int] = []
        threads = [
            threading.Thread(target=lambda: reports.append(deliver_due(engine, transport).sent))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(reports) == 24
    assert len(reports) == 4
    assert sorted(one.recipients[0] for one in postbox.letters) == sorted(
        f"rat{number}@example.org" for number in range(24)
    )


PROCESS = """
import sys
from directory.db import create_database_engine
from directory.mail.delivery import deliver_due
from directory.mail.transports import transport_for
print(deliver_due(create_database_engine(sys.argv[1]), transport_for(sys.argv[2])).sent)
"""


@pytest.mark.slow
def test_processes_killed_at_random_never_double_and_never_lose_a_letter_silently(
    engine: Engine, database_url: str
) -> None:
    """Processes die by `kill -9` while letters are on their way: what is unsure is shown."""
    put(engine, 40)
    postbox = Postbox()
    with mail_server(postbox) as address:
        command = [sys.executable, "-c", PROCESS, database_url, f"smtp://{address}"]
        for _ in range(3):
            processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
            begun, patience = len(postbox.letters), time.monotonic() + 20
            while len(postbox.letters) < begun + 5 and time.monotonic() < patience:
                time.sleep(0.005)
            for process in processes:
                process.kill()
                process.wait()
        later = utc_now() + CLAIM * 2
        deliver_due(engine, transport_for(f"smtp://{address}"), now=later)
        deliver_due(engine, transport_for(f"smtp://{address}"), now=later + WAITS[-1])
    arrived = [one.recipients[0] for one in postbox.letters]
    assert len(arrived) == len(set(arrived))
    with Session(engine) as session:
        assert outbox.waiting(session) == []
        unclear = {mail.recipient for mail in outbox.failed(session)}
    assert set(arrived) | unclear == {f"rat{number}@example.org" for number in range(40)}
    assert len(unclear) <= 6


def test_what_was_said_is_erased_by_and_by(engine: Engine) -> None:
    now = put(engine)
    deliver_due(engine, transport_for("null:"), now=now)
    deliver_due(engine, transport_for("null:"), now=now + KEEP_LETTERS + SECOND)
    mail = only(engine)
    assert (mail.recipient, mail.subject, mail.text) == ("", "", "")
    assert mail.sent_at == now
