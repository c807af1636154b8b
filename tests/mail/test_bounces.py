"""Letters that come back: honest notifications are understood, hostile ones cost nothing."""

import contextlib
import random

import pytest
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import DirectoryError
from directory.mail import outbox
from directory.mail.bounces import (
    LARGEST_BYTES,
    Bounce,
    UnreadableBounce,
    read_bounce,
    record_bounce,
)
from directory.mail.models import MailState, OutboxMail
from directory.mail.outbox import Letter, queue
from tests.mail.notifications import (
    ABSENCE_NOTE,
    EXCHANGE,
    EXIM,
    MESSAGE_ID,
    QMAIL,
    TOKEN,
    report,
    wrapped,
)
from tests.mail.smtp import seconds_of

DEAD = Bounce(token=TOKEN, message_id=MESSAGE_ID, status="5.1.1", permanent=True)


@pytest.mark.parametrize(
    ("raw", "bounce"),
    [
        (report(), DEAD),
        (report().replace(b"\r\n", b"\n"), DEAD),
        (
            report(to="netz@verzeichnis.example"),
            Bounce(token=None, message_id=MESSAGE_ID, status="5.1.1", permanent=True),
        ),
        (
            report(message_id="somebody-else"),
            Bounce(token=TOKEN, message_id=None, status="5.1.1", permanent=True),
        ),
        (report(status="", diagnostic="smtp; 550 5.1.1 unknown"), DEAD),
        (
            report(status="what", diagnostic="smtp; no"),
            Bounce(token=TOKEN, message_id=MESSAGE_ID, status="5.0.0", permanent=True),
        ),
        (report(action="failed (really)"), DEAD),
        (
            report(status="4.4.7 (delivery time expired)"),
            Bounce(token=TOKEN, message_id=MESSAGE_ID, status="4.4.7", permanent=False),
        ),
        (
            report(action="delayed", status="4.4.1"),
            Bounce(
                token=TOKEN, message_id=MESSAGE_ID, status="4.4.1", permanent=False, final=False
            ),
        ),
        (
            EXCHANGE,
            Bounce(token=None, message_id=MESSAGE_ID, status="5.1.10", permanent=True),
        ),
        (EXIM, DEAD),
        (QMAIL, DEAD),
        (wrapped(report(), 3), Bounce(**{**vars(DEAD), "token": None})),
    ],
    ids=[
        "postfix",
        "line feeds only",
        "without VERP",
        "only VERP",
        "status in the diagnosis",
        "no status",
        "comment in the action",
        "expired",
        "delayed",
        "exchange",
        "exim",
        "qmail",
        "passed on",
    ],
)
def test_notifications_are_understood(raw: bytes, bounce: Bounce) -> None:
    assert read_bounce(raw) == bounce


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 100,
        b"Subject: Hallo\r\n\r\nIch habe eine Frage. 550 5.1.1",
        ABSENCE_NOTE,
        report(action="delivered", status="2.0.0"),
        report(action="relayed", status="2.0.0"),
        report(action="expanded", status="2.0.0"),
        report().replace(b"message/delivery-status", b"text/plain"),
        QMAIL.replace(b"--- Below", b"- Below"),
        EXIM.replace(b"X-Failed-Recipients", b"X-Recipients"),
    ],
)
def test_everything_else_is_no_notification(raw: bytes) -> None:
    assert read_bounce(raw) is None


def sent(session: Session, *, token: str = TOKEN, message_id: str = MESSAGE_ID) -> OutboxMail:
    mail = queue(
        session,
        Letter(
            to="rat@example.org", subject="S", text="T", kind="reminder", reference="contact:17"
        ),
    )
    mail.bounce_token, mail.message_id = token, message_id
    mail.sent_at = utc_now()
    session.commit()
    return mail


def test_returned_letter_is_marked_and_says_what_it_was_about(session: Session) -> None:
    mail = sent(session)
    assert record_bounce(session, report()) is mail
    session.commit()
    assert (mail.reference, mail.bounce_status, mail.state, mail.is_undeliverable) == (
        "contact:17",
        "5.1.1",
        MailState.RETURNED,
        True,
    )
    assert "rat@example.org" not in (mail.last_error or "")
    assert outbox.undeliverable(session, "contact:17") is mail
    assert list(outbox.failed(session)) == [mail]
    # A later notification that it is full changes nothing.
    record_bounce(session, report(status="4.2.2"))
    assert mail.bounce_status == "5.1.1"


