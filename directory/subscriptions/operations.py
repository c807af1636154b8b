"""Asking for a subscription, confirming and ending it. Callers commit.

Whoever asks gets the same answer in every case; only the letter knows whether an address was known.
"""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory.accounts.attempts import count_try
from directory.accounts.keys import keyed_digest
from directory.config import Settings
from directory.errors import BadInput, DirectoryError
from directory.mail.addresses import checked_address
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter, queue
from directory.search.criteria import Criteria
from directory.search.lists.reference import Reference
from directory.search.wording import described
from directory.subscriptions.models import (
    LONGEST_LABEL,
    LONGEST_QUERY,
    Rhythm,
    Subscriber,
    Subscription,
    new_handle,
)
from directory.subscriptions.searches import canonical
from directory.subscriptions.tokens import Purpose, make_path

PENDING_LIVES = dt.timedelta(days=7)
# Nobody can have strangers written to more often: so many unconfirmed ones an address, each
# asked about once a day.
MOST_PENDING = 3
ASK_AGAIN_AFTER = dt.timedelta(days=1)
# So many requests in so short a time are not people.
MOST_REQUESTS = 50
WITHIN = dt.timedelta(minutes=10)

_BERLIN = ZoneInfo("Europe/Berlin")


class SearchTooLong(BadInput):
    """A search with more words and filters than can be kept."""

    title = "Diese Auswahl ist zu lang"


class TooManyRequests(DirectoryError):
    """More requests came in than people make."""

    status = 429
    title = "Gerade gehen sehr viele Anfragen ein"
    retry_after_seconds = int(WITHIN.total_seconds())


def count_request(session: Session, *, visitor: str, address: str, keys: Sequence[str]) -> None:
    """Count one request of a visitor and for an address, both known by digests for some minutes.

    Raises:
        TooManyTries: those were too many.
    """
    subjects = (f"abo von {visitor}", f"abo an {address.strip().lower()}")
    count_try(session, [keyed_digest(subject, keys) for subject in subjects])


def ask(
    session: Session,
    *,
    address: str,
    criteria: Criteria,
    reference: Reference,
    settings: Settings,
    now: dt.datetime,
) -> None:
    """Send `address` the link that confirms a subscription, or that it has this one already.

    Raises:
        InvalidAddress: `address` is not exactly one mail address.
        SearchTooLong: the search cannot be kept.
        TooManyRequests: the guard against floods is closed for some minutes.
    """
    address = checked_address(address).lower()
    query, label = _kept_form(criteria, reference)
    _refuse_floods(session, now)
    subscriber = _subscriber(session, address)
    known = session.scalar(
        select(Subscription).where(
            Subscription.subscriber_id == subscriber.id,
            Subscription.kind == criteria.kind,
            Subscription.query == query,
        )
    )
    if known is None:
        pending = [one for one in subscriber.subscriptions if one.confirmed_at is None]
        if len(pending) >= MOST_PENDING:
            return
        known = Subscription(kind=criteria.kind, query=query, label=label, created_at=now)
        subscriber.subscriptions.append(known)
        session.flush()
    elif known.confirmed_at is None:
        if now < known.created_at + ASK_AGAIN_AFTER:
            return
        # The newest link is the one that works.
        known.handle, known.created_at = new_handle(), now
        session.flush()
    _send_answer(session, known, settings=settings, now=now)


def find_by_handle(session: Session, handle: str, *, now: dt.datetime) -> Subscription | None:
    """Return the subscription with this handle, unless the time to confirm it has run out."""
    found = session.scalar(select(Subscription).where(Subscription.handle == handle))
    if found is not None and found.confirmed_at is None and found.created_at + PENDING_LIVES < now:
        return None
    return found


def confirm(session: Session, subscription: Subscription, *, now: dt.datetime) -> None:
    """Begin a subscription: news count from now on. Confirming twice is confirming once."""
    if subscription.confirmed_at is None:
        subscription.confirmed_at = subscription.looked_at = now
        session.flush()


def find_subscriber(session: Session, handle: str) -> Subscriber | None:
    """Return the subscriber with this handle, as long as there is anything they subscribed to."""
    return session.scalar(select(Subscriber).where(Subscriber.handle == handle))


def end(session: Session, subscriber: Subscriber, subscription_id: int) -> None:
    """End one subscription of `subscriber` at once; ending it twice is ending it once."""
    kept = [one for one in subscriber.subscriptions if one.id != subscription_id]
    if any(one.confirmed_at is not None for one in kept):
        subscriber.subscriptions = kept
    else:
        session.delete(subscriber)
    session.flush()


def end_all(session: Session, subscriber: Subscriber) -> None:
    """End everything at once; the address is erased."""
    session.delete(subscriber)
    session.flush()


def set_rhythm(session: Session, subscription: Subscription, rhythm: Rhythm) -> None:
    """Change how often somebody hears of one search."""
    subscription.rhythm = rhythm
    session.flush()


def erase_unconfirmed(session: Session, *, now: dt.datetime) -> int:
    """Erase what nobody confirmed in time, and addresses nothing is left of; return how many."""
    gone = session.execute(
        delete(Subscription)
        .where(Subscription.confirmed_at.is_(None), Subscription.created_at < now - PENDING_LIVES)
        .returning(Subscription.id)
    ).all()
    session.execute(
        delete(Subscriber).where(Subscriber.id.not_in(select(Subscription.subscriber_id)))
    )
    return len(gone)


def _kept_form(criteria: Criteria, reference: Reference) -> tuple[str, str]:
    criteria = canonical(criteria)
    query, label = criteria.to_query(), described(criteria, reference)
    if len(query) > LONGEST_QUERY or len(label) > LONGEST_LABEL:
        raise SearchTooLong(
            "Diese Auswahl hat zu viele Filter oder Suchworte. Bitte nehmen Sie einige weg."
        )
    return query, label


def _refuse_floods(session: Session, now: dt.datetime) -> None:
    recent = select(func.count()).where(Subscription.created_at > now - WITHIN)
    if (session.scalar(recent) or 0) >= MOST_REQUESTS:
        raise TooManyRequests(
            "Gerade gehen sehr viele Anfragen ein. Bitte versuchen Sie es in zehn Minuten noch "
            "einmal."
        )


def _subscriber(session: Session, address: str) -> Subscriber:
    """Return the subscriber with this address; requests for one address come one after another."""
    found = session.scalar(select(Subscriber).where(Subscriber.address == address))
    if found is None:
        found = Subscriber(address=address)
        session.add(found)
        session.flush()
    return found


def _send_answer(
    session: Session, subscription: Subscription, *, settings: Settings, now: dt.datetime
) -> None:
    keys, subscriber = settings.secret_keys, subscription.subscriber
    if subscription.confirmed_at is None:
        subject, text = render_letter(
            "subscription_confirm",
            settings=settings,
            label=subscription.label,
            path=make_path(Purpose.CONFIRM, subscription.handle, keys),
            days=PENDING_LIVES.days,
        )
    else:
        subject, text = render_letter(
            "subscription_known",
            settings=settings,
            label=subscription.label,
            path=make_path(Purpose.MANAGE, subscriber.handle, keys),
        )
    day = now.astimezone(_BERLIN).date()
    queue(
        session,
        Letter(
            to=subscriber.address,
            subject=subject,
            text=text,
            kind="subscription",
            unique=f"subscription:{subscription.handle}:{day}",
        ),
        now=now,
    )
