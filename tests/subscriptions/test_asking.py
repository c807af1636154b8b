"""Asking, confirming, ending: nobody is written to against their will, nothing stays behind."""

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.attempts import TooManyTries
from directory.mail.addresses import InvalidAddress
from directory.mail.models import OutboxMail
from directory.search.lists.reference import get_reference
from directory.search.wording import described
from directory.subscriptions import operations
from directory.subscriptions.models import Subscriber, Subscription
from directory.subscriptions.tokens import Purpose, UnknownLink, make_token, read_token
from tests.subscriptions.desk import ADDRESS, Desk, criteria, day, request, subscribe

KEYS = ("k" * 32, "o" * 32)


@pytest.fixture(autouse=True)
def desk(session: Session) -> Desk:
    return Desk(session)


def subjects(session: Session) -> Sequence[str]:
    return session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)).all()


def left(session: Session) -> tuple[int, int]:
    """How many addresses and subscriptions are kept."""
    return (
        len(session.scalars(select(Subscriber)).all()),
        len(session.scalars(select(Subscription)).all()),
    )


def test_request_waits_for_its_confirmation(session: Session) -> None:
    kept = request(session, day(0), thema="beteiligung", kreis="05962")
    assert kept is not None
    assert (kept.query, kept.label, kept.confirmed_at) == (
        "thema=beteiligung&kreis=05962",
        "Praxisbeispiele · Thema Beteiligung · Märkischer Kreis",
        None,
    )
    (mail,) = session.scalars(select(OutboxMail)).all()
    assert (mail.recipient, mail.unsubscribe_url) == (ADDRESS, None)
    assert f"/abo/bestaetigen/{make_token(Purpose.CONFIRM, kept.handle, KEYS)}\n" in mail.text
    operations.confirm(session, kept, now=day(1))
    operations.confirm(session, kept, now=day(2))
    assert (kept.confirmed_at, kept.looked_at) == (day(1), day(1))


def test_order_page_and_own_municipality_make_no_other_subscription(session: Session) -> None:
    request(session, day(0), thema="beteiligung")
    request(session, day(2), thema="beteiligung", sort="titel", seite="3", meine="05962016")
    assert left(session) == (1, 1)


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ({}, "Praxisbeispiele"),
        ({"q": "Bürgerrat"}, "Praxisbeispiele · Suchbegriff „Bürgerrat“"),
        ({"ort": "Hemer", "umkreis": "25"}, "Praxisbeispiele · 25 km um Hemer"),
        ({"bbox": "7,51,8,52"}, "Praxisbeispiele · Karte gewählter Ausschnitt"),
    ],
)
def test_search_is_told_in_words(session: Session, given: dict[str, str], label: str) -> None:
    assert described(criteria(session, **given), get_reference(session)) == label


def test_asking_again_writes_once_a_day(session: Session) -> None:
    first = request(session, day(0))
    assert first is not None
    handle = first.handle
    request(session, day(0.5))
    assert len(subjects(session)) == 1
    again = request(session, day(1))
    assert again is not None
    assert again.handle != handle
    assert len(subjects(session)) == 2
    assert left(session) == (1, 1)


def test_strangers_cannot_fill_a_mailbox(session: Session) -> None:
    for words in ("eins", "zwei", "drei", "vier", "fünf"):
        request(session, day(0), q=words)
    assert len(subjects(session)) == operations.MOST_PENDING == left(session)[1]


def test_who_has_it_already_is_told_by_mail_only(session: Session) -> None:
    kept = subscribe(session, day(0))
    assert request(session, day(2)) is kept
    request(session, day(2.1))
    assert subjects(session) == [
        "Bitte bestätigen: Neues per E-Mail",
        "Diese Neuigkeiten bekommen Sie schon",
    ]


