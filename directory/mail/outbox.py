"""Putting letters into the outbox, looking into it, and forgetting what they said."""

import datetime as dt
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.errors import BadInput, Conflict, NotFound
from directory.mail.addresses import checked_address
from directory.mail.models import OutboxMail
from directory.text import clean

LONGEST_SUBJECT = 250
LONGEST_TEXT = 200_000
LONGEST_URL = 500
# What a letter said is needed to look into complaints ("nothing arrived"), and no longer.
KEEP_LETTERS = dt.timedelta(days=7)

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_KEY = re.compile(r"[^\s@]{1,200}")


class InvalidLetter(BadInput):
    """A letter that must not be sent as it is."""

    title = "Diese Nachricht kann so nicht verschickt werden"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter to one recipient, before it is in the outbox.

    `kind` is a short slug (`invitation`). `unique` names the occasion (`reminder:17:2026`): the
    same occasion is never written twice. `reference` says what it is about (`contact:17`). Both are
    kept for good, so neither may hold an address. `unsubscribe_url` ends it with one click (POST).
    """

    to: str
    subject: str
    text: str
    kind: str
    unique: str | None = None
    reference: str | None = None
    unsubscribe_url: str | None = None
    not_before: dt.datetime | None = None


def queue(session: Session, letter: Letter, *, now: dt.datetime | None = None) -> OutboxMail:
    """Put `letter` into the outbox, in the caller's transaction; delivery comes after its commit.

    A letter whose `unique` is in the outbox already, in whatever state, is that letter.

    Raises:
        InvalidAddress: `to` is not exactly one mail address.
        InvalidLetter: subject, text, kind, keys or link cannot be sent like this.
    """
    _check(letter)
    now = now or utc_now()
    mail = OutboxMail(
        recipient=checked_address(letter.to),
        subject=clean(letter.subject),
        text=clean(letter.text.replace("\r\n", "\n").replace("\r", "\n")),
        unsubscribe_url=letter.unsubscribe_url,
        kind=letter.kind,
        unique_key=letter.unique,
        reference=letter.reference,
        # Two secrets: whoever is shown a letter knows one of them, only its way back the other.
        message_id=secrets.token_hex(16),
        bounce_token=secrets.token_hex(16),
        created_at=now,
        not_before=letter.not_before,
        next_try_at=letter.not_before or now,
    )
    if letter.unique is None:
        session.add(mail)
        session.flush()
        return mail
    return find_by_unique(session, letter.unique) or _add_once(session, mail, letter.unique)


def find_by_unique(session: Session, unique: str) -> OutboxMail | None:
    """Return the letter written for the occasion `unique`."""
    return session.scalar(select(OutboxMail).where(OutboxMail.unique_key == unique))


def get_mail(session: Session, number: int) -> OutboxMail:
    """Return the letter with this number.

    Raises:
        NotFound: there is none.
    """
    mail = session.get(OutboxMail, number)
    if mail is None:
        raise NotFound(f"Eine Nachricht mit der Nummer {number} gibt es nicht.")
    return mail


def waiting(session: Session) -> Sequence[OutboxMail]:
    """Return the letters that are still to be delivered, next one first."""
    return session.scalars(
        select(OutboxMail).where(_is_waiting()).order_by(OutboxMail.next_try_at, OutboxMail.id)
    ).all()


def failed(session: Session) -> Sequence[OutboxMail]:
    """Return the letters that were given up or came back, newest first."""
    return session.scalars(
        select(OutboxMail)
        .where(or_(OutboxMail.given_up_at.is_not(None), OutboxMail.bounced_at.is_not(None)))
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
    ).all()


def latest(session: Session, limit: int = 50) -> Sequence[OutboxMail]:
    """Return the newest letters in whatever state, newest first."""
    return session.scalars(
        select(OutboxMail).order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc()).limit(limit)
    ).all()


def undeliverable(session: Session, reference: str) -> OutboxMail | None:
    """Return the newest letter about `reference` whose address does not take letters."""
    found = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.reference == reference, OutboxMail.bounced_at.is_not(None))
        .order_by(OutboxMail.bounced_at.desc())
    )
    return next((mail for mail in found if mail.is_undeliverable), None)


def try_again(session: Session, mail: OutboxMail) -> None:
    """Let a letter that was given up wait for delivery again; for a person to decide.

    Raises:
        Conflict: it was not given up, or its text is erased already.
    """
    if mail.given_up_at is None:
        raise Conflict(
            "Diese Nachricht wurde nicht aufgegeben; sie wird nicht noch einmal gesendet."
        )
    if mail.erased_at is not None:
        raise Conflict("Der Text dieser Nachricht ist bereits gelöscht.")
    now = utc_now()
    mail.given_up_at = mail.handed_over_at = mail.bounced_at = mail.bounce_status = None
    mail.last_error = None
    mail.attempts = 0
    mail.not_before = mail.next_try_at = now
    session.flush()


def erase_old(session: Session, now: dt.datetime) -> int:
    """Erase what letters said and to whom, :data:`KEEP_LETTERS` after their end; returns how many.

    The row stays as a count, and so that the same occasion is not written to twice.
    """
    limit = now - KEEP_LETTERS
    done = session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.erased_at.is_(None),
            or_(OutboxMail.sent_at < limit, OutboxMail.given_up_at < limit),
        )
        .values(recipient="", subject="", text="", unsubscribe_url=None, erased_at=now)
        .returning(OutboxMail.id)
    )
    return len(done.all())


def forget_recipient(session: Session, address: str) -> None:
    """Erase what was written to somebody who has left; what still waits is given up."""
    now = utc_now()
    theirs = OutboxMail.recipient == checked_address(address)
    session.execute(update(OutboxMail).where(theirs, _is_waiting()).values(given_up_at=now))
    session.execute(
        update(OutboxMail)
        .where(theirs, OutboxMail.erased_at.is_(None))
        .values(recipient="", subject="", text="", unsubscribe_url=None, erased_at=now)
    )


def forget_words(session: Session, words: str, change: Callable[[str], str]) -> None:
    """Let `change` take `words` (a name) out of all letters that are kept."""
    # Plain letters only: SQLite does not know the capitals of umlauts.
    part = max(re.findall(r"[A-Za-z]+", words), key=len, default="")
    rows = session.scalars(
        select(OutboxMail).where(
            or_(
                OutboxMail.text.icontains(part, autoescape=True),
                OutboxMail.subject.icontains(part, autoescape=True),
            )
        )
    )
    for mail in rows:
        mail.text, mail.subject = change(mail.text), change(mail.subject)
    session.flush()


def _is_waiting() -> ColumnElement[bool]:
    return and_(OutboxMail.sent_at.is_(None), OutboxMail.given_up_at.is_(None))


def _add_once(session: Session, mail: OutboxMail, unique: str) -> OutboxMail:
    try:
        # A savepoint: when another transaction was faster, only this insert is taken back.
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        known = find_by_unique(session, unique)
        if known is None:
            raise
        return known
    return mail


def _check(letter: Letter) -> None:
    subject = letter.subject.strip()
    if not subject or len(subject) > LONGEST_SUBJECT or len(subject.splitlines()) > 1:
        raise InvalidLetter(
            f"Der Betreff muss eine Zeile mit höchstens {LONGEST_SUBJECT} Zeichen sein."
        )
    if not letter.text.strip() or len(letter.text) > LONGEST_TEXT:
        raise InvalidLetter("Die Nachricht ist leer oder zu lang.")
    if not _SLUG.fullmatch(letter.kind):
        raise InvalidLetter("Die Art der Nachricht muss ein kurzes Kennwort sein.")
    for key in (letter.unique, letter.reference):
        if key is not None and not _KEY.fullmatch(key):
            raise InvalidLetter("Ein Merkmal der Nachricht enthält eine Adresse oder Leerzeichen.")
    if letter.unsubscribe_url is not None and not _is_link(letter.unsubscribe_url):
        raise InvalidLetter("Der Link zum Abbestellen ist keine Web-Adresse.")


def _is_link(url: str) -> bool:
    if (
        not url.isascii()
        or not url.isprintable()
        or len(url) > LONGEST_URL
        or set(url) & set(" <>")
    ):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
