"""At most five things to do, the most urgent kind first; each closes where it opened."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.models import Account, Role
from directory.accounts.rights import Right, may
from directory.contacts import vouching
from directory.contacts.models import ContactPoint
from directory.db import utc_now
from directory.editorial import copies, handover
from directory.editorial.kinds import KINDS
from directory.feedback.queries import open_hints
from directory.files.models import FileKind
from directory.importing import batches
from directory.practices import queries as practices
from directory.publication.models import EntryKind, Stage, WorkingCopy
from directory.text import plural
from directory.web.filters import date

MOST_TASKS = 5


@dataclass(frozen=True)
class Task:
    """One thing to do: in a few words, why, and the page where it can be done."""

    label: str
    reason: str
    endpoint: str
    values: tuple[tuple[str, str | int], ...] = ()


# What looks for tasks of one sort; each yields the oldest first.
Source = Callable[[Session, Account], Iterator[Task]]


def tasks_of(session: Session, account: Account) -> Sequence[Task]:
    """Return what `account` should do now, at most five."""
    found = (task for source in SOURCES for task in source(session, account))
    return list(islice(found, MOST_TASKS))


def _to_review(session: Session, account: Account) -> Iterator[Task]:
    if not may(account, Right.REVIEW):
        return
    for copy in copies.submitted(session):
        if account.actor not in {copy.author, *copy.contributors}:
            yield Task(
                f"„{copy.title}“ prüfen",
                f"{KINDS[copy.kind].singular}, eingereicht",
                "desk_review.copy",
                (("copy_id", copy.id),),
            )


def _returned(session: Session, account: Account) -> Iterator[Task]:
    rows = session.scalars(
        select(WorkingCopy)
        .where(WorkingCopy.stage == Stage.RETURNED, WorkingCopy.author == account.actor)
        .order_by(WorkingCopy.updated_at)
    )
    for copy in rows:
        reason = next(step.note for step in reversed(copy.steps) if step.after is Stage.RETURNED)
        open_comments = sum(1 for one in copy.comments if one.settled_at is None)
        remarks = f" ({plural(open_comments, 'Anmerkung', 'Anmerkungen')})" if open_comments else ""
        yield Task(
            f"„{copy.title}“ überarbeiten",
            f"Zurückgegeben, weil: {reason}{remarks}",
            "desk_copies.edit",
            (("copy_id", copy.id),),
        )


def _to_release(session: Session, account: Account) -> Iterator[Task]:
    if not may(account, Right.REVIEW):
        return
    for batch in batches.waiting(session):
        if batch.prepared_by != account.actor:
            yield Task(
                f"Import „{batch.filename}“ prüfen",
                f"{batch.kind.label}, zur Freigabe seit {date(batch.prepared_at)}",
                "desk_imports.show",
                (("number", batch.id),),
            )


def _returned_imports(session: Session, account: Account) -> Iterator[Task]:
    for batch in batches.returned_to(session, account.actor):
        yield Task(
            f"Import „{batch.filename}“ überarbeiten",
            f"Zurückgegeben, weil: {batch.note}",
            "desk_imports.show",
            (("number", batch.id),),
        )


def _past_review(session: Session, account: Account) -> Iterator[Task]:
    # The office's part is done where the municipality has editors: they know whether it is so.
    if not account.places:
        return
    for practice in practices.past_review(session, utc_now(), account.places):
        yield Task(
            f"Stimmt „{practice.title}“ noch?",
            f"Seit dem {date(practice.looked_through_at)} nicht durchgesehen",
            "desk_entries.history",
            (("path", KINDS[EntryKind.PRACTICE].path), ("key", practice.slug)),
        )


def _undeliverable(session: Session, account: Account) -> Iterator[Task]:
    for contact in vouching.unreachable(session):
        if may(account, Right.WRITE, contact.ags):
            yield _contact_task(contact, "E-Mail-Adresse berichtigen", "Nachrichten kommen zurück")


def _unconfirmed(session: Session, account: Account) -> Iterator[Task]:
    for request in vouching.unanswered(session):
        if may(account, Right.WRITE, request.contact.ags):
            reason = f"Niemand hat geantwortet; gefragt am {date(request.asked_at)}"
            yield _contact_task(request.contact, "bestätigen", reason)


def _contact_task(contact: ContactPoint, what: str, reason: str) -> Task:
    return Task(
        f"„{contact.unit}“ in {contact.municipality.name}: {what}",
        reason,
        "desk_contacts.standing",
        (("key", contact.id),),
    )


def _hints(session: Session, account: Account) -> Iterator[Task]:
    places = account.places if account.role is Role.EDITOR else None
    for hint in open_hints(session, places):
        if hint.taken_by in (None, account.actor):
            yield Task(
                f"Hinweis zu „{hint.page}“ beantworten",
                f"eingegangen am {date(hint.at)}",
                "desk_hints.detail",
                (("number", hint.id),),
            )


def _handovers(session: Session, account: Account) -> Iterator[Task]:
    if not may(account, Right.OFFICE):
        return
    for record in handover.unsettled(session):
        yield Task(
            "Nachfolge regeln",
            f"Übergabe vom {date(record.at)} an das Funktionspostfach",
            "desk_handover.detail",
            (("number", record.id),),
        )


def _pictures_without_words(session: Session, account: Account) -> Iterator[Task]:
    rows = session.scalars(
        select(WorkingCopy)
        .where(
            WorkingCopy.kind == EntryKind.PRACTICE,
            WorkingCopy.stage.in_((Stage.DRAFT, Stage.RETURNED)),
            WorkingCopy.author == account.actor,
        )
        .order_by(WorkingCopy.updated_at)
    )
    for copy in rows:
        wordless = sum(1 for one in copy.fields.get("attachments") or () if _lacks_words(one))
        if wordless:
            yield Task(
                f"Bilder beschreiben in „{copy.title}“",
                f"{plural(wordless, 'Bild', 'Bilder')} ohne Alternativtext",
                "desk_copies.edit",
                (("copy_id", copy.id), ("_anchor", "attachments")),
            )


def _lacks_words(attachment: dict[str, Any]) -> bool:
    return (
        attachment.get("kind") == FileKind.IMAGE
        and not attachment.get("decorative")
        and not attachment.get("alternative_text")
    )


# The order is fixed: what others wait for comes first.
SOURCES: tuple[Source, ...] = (
    _to_review,
    _to_release,
    _returned,
    _returned_imports,
    _undeliverable,
    _unconfirmed,
    _hints,
    _handovers,
    _past_review,
    _pictures_without_words,
)
