"""Delivering what is due: claim, hand over, mark.

Each letter is sent at most once. It is claimed in a transaction, so that of several workers one has
it; and just before the mail server is given the text, that too is written down. Up to there every
failure may be repeated, also the death of this process. After it, only the server knows: when it
never answers, the letter is not sent again by itself but shown to the desk as unclear, where a
person decides (:func:`directory.mail.outbox.try_again`). The Message-ID stays the same for every
try, so that mailboxes which compare it show even such a repetition once.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.orm import Session

from directory.db import begin_write, utc_now
from directory.mail.messages import compose
from directory.mail.models import OutboxMail
from directory.mail.outbox import erase_old
from directory.mail.transports import (
    NotDelivered,
    Postponed,
    Refused,
    ServerTrouble,
    Transport,
    Unclear,
)
from directory.text import plural

# How long to wait after each try that failed: three days in all, then a letter is given up.
WAITS = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    *[dt.timedelta(hours=6)] * 11,
)
# How many letters one round takes in hand.
ROUND = 50
# Longer than any try can take; whoever still has a letter then has died.
CLAIM = dt.timedelta(minutes=5)
INTERRUPTED = (
    "Der Versand wurde unterbrochen, als die Nachricht schon übergeben war. Ob sie ankommt, ist "
    "nicht bekannt; sie wird nicht von selbst noch einmal gesendet."
)
EXHAUSTED = "Der Versand wurde immer wieder unterbrochen."

# Told of every letter whose address turns out not to take any, in the transaction that marks it.
OnUndeliverable = Callable[[Session, OutboxMail], None]

_log = logging.getLogger(__name__)


@dataclass
class Report:
    """What one round of delivery did."""

    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    undeliverable: int = 0
    trouble: str | None = None

    @property
    def tried(self) -> int:
        """How many letters were taken in hand."""
        return self.sent + self.postponed + self.given_up

    def summary(self) -> str:
        """Return it as one German sentence."""
        counts = [f"{plural(self.sent, 'Nachricht', 'Nachrichten')} gesendet"]
        if self.postponed:
            counts.append(f"{self.postponed} auf später verschoben")
        if self.given_up:
            counts.append(f"{self.given_up} aufgegeben, davon {self.undeliverable} unzustellbar")
        return ", ".join(counts) + "."


class _Overtaken(Exception):
    """Our claim ran out and somebody else has the letter."""


def deliver_due(
    engine: Engine,
    transport: Transport,
    *,
    now: dt.datetime | None = None,
    limit: int = ROUND,
    on_undeliverable: OnUndeliverable | None = None,
) -> Report:
    """Try up to `limit` letters that are due at `now`, each in transactions of its own.

    Trouble with the mail server as such ends the round: the next letter would fare no better.
    May run in any number of processes and threads at once.
    """
    report = Report()
    _tidy(engine, now or utc_now())
    for _ in range(limit):
        mail = _claim(engine, now or utc_now())
        if mail is None or not _deliver(engine, transport, mail, report, now, on_undeliverable):
            break
    return report


def _deliver(
    engine: Engine,
    transport: Transport,
    mail: OutboxMail,
    report: Report,
    now: dt.datetime | None,
    on_undeliverable: OnUndeliverable | None,
) -> bool:
    """Try one claimed letter and write down what came of it; False ends the round."""
    try:
        transport.carry(
            compose(mail, transport.sender, now=now or utc_now()),
            envelope=transport.sender.envelope(mail),
            recipient=mail.recipient,
            handing_over=lambda: _mark(engine, mail, handed_over_at=now or utc_now()),
        )
        _mark(engine, mail, sent_at=now or utc_now(), claimed_until=None, last_error=None)
    except _Overtaken:
        return True
    except NotDelivered as failure:
        if isinstance(failure, ServerTrouble):
            report.trouble = failure.sentence
        _log.warning("Letter %d (%s): %s", mail.id, mail.kind, failure.sentence)
        _write_down(engine, mail, failure, report, now or utc_now(), on_undeliverable)
        return report.trouble is None
    report.sent += 1
    return True


def _write_down(
    engine: Engine,
    mail: OutboxMail,
    failure: NotDelivered,
    report: Report,
    now: dt.datetime,
    on_undeliverable: OnUndeliverable | None,
) -> None:
    may_repeat = isinstance(failure, Postponed | ServerTrouble)
    with Session(engine) as session:
        begin_write(session)
        kept = session.scalar(
            select(OutboxMail)
            .where(OutboxMail.id == mail.id, OutboxMail.attempts == mail.attempts)
            .with_for_update()
        )
        if kept is None or kept.sent_at is not None or kept.given_up_at is not None:
            return
        kept.claimed_until = None
        kept.last_error = failure.sentence[:300]
        if not isinstance(failure, Unclear):
            kept.handed_over_at = None  # the server has it not, and said so
        if may_repeat and mail.attempts <= len(WAITS):
            # `next_try_at` was set when the letter was claimed.
            report.postponed += 1
        else:
            kept.given_up_at = now
            report.given_up += 1
        if isinstance(failure, Refused):
            kept.bounced_at, kept.bounce_status = now, failure.reason_code
            if kept.is_undeliverable:
                report.undeliverable += 1
                if on_undeliverable is not None:
                    on_undeliverable(session, kept)
        session.commit()


def _claim(engine: Engine, now: dt.datetime) -> OutboxMail | None:
    """Take the next letter that is due, for the length of a claim; nobody else gets it then."""
    with Session(engine, expire_on_commit=False) as session:
        begin_write(session)
        mail = session.scalar(
            select(OutboxMail)
            .where(
                OutboxMail.sent_at.is_(None),
                OutboxMail.given_up_at.is_(None),
                OutboxMail.handed_over_at.is_(None),
                OutboxMail.next_try_at <= now,
                or_(OutboxMail.claimed_until.is_(None), OutboxMail.claimed_until <= now),
            )
            .order_by(OutboxMail.next_try_at, OutboxMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if mail is None:
            return None
        mail.claimed_until = now + CLAIM
        # Already now, so that a letter which kills the process waits like one that fails.
        mail.next_try_at = now + WAITS[min(mail.attempts, len(WAITS) - 1)]
        mail.attempts += 1
        session.commit()
        return mail


def _mark(engine: Engine, mail: OutboxMail, **values: object) -> None:
    """Write down how far our letter got; the number of the try says that it is still ours.

    Raises:
        _Overtaken: it is not.
    """
    with Session(engine) as session:
        begin_write(session)
        marked = session.scalar(
            update(OutboxMail)
            .where(
                OutboxMail.id == mail.id,
                OutboxMail.attempts == mail.attempts,
                OutboxMail.sent_at.is_(None),
                OutboxMail.given_up_at.is_(None),
            )
            .values(**values)
            .returning(OutboxMail.id)
        )
        session.commit()
    if marked is None:
        raise _Overtaken


def _tidy(engine: Engine, now: dt.datetime) -> None:
    """Settle what dead processes left behind, and erase what was said long enough ago."""
    left_behind = (
        OutboxMail.sent_at.is_(None),
        OutboxMail.given_up_at.is_(None),
        OutboxMail.claimed_until <= now,
    )
    with Session(engine) as session:
        begin_write(session)
        session.execute(
            update(OutboxMail)
            .where(*left_behind, OutboxMail.handed_over_at.is_not(None))
            .values(given_up_at=now, claimed_until=None, last_error=INTERRUPTED)
        )
        session.execute(
            update(OutboxMail)
            .where(*left_behind, OutboxMail.attempts > len(WAITS))
            .values(given_up_at=now, claimed_until=None, last_error=EXHAUSTED)
        )
        erase_old(session, now)
        session.commit()
