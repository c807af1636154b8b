"""A year later somebody asks; what follows from answer, silence and letters that come back."""

import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.keys import digest
from directory.config import Settings
from directory.contacts import vouching
from directory.contacts.models import (
    Answer,
    ConfirmationLink,
    ConfirmationRequest,
    ContactPoint,
)
from directory.errors import NotFound
from directory.mail.models import OutboxMail
from tests.factories import build_contact

START = dt.datetime(2026, 2, 3, 9, tzinfo=dt.UTC)
SETTINGS = Settings(base_url="https://verzeichnis.example.org", instance_dir=Path("instance"))


def day(number: int) -> dt.datetime:
    """So many days after the last confirmation."""
    return START + dt.timedelta(days=number)


def confirmed_contact(session: Session, **fields: object) -> ContactPoint:
    return build_contact(
        session,
        **{
            "email": "ehrenamt@hemer.de",
            "fallback_email": "rathaus@hemer.de",
            "verified_at": START,
            "published_at": START,
            "changed_at": START,
            **fields,
        },
    )


def remind(session: Session, now: dt.datetime) -> tuple[int, int, int]:
    return (
        vouching.ask_due(session, settings=SETTINGS, now=now),
        vouching.ask_fallbacks(session, settings=SETTINGS, now=now),
        vouching.escalate(session, now=now),
    )


def letters(session: Session) -> list[tuple[str, str | None]]:
    rows = session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return [(one.recipient, one.reference) for one in rows]


def token_in(mail: OutboxMail) -> str:
    found = re.search(
        r"^https://verzeichnis\.example\.org/bestaetigung/(\S+)$", mail.text, re.MULTILINE
    )
    assert found, mail.text
    return found[1]


def sent_token(session: Session) -> str:
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    return token_in(mail)


def test_a_year_after_the_confirmation_one_letter_asks_not_before_and_not_twice(
    session: Session,
) -> None:
    contact = confirmed_contact(session)
    assert remind(session, day(364)) == (0, 0, 0)
    assert remind(session, day(365)) == (1, 0, 0)
    assert remind(session, day(365)) == (0, 0, 0)
    assert remind(session, day(380)) == (0, 0, 0)
    assert letters(session) == [("ehrenamt@hemer.de", f"contact:{contact.id}")]