def test_the_token_counts_more_than_the_copy(session: Session) -> None:
    other = sent(session, token="a" * 32, message_id=MESSAGE_ID)
    mail = sent(session, token=TOKEN, message_id="b" * 32)
    assert record_bounce(session, report()) is mail
    assert other.bounced_at is None


def test_letter_that_is_late_or_refused_by_policy_leaves_the_address_alone(
    session: Session,
) -> None:
    mail = sent(session)
    assert record_bounce(session, report(action="delayed", status="4.4.1")) is mail
    assert mail.state == MailState.SENT
    record_bounce(session, report(status="5.7.1"))
    assert (mail.state, mail.is_undeliverable) == (MailState.RETURNED, False)


def test_notifications_about_letters_of_others_change_nothing(session: Session) -> None:
    mail = sent(session, token="a" * 32, message_id="b" * 32)
    assert record_bounce(session, report()) is None
    assert record_bounce(session, ABSENCE_NOTE) is None
    assert mail.bounced_at is None


def test_erased_letters_can_still_come_back(session: Session) -> None:
    mail = sent(session)
    outbox.erase_old(session, utc_now() + outbox.KEEP_LETTERS * 2)
    assert record_bounce(session, report()) is mail
    assert mail.is_undeliverable


HEAD = b"To: bounce@verzeichnis.example\r\n"
FULL = LARGEST_BYTES - 1_000
MONSTERS = {
    "too large": report() + b"x" * LARGEST_BYTES,
    "nested reports": b"".join(
        b"Content-Type: multipart/report; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3_000)
    ),
    "nested letters": b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "passed on for ever": wrapped(report(), 200),
    "long type": b"Content-Type: multipart/report; " + b";a=b" * (FULL // 4),
    "long folded type": b"Content-Type: multipart/report" + b";\r\n a=b" * (FULL // 7),
    "quotes": b'Content-Type: multipart/report; boundary="' + b'\\"' * (FULL // 2),
    "blank lines": report().replace(b"Reporting-MTA", b"\r\n" * 200_000 + b"Reporting-MTA"),
    "bare returns": report().replace(b"Reporting-MTA", b"\r" * 400_000 + b"Reporting-MTA"),
    "many parts": b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 60_000,
    "many heads": b"a: b\r\n" * (FULL // 6),
    "one long head": b"To: " + b"(" * FULL,
    "one long line": HEAD + b"\r\n" + b"x" * FULL,
    "addresses": b"To: " + b"+" * FULL,
    "message ids": b"message-id:\r\n " * (FULL // 14),
    "statuses": report(diagnostic="5.1." * (FULL // 4), status=""),
    "folded status": report(status="\n ".join(["5"] * (FULL // 3))),
    "numbers in words": EXIM.replace(b"550 5.1.1", b"550 5." * (FULL // 6)),
    "dashes": QMAIL.replace(b"Sorry", b"-" * FULL),
    "digest": b"Content-Type: multipart/digest; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nContent-Type: multipart/digest; boundary=b\r\n\r\n" * 39,
}


@pytest.mark.parametrize("name", MONSTERS)
def test_monsters_cost_moments_and_end_in_a_sentence(name: str) -> None:
    def read() -> None:
        with contextlib.suppress(UnreadableBounce):
            read_bounce(MONSTERS[name])

    assert seconds_of(read) < 2


def test_cut_and_garbled_notifications_raise_nothing_but_sentences(session: Session) -> None:
    chance = random.Random(1)  # noqa: S311 - the same garbage every time
    shapes = [report(), EXCHANGE, EXIM, QMAIL, wrapped(report(), 2)]
    understood = 0
    for round_ in range(600):
        raw = bytearray(shapes[round_ % len(shapes)])
        for _ in range(chance.randrange(1, 30)):
            place = chance.randrange(len(raw))
            match chance.randrange(4):
                case 0:
                    raw[place] = chance.randrange(256)
                case 1:
                    del raw[place : place + chance.randrange(40)]
                case 2:
                    raw[place:place] = raw[chance.randrange(len(raw)) :][:60]
                case _:
                    raw[place:place] = chance.choice([b"\r\n", b"\x00", b"\xff", b'"', b"--", b";"])
            raw = raw or bytearray(b"x")
        with contextlib.suppress(DirectoryError):
            understood += read_bounce(bytes(raw)) is not None
            record_bounce(session, bytes(raw))
    assert understood > 100
