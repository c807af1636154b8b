"""What the desk writes to those who work there: one letter a day at most, never one for each step.

A letter goes out when something happened that its reader has not been told, and once a week while
something still waits for them. It tells where things stand now: what was returned and handed in
again in the meantime is no news.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session, selectinload

from directory.accounts.models import Account
from directory.accounts.rights import Right, may
from directory.config import Settings
from directory.db import begin_write
from directory.editorial.kinds import KINDS
from directory.errors import DirectoryError
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter, queue
from directory.publication.models import Stage, StageChange, WorkingCopy
from directory.subscriptions.models import DeskNotice, DeskRhythm
from directory.web.filters import date, date_time

# Whoever leaves something lying is reminded of it this often.
REMIND_AFTER_DAYS = 7
# What happened to a copy is told this long after, to whoever has never had a letter.
FIRST_LOOK_BACK = dt.timedelta(days=7)

_DAYS = {DeskRhythm.DAILY: 1, DeskRhythm.WEEKLY: 7}
_ANSWERS = (Stage.RETURNED, Stage.SCHEDULED, Stage.PUBLISHED)
_NO_TITLE = "(noch ohne Titel)"
_BERLIN = ZoneInfo("Europe/Berlin")
_log = logging.getLogger(__name__)


class SomeFailed(DirectoryError):
    """Some letters could not be written; all others were."""


@dataclass(frozen=True)
class Line:
    """One working copy in a letter: what is up with it, and the page to go on ("": none)."""

    title: str
    what: str
    path: str
    is_open: bool
    at: dt.datetime


def rhythm_of(session: Session, account: Account) -> DeskRhythm:
    """Return how often `account` wants to hear from the desk."""
    notice = session.get(DeskNotice, account.id)
    return notice.rhythm if notice else DeskRhythm.DAILY


def set_rhythm(session: Session, account: Account, rhythm: DeskRhythm) -> None:
    """Change how often `account` hears from the desk."""
    _notice(session, account).rhythm = rhythm
    session.flush()


def send_due(engine: Engine, settings: Settings, *, now: dt.datetime, dry_run: bool = False) -> int:
    """Queue the letters that are due at `now`, each in a transaction of its own; return how many.

    Raises:
        SomeFailed: after all others have got theirs; the log says more.
    """
    with Session(engine) as session:
        numbers = session.scalars(
            select(Account.id)
            .where(Account.active.is_(True), Account.joined_at.is_not(None))
            .order_by(Account.id)
        ).all()
    written = failed = 0
    for number in numbers:
        try:
            with Session(engine) as session:
                begin_write(session)
                written += write_notice(session, number, settings=settings, now=now)
                if dry_run:
                    session.rollback()
                else:
                    session.commit()
        except Exception:  # noqa: BLE001 - told in the log and by SomeFailed
            # Whatever it is, the other accounts get their letters.
            failed += 1
            _log.exception("Notice for account %d failed", number)
    if failed:
        raise SomeFailed(f"{failed} Nachrichten der Redaktion konnten nicht geschrieben werden.")
    return written


def write_notice(
    session: Session, account_id: int, *, settings: Settings, now: dt.datetime
) -> bool:
    """Queue one account's letter if it is due and there is anything to say; return whether."""
    account = session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    if account is None or not account.active:
        return False
    notice = _notice(session, account)
    if not _is_due(notice, now):
        return False
    since = notice.told_at or now - FIRST_LOOK_BACK
    waiting = _waiting(session, account)
    answered = _answered(session, account, since=since)
    happened = any(line.at > since for line in (*waiting, *answered))
    is_open = any(line.is_open for line in (*waiting, *answered))
    if not (happened or (is_open and _days(notice.told_at, now) >= REMIND_AFTER_DAYS)):
        return False
    _queue(session, account, waiting, answered, settings=settings, now=now)
    notice.told_at = now
    session.flush()
    return True