def test_silence_leads_to_the_function_mailbox_and_then_to_the_office(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    assert remind(session, day(394)) == (0, 0, 0)
    assert remind(session, day(395)) == (0, 1, 0)
    assert remind(session, day(396)) == (0, 0, 0)
    assert [to for to, _ in letters(session)] == ["ehrenamt@hemer.de", "rathaus@hemer.de"]
    assert remind(session, day(424)) == (0, 0, 0)
    assert vouching.unanswered(session) == []
    assert remind(session, day(425)) == (0, 0, 1)
    assert remind(session, day(600)) == (0, 0, 0)
    assert [one.contact_id for one in vouching.unanswered(session)] == [contact.id]


def test_without_any_address_the_office_is_asked_at_once(session: Session) -> None:
    confirmed_contact(session, email=None, fallback_email=None)
    remind(session, day(365))
    assert letters(session) == []
    assert len(vouching.unanswered(session)) == 1


def test_an_entry_nobody_ever_confirmed_is_asked_a_year_after_it_appeared(
    session: Session,
) -> None:
    confirmed_contact(session, verified_at=None)
    assert remind(session, day(364)) == (0, 0, 0)
    assert remind(session, day(365)) == (1, 0, 0)


def test_a_contact_that_is_not_public_is_left_alone(session: Session) -> None:
    confirmed_contact(session, status="draft")
    assert remind(session, day(400)) == (0, 0, 0)


def test_confirming_says_when_and_leaves_the_day_of_change(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    token = sent_token(session)
    assert vouching.find_request(session, token, now=day(370)) is not None
    vouching.confirm(session, contact, by=vouching.BY_LINK, now=day(370))
    assert (contact.verified_at, contact.changed_at) == (day(370), START)
    request = session.scalars(select(ConfirmationRequest)).one()
    assert (request.answered_at, request.answer) == (day(370), Answer.CONFIRMED)
    assert vouching.find_request(session, token, now=day(370)) is None
    assert remind(session, day(734)) == (0, 0, 0)
    assert remind(session, day(735)) == (1, 0, 0)


def test_of_a_token_only_a_digest_is_kept_and_that_goes_with_its_use(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    token = sent_token(session)
    assert session.scalars(select(ConfirmationLink.token_hash)).all() == [digest(token)]
    vouching.confirm(session, contact, by=vouching.BY_LINK, now=day(366))
    assert session.scalars(select(ConfirmationLink)).all() == []


def test_a_link_ends_after_sixty_days_and_is_erased(session: Session) -> None:
    confirmed_contact(session)
    remind(session, day(365))
    token = sent_token(session)
    last = day(425) - dt.timedelta(seconds=1)
    assert vouching.find_request(session, token, now=last) is not None
    assert vouching.find_request(session, token, now=day(425)) is None
    assert vouching.erase_links(session, now=last) == 0
    assert vouching.erase_links(session, now=day(425)) == 1


def test_a_new_link_goes_to_the_address_on_file_once_a_day_and_thrice_in_all(
    session: Session,
) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    sent = [
        vouching.send_new_link(session, contact, settings=SETTINGS, now=day(number))
        for number in (430, 430, 431, 432, 433)
    ]
    assert sent == [True, False, True, True, False]
    assert {to for to, _ in letters(session)} == {"ehrenamt@hemer.de"}
    assert vouching.find_request(session, sent_token(session), now=day(433)) is not None


def test_nobody_gets_a_new_link_without_being_asked(session: Session) -> None:
    contact = confirmed_contact(session)
    assert not vouching.send_new_link(session, contact, settings=SETTINGS, now=day(1))
    assert letters(session) == []


def bounced(session: Session, status: str = "5.1.1") -> OutboxMail:
    mail = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert mail is not None
    mail.sent_at = mail.bounced_at = day(366)
    mail.bounce_status = status
    return mail


def test_a_letter_that_comes_back_marks_the_address_at_once(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    vouching.note_undeliverable(session, bounced(session))
    assert contact.undeliverable_at == day(366)
    assert [one.id for one in vouching.unreachable(session)] == [contact.id]
    # Nobody has to be waited for any more.
    assert remind(session, day(366)) == (0, 1, 0)
    assert letters(session)[-1][0] == "rathaus@hemer.de"


@pytest.mark.parametrize("status", ["5.7.1", "5.6.0"])
def test_a_letter_refused_for_what_it_says_marks_nothing(session: Session, status: str) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    vouching.note_undeliverable(session, bounced(session, status))
    assert contact.undeliverable_at is None


def test_what_comes_back_from_an_address_of_the_past_marks_nothing(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    contact.email = "neu@hemer.de"
    vouching.note_undeliverable(session, bounced(session))
    assert contact.undeliverable_at is None


def test_a_function_mailbox_that_is_gone_leads_to_the_office_at_once(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    remind(session, day(395))
    vouching.note_undeliverable(session, bounced(session))
    assert contact.undeliverable_at is None
    assert len(vouching.unanswered(session)) == 1


def test_other_letters_are_none_of_our_business(session: Session) -> None:
    mail = OutboxMail(kind="invitation", reference="account:1", bounce_status="5.1.1")
    vouching.note_undeliverable(session, mail)


@pytest.mark.parametrize("token", ["", "x", "x-y", "4711-abc", "-abc", "²-abc", "9" * 30])
def test_what_is_no_link_of_ours_leads_nowhere(session: Session, token: str) -> None:
    with pytest.raises(NotFound):
        vouching.get_contact_of(session, token)


def test_a_successor_is_asked_once_the_change_is_published(session: Session) -> None:
    contact = confirmed_contact(session)
    remind(session, day(365))
    vouching.close_with_successor(session, contact, now=day(370))
    assert contact.verified_at == START
    assert remind(session, day(371)) == (1, 0, 0)
