"""One letter to one address about everything it subscribed to, and only when there is something.

Every address has a transaction of its own, in which the letter is queued and the subscriptions
note up to when they were looked through: a fault in the middle neither loses news nor tells them
twice, and running again on the same day does nothing.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from directory.config import Settings
from directory.db import begin_write
from directory.errors import DirectoryError
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter, queue, undeliverable
from directory.search.lists.reference import get_reference
from directory.subscriptions.models import Rhythm, Subscriber, Subscription
from directory.subscriptions.news import Journal, News, news_of, read_journal
from directory.subscriptions.searches import find_criteria
from directory.subscriptions.tokens import Purpose, make_path

# What is written now may still be in an open transaction: it is told of next time.
SETTLED_AFTER = dt.timedelta(minutes=15)
# More entries of one search are not listed but linked.
MOST_NEWS = 30

_BERLIN = ZoneInfo("Europe/Berlin")
_log = logging.getLogger(__name__)


class SomeFailed(DirectoryError):
    """Some letters could not be written; all others were."""


@dataclass(frozen=True)
class Section:
    """The news of one search; `more` of them are only linked, at `more_path`."""

    label: str
    news: list[News]
    more: int
    more_path: str


def send_due(engine: Engine, settings: Settings, *, now: dt.datetime, dry_run: bool = False) -> int:
    """Queue a letter for every address that is due at `now` and has news; return how many.

    Raises:
        SomeFailed: after all others have got theirs; the log says more.
    """
    with Session(engine) as session:
        due = due_subscribers(session, now=now)
        journal = read_journal(session, since=_earliest(session, now), until=now - SETTLED_AFTER)
    written = failed = 0
    for subscriber_id in due:
        try:
            with Session(engine) as session:
                begin_write(session)
                written += write_digest(session, subscriber_id, journal, settings=settings, now=now)
                if dry_run:
                    session.rollback()
                else:
                    session.commit()
        except Exception:  # noqa: BLE001 - told in the log and by SomeFailed
            # Whatever it is, the other addresses get their letters.
            failed += 1
            _log.exception("Digest for subscriber %d failed", subscriber_id)
    if failed:
        raise SomeFailed(f"{failed} Sammel-Nachrichten konnten nicht geschrieben werden.")
    return written


def due_subscribers(session: Session, *, now: dt.datetime) -> list[int]:
    """Return the numbers of the subscribers with a subscription whose time has come."""
    rows = session.execute(
        select(Subscription.subscriber_id, Subscription.rhythm, Subscription.looked_at).where(
            Subscription.confirmed_at.is_not(None)
        )
    )
    return sorted({number for number, rhythm, looked_at in rows if _is_due(rhythm, looked_at, now)})


def write_digest(
    session: Session,
    subscriber_id: int,
    journal: Journal,
    *,
    settings: Settings,
    now: dt.datetime,
) -> bool:
    """Queue the letter of one subscriber if there is news; return whether there was.

    What is due weekly goes along with every letter, so nobody gets two in one week.
    """
    subscriber = session.scalar(
        select(Subscriber).where(Subscriber.id == subscriber_id).with_for_update()
    )
    if subscriber is None:
        return False
    confirmed = [one for one in subscriber.subscriptions if one.confirmed_at is not None]
    due = [one for one in confirmed if _is_due(one.rhythm, one.looked_at, now)]
    if not due:
        return False
    if undeliverable(session, _reference(subscriber)) is not None:
        # Nobody reads there any more; keeping the address would serve nobody.
        session.delete(subscriber)
        return False
    told = [one for one in confirmed if one in due or one.rhythm is Rhythm.WEEKLY]
    sections = [section for one in told if (section := _section(session, one, journal)) is not None]
    for one in told:
        one.looked_at = now
        one.last_sent_at = now if sections else one.last_sent_at
    if sections:
        _queue(session, subscriber, sections, settings=settings, now=now)
    session.flush()
    return bool(sections)


def _section(session: Session, subscription: Subscription, journal: Journal) -> Section | None:
    reference = get_reference(session)
    criteria = find_criteria(subscription.kind, subscription.query, reference)
    if criteria is None or subscription.looked_at is None:
        return None
    since = subscription.looked_at - SETTLED_AFTER
    found = news_of(session, criteria, reference, journal, since=since)
    if not found:
        return None
    query = f"?{subscription.query}" if subscription.query else ""
    return Section(
        subscription.label,
        found[:MOST_NEWS],
        max(0, len(found) - MOST_NEWS),
        f"/{subscription.kind.value}{query}",
    )


def _queue(
    session: Session,
    subscriber: Subscriber,
    sections: list[Section],
    *,
    settings: Settings,
    now: dt.datetime,
) -> None:
    keys = settings.secret_keys
    end_path = make_path(Purpose.END, subscriber.handle, keys)
    # An entry that two searches ask for is one entry.
    entries = {one for section in sections for one in section.news}
    subject, text = render_letter(
        "digest",
        settings=settings,
        total=len(entries) + sum(section.more for section in sections),
        sections=sections,
        manage_path=make_path(Purpose.MANAGE, subscriber.handle, keys),
        end_path=end_path,
    )
    queue(
        session,
        Letter(
            to=subscriber.address,
            subject=subject,
            text=text,
            kind="digest",
            unique=f"digest:{subscriber.handle}:{_day(now)}",
            reference=_reference(subscriber),
            unsubscribe_url=settings.base_url.rstrip("/") + end_path,
        ),
        now=now,
    )


def _earliest(session: Session, now: dt.datetime) -> dt.datetime:
    """Return up to when the longest unread subscription was looked through."""
    looked = session.scalar(select(func.min(Subscription.looked_at)))
    return (looked or now) - SETTLED_AFTER


def _is_due(rhythm: Rhythm, looked_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Compare days, not hours: cron is never on time to the second."""
    return looked_at is not None and (_day(now) - _day(looked_at)).days >= rhythm.days


def _reference(subscriber: Subscriber) -> str:
    return f"subscriber:{subscriber.handle}"


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(_BERLIN).date()
