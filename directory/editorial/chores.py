"""What is to be done again and again: `directory remind` from cron. The whole list stands here.

Every chore has a transaction of its own. It does what is due at `now` and nothing twice, so it may
run as often as one likes; one that fails does not stop the others.
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from directory.accounts import attempts, tokens
from directory.config import Settings
from directory.contacts import vouching
from directory.db import begin_write
from directory.editorial import audit, notices
from directory.editorial.publishing import publish_due
from directory.errors import DirectoryError
from directory.importing import batches
from directory.mail import outbox
from directory.publication import parking
from directory.publication.models import Stage, WorkingCopy
from directory.subscriptions import digests
from directory.subscriptions import operations as subscribing

_log = logging.getLogger(__name__)

# „dirremin“ as a number: chores of two processes run one after the other.
_LOCK = 0x64697272656D696E


@dataclass(frozen=True)
class Chore:
    """One thing to do again and again: its name, what it is in German, what does it."""

    name: str
    title: str
    # Does what is due and returns how many that were
    run: Callable[[Session, Settings, dt.datetime], int]


@dataclass(frozen=True)
class Round:
    """Letters to many people, each in a transaction of its own, so that none is written twice."""

    name: str
    title: str
    # Called with engine, settings, `now=` and `dry_run=`; returns how many letters
    send: Callable[..., int]


@dataclass(frozen=True)
class Done:
    """What came of one chore; `trouble` where it failed."""

    chore: Chore | Round
    count: int = 0
    trouble: str = ""


def _publish(session: Session, _settings: Settings, now: dt.datetime) -> int:
    due = select(func.count()).where(
        WorkingCopy.stage == Stage.SCHEDULED, WorkingCopy.publish_at <= now
    )
    count = session.scalar(due) or 0
    publish_due(session, now=now)
    return count


def _ask(session: Session, settings: Settings, now: dt.datetime) -> int:
    return vouching.ask_due(session, settings=settings, now=now)


def _ask_fallbacks(session: Session, settings: Settings, now: dt.datetime) -> int:
    return vouching.ask_fallbacks(session, settings=settings, now=now)


def _escalate(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return vouching.escalate(session, now=now)


def _erase_links(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return vouching.erase_links(session, now=now)


def _erase_letters(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return outbox.erase_old(session, now)


def _erase_attempts(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return attempts.erase_old(session, now)


def _erase_tokens(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return tokens.erase_old(session, now)


def _erase_imports(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return batches.erase_expired(session, now=now)


def _erase_unconfirmed(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return subscribing.erase_unconfirmed(session, now=now)


def _erase_parked(session: Session, _settings: Settings, now: dt.datetime) -> int:
    return parking.forget_old(session, now)


def _forget_people(session: Session, settings: Settings, now: dt.datetime) -> int:
    return audit.forget_people(session, before=now - dt.timedelta(days=settings.audit_days))


CHORES: Sequence[Chore | Round] = (
    Chore("publish", "Termine: Fassungen veröffentlicht oder zurückgegeben", _publish),
    Chore("ask", "Ansprechstellen um Bestätigung gebeten", _ask),
    Chore("ask-fallbacks", "Funktionspostfächer gefragt", _ask_fallbacks),
    Chore("escalate", "Aufgaben für das Netzwerkbüro", _escalate),
    Chore("erase-links", "abgelaufene Bestätigungs-Links gelöscht", _erase_links),
    Chore("erase-letters", "alte Nachrichten im Postausgang gelöscht", _erase_letters),
    Chore("erase-imports", "Zeilen alter Importe gelöscht", _erase_imports),
    Chore("erase-attempts", "Kennzeichen gegen Überflutung gelöscht", _erase_attempts),
    Chore("erase-tokens", "abgelaufene Zugriffsschlüssel gelöscht", _erase_tokens),
    Chore("erase-parked", "aufbewahrte Texte gelöscht", _erase_parked),
    Chore("erase-unconfirmed", "nicht bestätigte Abonnements gelöscht", _erase_unconfirmed),
    Chore("forget-people", "Vorgänge im Protokoll ohne Namen", _forget_people),
    Round("digests", "Nachrichten mit Neuem verschickt", digests.send_due),
    Round("notices", "Nachrichten an die Redaktion verschickt", notices.send_due),
)


def run_chores(
    engine: Engine,
    settings: Settings,
    *,
    now: dt.datetime,
    dry_run: bool = False,
    chores: Sequence[Chore | Round] = CHORES,
) -> list[Done]:
    """Run all chores, each on its own; `dry_run` takes everything back that they did."""
    return [_run(engine, settings, chore, now, dry_run=dry_run) for chore in chores]


def _run(
    engine: Engine,
    settings: Settings,
    chore: Chore | Round,
    now: dt.datetime,
    *,
    dry_run: bool,
) -> Done:
    try:
        if isinstance(chore, Round):
            return Done(chore, chore.send(engine, settings, now=now, dry_run=dry_run))
        with Session(engine) as session:
            begin_write(session)
            if engine.dialect.name == "postgresql":
                session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            count = chore.run(session, settings, now)
            session.flush()
            if dry_run:
                session.rollback()
            else:
                session.commit()
    except DirectoryError as error:
        return Done(chore, trouble=error.sentence)
    except Exception:  # noqa: BLE001 - logged and told; whatever it is, the others go on
        _log.exception("Chore %s failed", chore.name)
        return Done(chore, trouble="Ein Fehler im Programm; Näheres steht im Protokoll.")
    return Done(chore, count)