def test_link_works_for_seven_days_and_then_nothing_is_left(session: Session) -> None:
    kept = request(session, day(0))
    assert kept is not None
    assert operations.find_by_handle(session, kept.handle, now=day(7)) is kept
    late = day(7) + dt.timedelta(seconds=1)
    assert operations.find_by_handle(session, kept.handle, now=late) is None
    assert operations.erase_unconfirmed(session, now=day(7)) == 0
    assert operations.erase_unconfirmed(session, now=late) == 1
    session.commit()
    assert left(session) == (0, 0)


def test_confirmed_ones_are_not_erased(session: Session) -> None:
    subscribe(session, day(0), q="eins")
    request(session, day(0), q="zwei")
    assert operations.erase_unconfirmed(session, now=day(30)) == 1
    assert left(session) == (1, 1)


def test_ending_the_last_one_erases_the_address_too(session: Session) -> None:
    one = subscribe(session, day(0), q="eins")
    two = subscribe(session, day(0), q="zwei")
    request(session, day(0), q="drei")
    subscriber = one.subscriber
    operations.end(session, subscriber, one.id)
    operations.end(session, subscriber, one.id)
    assert left(session) == (1, 2)
    operations.end(session, subscriber, two.id)
    assert left(session) == (0, 0)


def test_one_address_cannot_end_what_another_has(session: Session) -> None:
    mine = subscribe(session, day(0))
    theirs = subscribe(session, day(0), address="andere@example.org")
    operations.end(session, mine.subscriber, theirs.id)
    session.expire_all()
    assert left(session) == (2, 2)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "niemand",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org\nBetreff: x",
        '"a b"@example.org',
        "Name <a@example.org>",
        "a@127.0.0.1",
        "a@example.org;b@example.org",
        "@".join(["a"] * 200),
        "a" * 300 + "@example.org",
        "a@exa\x00mple.org",
        "a@[IPv6:::1]",
        "<script>@example.org",
    ],
)
def test_only_one_plain_address_is_taken(session: Session, address: str) -> None:
    with pytest.raises(InvalidAddress):
        request(session, day(0), address=address)
    assert left(session) == (0, 0)


def test_a_search_that_is_too_long_is_refused(session: Session) -> None:
    with pytest.raises(operations.SearchTooLong):
        request(session, day(0), q="ü" * 299)


def test_a_flood_is_answered_with_patience(session: Session) -> None:
    for number in range(operations.MOST_REQUESTS):
        request(session, day(0), address=f"a{number}@example.org")
    with pytest.raises(operations.TooManyRequests):
        request(session, day(0), address="b@example.org")
    assert request(session, day(0.1), address="b@example.org") is not None


def test_one_visitor_and_one_address_have_so_many_tries(session: Session) -> None:
    def count(visitor: str, address: str) -> None:
        operations.count_request(session, visitor=visitor, address=address, keys=KEYS)
        session.commit()

    for number in range(10):
        count("192.0.2.1", f"a{number}@example.org")
        count(f"192.0.2.{number + 10}", "b@example.org")
    with pytest.raises(TooManyTries):
        count("192.0.2.1", "c@example.org")
    with pytest.raises(TooManyTries):
        count("192.0.2.99", " B@example.org")
    count("192.0.2.99", "c@example.org")


def test_links_are_good_for_one_purpose_and_survive_a_new_key() -> None:
    handle = "0123456789abcdef" * 2
    token = make_token(Purpose.MANAGE, handle, KEYS[1:])
    assert read_token(Purpose.MANAGE, token, KEYS) == handle
    other = ("1" if token[-1] == "0" else "0") + token[1:]
    for purpose, wrong in [
        (Purpose.END, token),
        (Purpose.MANAGE, handle),
        (Purpose.MANAGE, token[:-1]),
        (Purpose.MANAGE, token.upper()),
        (Purpose.MANAGE, token + "\n"),
        (Purpose.MANAGE, other if other != token else ""),
        (Purpose.MANAGE, "٣" * 64),
        (Purpose.MANAGE, handle + "0" * 32),
    ]:
        with pytest.raises(UnknownLink):
            read_token(purpose, wrong, KEYS)
