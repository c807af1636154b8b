"""Asking contact points whether they are still right, and what follows from answer or silence.

A year after the last confirmation one letter goes to the contact point itself; after 30 days of
silence one to its function mailbox; after 60 days it is up to the office. Whoever answers, or
an address that sends letters back, ends the waiting. Callers commit.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, String, cast, delete, func, or_, select
from sqlalchemy.orm import Session, joinedload

from directory.accounts.keys import digest, new_key
from directory.config import Settings
from directory.contacts.models import (
    Answer,
    ConfirmationLink,
    ConfirmationRequest,
    ContactPoint,
)
from directory.contacts.operations import contact_key
from directory.errors import NotFound
from directory.mail.letters import render_letter
from directory.mail.models import OutboxMail
from directory.mail.outbox import Letter, find_by_unique, queue
from directory.publication import history
from directory.publication.catalogue import advance
from directory.publication.models import EntryKind, Stage, Status, WorkingCopy

ASK_AFTER = dt.timedelta(days=365)
FALLBACK_AFTER = dt.timedelta(days=30)
OFFICE_AFTER = dt.timedelta(days=60)
LINK_LIVES = dt.timedelta(days=60)
# A new link may be asked for by whoever has an old one; nobody gets more than this in one round.
MOST_NEW_LINKS = 3

# How the history names whoever answers by a link, and what comes back by itself.
BY_LINK = "ansprechstelle"
BY_MAIL = "postausgang"

_KIND = "contact-confirmation"
_KIND_FALLBACK = "contact-fallback"


def ask_due(session: Session, *, settings: Settings, now: dt.datetime) -> int:
    """Ask every published contact point that is due; return how many."""
    due = session.scalars(_due(now).options(joinedload(ContactPoint.municipality))).all()
    for contact in due:
        request = ConfirmationRequest(contact_id=contact.id, asked_at=now)
        session.add(request)
        session.flush()
        if contact.email and not contact.undeliverable_at:
            _write(session, request, contact, to=contact.email, settings=settings, now=now)
        elif contact.fallback_email:
            _write_to_fallback(session, request, contact, settings=settings, now=now)
        else:
            # There is nobody to write to, so nothing to wait for.
            request.escalated_at = now
    return len(due)


def ask_fallbacks(session: Session, *, settings: Settings, now: dt.datetime) -> int:
    """Ask the function mailbox where the contact point is silent or cannot be reached."""
    rows = session.scalars(
        _open_requests().where(
            ConfirmationRequest.fallback_asked_at.is_(None),
            ContactPoint.fallback_email.is_not(None),
            or_(
                ConfirmationRequest.asked_at <= now - FALLBACK_AFTER,
                ContactPoint.undeliverable_at.is_not(None),
            ),
        )
    ).all()
    for request in rows:
        _write_to_fallback(session, request, request.contact, settings=settings, now=now)
    return len(rows)


def escalate(session: Session, *, now: dt.datetime) -> int:
    """Make it a task of the office where nobody has answered for so long."""
    rows = session.scalars(
        _open_requests().where(
            ConfirmationRequest.escalated_at.is_(None),
            ConfirmationRequest.asked_at <= now - OFFICE_AFTER,
        )
    ).all()
    for request in rows:
        request.escalated_at = now
    return len(rows)


def erase_links(session: Session, *, now: dt.datetime) -> int:
    """Erase what is kept of links whose time is over; return how many."""
    gone = session.execute(
        delete(ConfirmationLink)
        .where(ConfirmationLink.expires_at <= now)
        .returning(ConfirmationLink.id)
    )
    return len(gone.all())


def get_contact_of(session: Session, token: str) -> ContactPoint:
    """Return the contact point a link is about, whether it still works or not.

    Raises:
        NotFound: no link of ours looks like this, or the entry is no longer public.
    """
    number = token.partition("-")[0]
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    contact = session.get(ContactPoint, int(number)) if is_number else None
    if contact is None or contact.status is not Status.PUBLISHED:
        raise NotFound("Unter dieser Adresse gibt es keine Ansprechstelle.")
    return contact


def find_request(session: Session, token: str, *, now: dt.datetime) -> ConfirmationRequest | None:
    """Return what the link asks for, locked until the transaction ends; None: it is over."""
    found: ConfirmationRequest | None = session.scalar(
        select(ConfirmationRequest)
        .join(ConfirmationLink, ConfirmationLink.request_id == ConfirmationRequest.id)
        .where(
            ConfirmationLink.token_hash == digest(token),
            ConfirmationLink.expires_at > now,
            ConfirmationRequest.answered_at.is_(None),
        )
        .with_for_update(of=ConfirmationRequest)
    )
    return found


def find_open_request(session: Session, contact: ContactPoint) -> ConfirmationRequest | None:
    """Return the request that `contact` has not answered yet."""
    return session.scalar(
        select(ConfirmationRequest).where(
            ConfirmationRequest.contact_id == contact.id,
            ConfirmationRequest.answered_at.is_(None),
        )
    )


def send_new_link(
    session: Session, contact: ContactPoint, *, settings: Settings, now: dt.datetime
) -> bool:
    """Send another link to the address on file, once a day at most; return whether one went."""
    request = find_open_request(session, contact)
    to = contact.fallback_email if contact.undeliverable_at else contact.email
    to = to or contact.fallback_email
    if request is None or to is None:
        return False
    kind = _KIND if to == contact.email else _KIND_FALLBACK
    day = f"{kind}:{request.id}:{now.date().isoformat()}"
    sent = select(func.count()).where(OutboxMail.unique_key.startswith(f"{kind}:{request.id}:"))
    if find_by_unique(session, day) or (session.scalar(sent) or 0) >= MOST_NEW_LINKS:
        return False
    _write(session, request, contact, to=to, settings=settings, now=now, kind=kind, unique=day)
    return True


def confirm(
    session: Session,
    contact: ContactPoint,
    *,
    by: str,
    now: dt.datetime,
    answer: Answer = Answer.CONFIRMED,
) -> None:
    """Keep that somebody vouches for `contact` as it is; `changed_at` stays as it was.

    Whoever vouches also says that the address is right, whatever came back before.
    """
    contact.verified_at = now
    contact.undeliverable_at = None
    _close(session, contact, answer, now)
    history.note(session, action="confirm", by=by, kind=EntryKind.CONTACT, key=contact_key(contact))
    advance(session, ground=False)


def close_with_successor(session: Session, contact: ContactPoint, *, now: dt.datetime) -> None:
    """Keep that somebody else answers from now on; nothing is confirmed by that."""
    _close(session, contact, Answer.SUCCESSOR, now)


def mark_undeliverable(session: Session, contact: ContactPoint, *, now: dt.datetime) -> None:
    """Keep that the address of `contact` takes no letters; readers see it at once."""
    if contact.undeliverable_at is None:
        contact.undeliverable_at = now
        history.note(
            session,
            action="undeliverable",
            by=BY_MAIL,
            kind=EntryKind.CONTACT,
            key=contact_key(contact),
        )
        advance(session, ground=False)


def note_undeliverable(session: Session, mail: OutboxMail) -> None:
    """Draw the consequence of a letter whose address turned out not to take any.

    For whoever delivers letters or reads what comes back; other letters are none of our business.
    """
    kind, _, number = (mail.reference or "").partition(":")
    if kind != "contact" or not mail.is_undeliverable or not number.isdecimal():
        return
    contact = session.get(ContactPoint, int(number))
    if contact is None:
        return
    now = mail.bounced_at or mail.created_at
    if mail.kind == _KIND and mail.recipient in ("", contact.email):
        mark_undeliverable(session, contact, now=now)
    request = find_open_request(session, contact)
    if mail.kind == _KIND_FALLBACK and request is not None:
        request.escalated_at = request.escalated_at or now


def unreachable(session: Session) -> Sequence[ContactPoint]:
    """Return the public contact points whose address sends letters back, longest first."""
    return session.scalars(
        select(ContactPoint)
        .where(ContactPoint.status == Status.PUBLISHED, ContactPoint.undeliverable_at.is_not(None))
        .options(joinedload(ContactPoint.municipality))
        .order_by(ContactPoint.undeliverable_at, ContactPoint.id)
    ).all()


def unanswered(session: Session) -> Sequence[ConfirmationRequest]:
    """Return the requests that wait for the office, longest first."""
    return session.scalars(
        _open_requests()
        .where(
            ConfirmationRequest.escalated_at.is_not(None),
            ContactPoint.undeliverable_at.is_(None),
        )
        .options(joinedload(ConfirmationRequest.contact).joinedload(ContactPoint.municipality))
        .order_by(ConfirmationRequest.asked_at, ConfirmationRequest.id)
    ).all()


def _due(now: dt.datetime) -> Select[ContactPoint]:
    asked = select(ConfirmationRequest.id).where(
        ConfirmationRequest.contact_id == ContactPoint.id,
        ConfirmationRequest.answered_at.is_(None),
    )
    return (
        select(ContactPoint)
        .where(
            ContactPoint.status == Status.PUBLISHED,
            func.coalesce(
                ContactPoint.verified_at, ContactPoint.published_at, ContactPoint.created_at
            )
            <= now - ASK_AFTER,
            ~asked.exists(),
            ~_is_being_changed(),
        )
        .order_by(ContactPoint.id)
    )


def _is_being_changed() -> ColumnElement[bool]:
    """Whoever was named as successor is asked once the change is published, not before."""
    answered = (
        select(ConfirmationRequest.id)
        .where(
            ConfirmationRequest.contact_id == ContactPoint.id,
            ConfirmationRequest.answer == Answer.SUCCESSOR,
        )
        .exists()
    )
    copy = (
        select(WorkingCopy.id)
        .where(
            WorkingCopy.kind == EntryKind.CONTACT,
            WorkingCopy.key == cast(ContactPoint.id, String),
            WorkingCopy.stage.not_in((Stage.PUBLISHED, Stage.DISCARDED)),
        )
        .exists()
    )
    return answered & copy


def _open_requests() -> Select[ConfirmationRequest]:
    return (
        select(ConfirmationRequest)
        .join(ConfirmationRequest.contact)
        .where(ConfirmationRequest.answered_at.is_(None), ContactPoint.status == Status.PUBLISHED)
    )


def _close(session: Session, contact: ContactPoint, answer: Answer, now: dt.datetime) -> None:
    request = find_open_request(session, contact)
    if request is not None:
        request.answered_at = now
        request.answer = answer
        session.execute(delete(ConfirmationLink).where(ConfirmationLink.request_id == request.id))
    session.flush()


def _write_to_fallback(
    session: Session,
    request: ConfirmationRequest,
    contact: ContactPoint,
    *,
    settings: Settings,
    now: dt.datetime,
) -> None:
    request.fallback_asked_at = now
    assert contact.fallback_email is not None, "only asked where there is one"  # noqa: S101
    _write(
        session,
        request,
        contact,
        to=contact.fallback_email,
        settings=settings,
        now=now,
        kind=_KIND_FALLBACK,
    )


def _write(
    session: Session,
    request: ConfirmationRequest,
    contact: ContactPoint,
    *,
    to: str,
    settings: Settings,
    now: dt.datetime,
    kind: str = _KIND,
    unique: str | None = None,
) -> None:
    unique = unique or f"{kind}:{request.id}"
    if find_by_unique(session, unique) is not None:
        return
    token = f"{contact.id}-{new_key()}"
    session.add(
        ConfirmationLink(
            request_id=request.id, token_hash=digest(token), expires_at=now + LINK_LIVES
        )
    )
    subject, text = render_letter(
        "confirm_contact",
        settings=settings,
        unit=contact.unit,
        municipality=contact.municipality.name,
        path=f"/bestaetigung/{token}",
        days=LINK_LIVES.days,
        silent=kind == _KIND_FALLBACK,
    )
    queue(
        session,
        Letter(
            to=to,
            subject=subject,
            text=text,
            kind=kind,
            unique=unique,
            reference=f"contact:{contact.id}",
        ),
    )
