"""Messages from visitors: what is kept, what is refused, and what goes when all is done."""

import datetime as dt
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.feedback.models import FeedbackMessage
from directory.feedback.operations import (
    LONGEST_MESSAGE,
    MOST_MESSAGES,
    WITHIN,
    InvalidMessage,
    TooManyMessages,
    close_message,
    leave_message,
)
from directory.feedback.queries import find_by_receipt, open_messages


def leave(session: Session, message: str = "Die Karte fehlt.", **given: str) -> FeedbackMessage:
    fields = {"page": "", "reply_to": ""} | given
    return leave_message(session, message=message, **fields)


def test_message_is_kept_as_it_was_written(session: Session) -> None:
    kept = leave(
        session,
        "Die Überschrift fehlt.\r\n\r\nMit „NVDA“ gelesen – <b>ganz</b> oben.",
        page=" /kommunen/bonn ",
        reply_to="stelle@example.org",
    )
    session.commit()
    session.expire_all()
    found = find_by_receipt(session, kept.receipt)
    assert found is not None
    assert (found.page, found.message, found.reply_to, found.closed_at) == (
        "/kommunen/bonn",
        "Die Überschrift fehlt.\n\nMit „NVDA“ gelesen – <b>ganz</b> oben.",
        "stelle@example.org",
        None,
    )
    assert utc_now() - found.at < dt.timedelta(minutes=1)


def test_page_and_address_are_voluntary(session: Session) -> None:
    kept = leave(session)
    assert (kept.page, kept.reply_to) == ("", None)


def test_receipt_can_be_read_out_and_never_repeats(session: Session) -> None:
    receipts = [leave(session).receipt for _ in range(MOST_MESSAGES)]
    assert len(set(receipts)) == MOST_MESSAGES
    for receipt in receipts:
        assert re.fullmatch(r"[B-Z][2-9]-[B-Z2-9]{4}", receipt)
        assert not set(receipt) & set("AEIOU01J")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message", ""),
        ("message", " \r\n\t\x00 "),
        ("message", "x" * (LONGEST_MESSAGE + 1)),
        ("page", "x" * 301),
        ("reply_to", "keine Adresse"),
        ("reply_to", "stelle@rathaus"),
        ("reply_to", "stelle@example.org, andere@example.org"),
        ("reply_to", f"{'x' * 200}@example.org"),
    ],
)
def test_what_cannot_be_kept_is_named_beside_its_field(
    session: Session, field: str, value: str
) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        leave(session, **{"message": "Die Karte fehlt.", field: value})
    assert set(refusal.value.problems) == {field}
    assert refusal.value.problems[field].startswith("Bitte ")
    assert open_messages(session) == []


def test_all_problems_are_named_at_once(session: Session) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        leave(session, "", page="x" * 301, reply_to="x")
    assert set(refusal.value.problems) == {"message", "page", "reply_to"}


def test_message_may_use_all_its_room(session: Session) -> None:
    # Browsers send a line break as two signs and count it as one, and so do we.
    kept = leave(session, "ü" * (LONGEST_MESSAGE - 2) + "\r\n" + "ß")
    session.commit()
    assert len(kept.message) == LONGEST_MESSAGE


@pytest.mark.parametrize("hostile", ["a\x00b", "a\ud800b", "'; DROP TABLE feedback_message; --"])
def test_hostile_signs_do_no_harm(session: Session, hostile: str) -> None:
    leave(session, f"Hier: {hostile}", page=hostile)
    session.commit()
    assert len(open_messages(session)) == 1


def test_a_flood_is_stopped_and_passes(session: Session) -> None:
    for _ in range(MOST_MESSAGES):
        leave(session)
    with pytest.raises(TooManyMessages) as refusal:
        leave(session)
    assert refusal.value.status == 429
    for message in session.scalars(select(FeedbackMessage)):
        message.at -= WITHIN
    session.flush()
    leave(session)


def test_a_closed_message_forgets_where_to_answer(session: Session) -> None:
    kept, other = leave(session, reply_to="stelle@example.org"), leave(session)
    close_message(session, kept)
    session.commit()
    assert kept.reply_to is None
    assert kept.closed_at is not None
    assert open_messages(session) == [other]


def test_open_messages_come_oldest_first(session: Session) -> None:
    first, second = leave(session, "eins"), leave(session, "zwei")
    second.at = first.at - dt.timedelta(days=1)
    session.flush()
    assert [one.message for one in open_messages(session)] == ["zwei", "eins"]