def _waiting(session: Session, account: Account) -> Sequence[Line]:
    """Return what waits for review by `account`, oldest first."""
    if not may(account, Right.REVIEW):
        return []
    copies = session.scalars(
        select(WorkingCopy)
        .where(WorkingCopy.stage == Stage.SUBMITTED)
        .order_by(WorkingCopy.submitted_at, WorkingCopy.id)
    )
    return [
        Line(
            copy.title or _NO_TITLE,
            f"{KINDS[copy.kind].singular}, eingereicht am {date(copy.submitted_at)}",
            f"/redaktion/pruefung/{copy.id}",
            is_open=True,
            at=copy.submitted_at,
        )
        for copy in copies
        if copy.submitted_at is not None and not _wrote(account, copy)
    ]


def _answered(session: Session, account: Account, *, since: dt.datetime) -> Sequence[Line]:
    """Return where the copies of `account` stand after others decided, the newest step last."""
    last_steps = (
        select(StageChange.copy_id)
        .where(StageChange.at > since, StageChange.after.in_(_ANSWERS))
        .scalar_subquery()
    )
    copies = session.scalars(
        select(WorkingCopy)
        .where(
            WorkingCopy.stage.in_(_ANSWERS),
            or_(WorkingCopy.stage == Stage.RETURNED, WorkingCopy.id.in_(last_steps)),
        )
        .options(selectinload(WorkingCopy.steps))
        .order_by(WorkingCopy.id)
    )
    lines = []
    for copy in copies:
        step = next(one for one in reversed(copy.steps) if one.after is copy.stage)
        if _wrote(account, copy) and step.actor != account.actor:
            lines.append(_answer(copy, step))
    return sorted(lines, key=lambda line: line.at)


def _answer(copy: WorkingCopy, step: StageChange) -> Line:
    returned = copy.stage is Stage.RETURNED
    what = copy.stage.label
    if returned:
        what = f"zurückgegeben, weil: {' '.join((step.note or '').split())}"
    elif copy.stage is Stage.SCHEDULED and copy.publish_at is not None:
        what = f"freigegeben, erscheint am {date_time(copy.publish_at)}"
    path = "" if copy.stage is Stage.PUBLISHED else f"/redaktion/fassungen/{copy.id}"
    return Line(copy.title or _NO_TITLE, what, path, is_open=returned, at=step.at)


def _queue(
    session: Session,
    account: Account,
    waiting: Sequence[Line],
    answered: Sequence[Line],
    *,
    settings: Settings,
    now: dt.datetime,
) -> None:
    subject, text = render_letter(
        "desk_notice",
        settings=settings,
        waiting=waiting,
        answered=answered,
        settings_path="/redaktion/benachrichtigungen",
    )
    queue(
        session,
        Letter(
            to=account.email,
            subject=subject,
            text=text,
            kind="desk-notice",
            unique=f"desk-notice:{account.handle}:{now.astimezone(_BERLIN).date()}",
            reference=f"account:{account.id}",
        ),
        now=now,
    )


def _notice(session: Session, account: Account) -> DeskNotice:
    notice = session.get(DeskNotice, account.id)
    if notice is None:
        notice = DeskNotice(account_id=account.id, rhythm=DeskRhythm.DAILY)
        session.add(notice)
    return notice


def _wrote(account: Account, copy: WorkingCopy) -> bool:
    return account.actor in {copy.author, *copy.contributors}


def _is_due(notice: DeskNotice, now: dt.datetime) -> bool:
    if notice.rhythm is DeskRhythm.NONE:
        return False
    return notice.told_at is None or _days(notice.told_at, now) >= _DAYS[notice.rhythm]


def _days(told_at: dt.datetime | None, now: dt.datetime) -> int:
    """Return how many midnights lie between; cron is never on time to the second."""
    if told_at is None:
        return REMIND_AFTER_DAYS
    return (now.astimezone(_BERLIN).date() - told_at.astimezone(_BERLIN).date()).days
