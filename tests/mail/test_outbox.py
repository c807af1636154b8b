"""The outbox: who may be written to, what may be said, and what is left of it."""

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.db import create_database_engine, utc_now
from directory.errors import Conflict
from directory.mail import outbox
from directory.mail.addresses import InvalidAddress, checked_address
from directory.mail.models import OutboxMail
from directory.mail.outbox import InvalidLetter, Letter, queue


def letter(**given: object) -> Letter:
    fields = {
        "to": "beteiligung@example.org",
        "subject": "Bitte bestätigen",
        "text": "Guten Tag,\n\nstimmt alles noch?",
        "kind": "reminder",
    } | given
    return Letter(**fields)  # type: ignore[arg-type]


def test_letter_waits_as_it_was_written(session: Session) -> None:
    mail = queue(session, letter(text="Straße\r\nund „Haus“\x00", reference="contact:17"))
    session.commit()
    session.expire_all()
    (waiting,) = outbox.waiting(session)
    assert waiting.id == mail.id
    assert (waiting.recipient, waiting.subject, waiting.text, waiting.reference) == (
        "beteiligung@example.org",
        "Bitte bestätigen",
        "Straße\nund „Haus“",
        "contact:17",
    )
    assert waiting.bounce_token != waiting.message_id


def test_letter_belongs_to_the_transaction_of_its_reason(session: Session) -> None:
    queue(session, letter())
    session.rollback()
    assert outbox.latest(session) == []


def test_same_occasion_is_written_to_once(session: Session) -> None:
    first = queue(session, letter(unique="reminder:17:2026"))
    session.commit()
    second = queue(session, letter(unique="reminder:17:2026", text="Etwas anderes"))
    other = queue(session, letter(unique="reminder:17:2027"))
    session.commit()
    assert second.id == first.id != other.id
    assert session.scalar(select(func.count()).select_from(OutboxMail)) == 2


def test_same_occasion_in_two_transactions_at_once(postgresql_databases) -> None:  # type: ignore[no-untyped-def]
    """The slower one gets the letter of the faster one, and its own work is kept."""
    import threading

    with postgresql_databases.empty() as url:
        engine = create_database_engine(url)
        with Session(engine) as fast, Session(engine) as slow:
            first = queue(fast, letter(unique="once"))
            queue(slow, letter(text="Eine andere Nachricht"))
            found: list[int] = []
            # It waits at the unique index until the fast one has committed.
            thread = threading.Thread(
                target=lambda: found.append(queue(slow, letter(unique="once")).id)
            )
            thread.start()
            thread.join(0.2)
            assert found == []
            fast.commit()
            thread.join(10)
            slow.commit()
            assert found == [first.id]
            assert len(outbox.waiting(fast)) == 2
        engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "niemand",
        "a@b",
        "@example.org",
        "a@example.org, b@example.org",
        "a@example.org b@example.org",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r\n",
        "a@exa\nmple.org",
        "a\x00@example.org",
        "Name <a@example.org>",
        "<a@example.org>",
        '"a b"@example.org',
        "a@b@example.org",
        "a@example.org;b@example.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@-example.org",
        "a@example..org",
        ".a@example.org",
        "müller@example.org",
        "\u017feite@example.org",
        "a@straße.example",
        "a@" + "x" * 64 + ".org",
        "a" * 65 + "@example.org",
        "a@" + ".".join(["x" * 60] * 5),
        "a@example.org\u2028",
        "a%0d%0aBcc:b@example.org%",
    ],
)
def test_anything_but_one_address_is_refused(session: Session, address: str) -> None:
    with pytest.raises(InvalidAddress):
        queue(session, letter(to=address))
    assert outbox.latest(session) == []


@pytest.mark.parametrize(
    ("typed", "sent_to"),
    [
        ("Rat@Example.ORG", "Rat@example.org"),
        (" rat+karte@example.org ", "rat+karte@example.org"),
        ("o'neill@example.org", "o'neill@example.org"),
        ("rathaus@münster.example", "rathaus@xn--mnster-3ya.example"),
    ],
)
def test_addresses_as_people_have_them(typed: str, sent_to: str) -> None:
    assert checked_address(typed) == sent_to


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"subject": "Hallo\r\nBcc: b@example.org"},
        {"subject": "Hallo\nBcc: b@example.org"},
        {"subject": "Hallo\u2028Bcc: b@example.org"},
        {"subject": "x" * 251},
        {"text": " \n"},
        {"kind": "Zwei Wörter"},
        {"kind": "x\nBcc: b@example.org"},
        {"unique": "invitation:a@example.org"},
        {"reference": "contact 17"},
        {"unsubscribe_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://example.org/\r\nBcc: b@example.org"},
        {"unsubscribe_url": "https://example.org/>, <mailto:b@example.org"},
        {"unsubscribe_url": "https://["},
    ],
)
def test_nothing_slips_into_the_head_of_a_letter(session: Session, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidLetter):
        queue(session, letter(**wrong))
    assert outbox.latest(session) == []


def test_what_was_said_is_erased_and_the_count_stays(session: Session) -> None:
    now = utc_now()
    sent, given_up, waiting = (
        queue(session, letter(unique=f"n{n}", unsubscribe_url="https://example.org/x"))
        for n in range(3)
    )
    sent.sent_at = now
    given_up.given_up_at = now
    session.commit()
    assert outbox.erase_old(session, now + outbox.KEEP_LETTERS) == 0
    assert outbox.erase_old(session, now + outbox.KEEP_LETTERS + dt.timedelta(seconds=1)) == 2
    session.commit()
    session.expire_all()
    for mail in (sent, given_up):
        assert (mail.recipient, mail.subject, mail.text, mail.unsubscribe_url) == ("", "", "", None)
        assert mail.kind == "reminder"
    assert waiting.text
    # The occasion stays known.
    assert queue(session, letter(unique="n0")).id == sent.id


def test_what_was_given_up_can_be_tried_again_while_it_is_known(session: Session) -> None:
    mail = queue(session, letter())
    with pytest.raises(Conflict):
        outbox.try_again(session, mail)
    mail.given_up_at = utc_now()
    assert list(outbox.failed(session)) == [mail]
    outbox.try_again(session, mail)
    assert list(outbox.waiting(session)) == [mail]
    mail.given_up_at = utc_now()
    outbox.erase_old(session, utc_now() + outbox.KEEP_LETTERS * 2)
    session.refresh(mail)
    with pytest.raises(Conflict):
        outbox.try_again(session, mail)
