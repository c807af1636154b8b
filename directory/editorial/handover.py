"""Handing over: somebody leaves, their work stays, their name goes.

One transaction moves working copies and hints to a successor or to the function mailbox, takes the
name out of every entry and of everything remembered about it, and tells the successor. First comes
a plan that lists exactly what will be touched; what is done is that plan or nothing.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from directory.accounts.models import Account, Role
from directory.accounts.operations import erase_account
from directory.config import Settings
from directory.db import utc_now
from directory.editorial.access import may_write
from directory.editorial.kinds import KINDS
from directory.editorial.publishing import current_version, known_for, show
from directory.errors import Conflict, NotFound
from directory.feedback.models import FeedbackMessage
from directory.importing.models import ImportBatch, ImportRow
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter, forget_recipient, forget_words, queue
from directory.publication import history
from directory.publication.drafting import read_draft
from directory.publication.models import (
    EntryKind,
    Handover,
    ParkedText,
    Stage,
    WorkingCopy,
)
from directory.publication.redaction import (
    REMOVED,
    EntryRef,
    entries_that_said,
    may_say,
    redact,
    without_name,
)
from directory.publication.validation import InvalidEntry
from directory.search.models import FailedQuery
from directory.text import clean, is_email, plural

# Fields that hold the name of a person, and why it may stand there.
_PERSONS = {"person_name": "person_basis", "person": "person_basis"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to hand over.

    `source` leaves (None: only a name goes); `successor` takes over, else the function `mailbox`.
    `places`: whose entries may be touched (AGS; None: all). `name` disappears; `new_name` with
    `new_basis` takes its place at contact points. `closes`: the account of `source` is erased.
    """

    source: Account | None = None
    successor: Account | None = None
    mailbox: str = ""
    name: str = ""
    new_name: str = ""
    new_basis: str = ""
    closes: bool = False
    places: frozenset[str] | None = None


@dataclass(frozen=True)
class Item:
    """One thing that is touched, in words."""

    kind: str
    title: str
    what: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Exactly what a handover will touch; `digest` tells two plans apart."""

    copies: Sequence[WorkingCopy]
    entries: Sequence[tuple[EntryRef, str]]
    hints: Sequence[FeedbackMessage]
    # Entries that name the person now, and those that did so once
    named: Sequence[tuple[EntryRef, str]]
    remembered: Sequence[EntryRef]
    items: Sequence[Item] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """A short text that changes as soon as anything in the plan does."""
        parts = [
            *(f"copy {one.id} {one.version} {one.stage}" for one in self.copies),
            *(f"entry {ref}" for ref, _ in self.entries),
            *(f"hint {one.id}" for one in self.hints),
            *(f"named {ref}" for ref, _ in self.named),
            *(f"said {ref}" for ref in self.remembered),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def checked(wish: Wish) -> Wish:
    """Return `wish` with tidy words.

    Raises:
        InvalidEntry: something is missing or cannot be.
    """
    tidy = replace(
        wish,
        mailbox=_one_line(wish.mailbox),
        name=_one_line(wish.name),
        new_name=_one_line(wish.new_name),
        new_basis=_one_line(wish.new_basis),
    )
    problems = {}
    if tidy.source is None and not tidy.name:
        problems["name"] = "Bitte wählen Sie ein Konto oder nennen Sie den Namen."
    if tidy.name and (len(tidy.name) < 5 or " " not in tidy.name or len(tidy.name) > 120):
        # „Mai“ alone would be cut out of every month of May.
        problems["name"] = "Bitte Vor- und Nachnamen angeben, so wie er geschrieben steht."
    if tidy.source is not None and tidy.successor is None and not is_email(tidy.mailbox):
        problems["mailbox"] = (
            "Bitte wählen Sie eine Nachfolge oder nennen Sie das Funktionspostfach."
        )
    if tidy.source is not None and tidy.successor is not None:
        problems |= _problems_of_successor(tidy.source, tidy.successor)
    if bool(tidy.new_name) != bool(tidy.new_basis):
        problems["new_basis"] = "Einen Namen gibt es nur zusammen mit der Rechtsgrundlage."
    if tidy.name and tidy.name.casefold() in tidy.new_name.casefold():
        problems["new_name"] = "Das ist der Name, der entfernt werden soll."
    if problems:
        raise InvalidEntry(problems)
    return tidy


def plan(session: Session, wish: Wish) -> Plan:
    """Return what :func:`hand_over` would touch."""
    copies: Sequence[WorkingCopy] = []
    entries: list[tuple[EntryRef, str]] = []
    hints: Sequence[FeedbackMessage] = []
    if wish.source is not None:
        actor = wish.source.actor
        theirs = select(WorkingCopy).where(WorkingCopy.author == actor).order_by(WorkingCopy.id)
        copies = session.scalars(theirs.where(WorkingCopy.stage.in_(_OPEN))).all()
        published = session.scalars(theirs.where(WorkingCopy.stage == Stage.PUBLISHED))
        # Responsible for an entry is who stands behind what was last published of it.
        entries = list(
            {(one.kind, one.key): one.title for one in published if one.key is not None}.items()
        )
        hints = session.scalars(
            select(FeedbackMessage)
            .where(FeedbackMessage.taken_by == actor, FeedbackMessage.closed_at.is_(None))
            .order_by(FeedbackMessage.id)
        ).all()
    remembered = entries_that_said(session, wish.name, wish.places) if wish.name else []
    named = [
        (ref, title)
        for ref in remembered
        if (title := _title_if_named(session, ref, wish.name)) is not None
    ]
    found = Plan(copies=copies, entries=entries, hints=hints, named=named, remembered=remembered)
    return replace(found, items=_items(found))


def hand_over(session: Session, wish: Wish, *, by: str, settings: Settings, seen: str) -> Handover:
    """Do what the plan with the digest `seen` says, all of it.

    Raises:
        Conflict: something has changed since, so that the plan has to be looked at again; or the
            successor may not write what they would get.
        InvalidEntry: an entry would not be one without the name.
    """
    wish = checked(wish)
    todo = plan(session, wish)
    if todo.digest != seen:
        raise Conflict(
            "Inzwischen hat sich etwas geändert. Bitte sehen Sie sich die Liste noch einmal an."
        )
    _refuse_wrong_successor(wish.successor, todo.copies)
    record = Handover(
        at=utc_now(),
        actor=by,
        source=wish.source.actor if wish.source else None,
        successor=wish.successor.actor if wish.successor else None,
        places=sorted(_places(wish, todo)),
        settled_at=None if wish.source and not wish.successor else utc_now(),
    )
    session.add(record)
    session.flush()
    if wish.source is not None:
        _move(session, wish.source.actor, record.successor or record.mailbox, record.successor)
    if wish.name:
        _take_name_out(session, wish, todo, by=by)
    for kind, key in _touched(todo):
        history.note(session, action="handover", by=by, kind=kind, key=key)
    if wish.source is not None:
        _tell(session, record, wish, todo, settings=settings)
        if wish.closes:
            forget_recipient(session, wish.source.email)
            erase_account(session, wish.source)
    session.flush()
    return record


def unsettled(session: Session) -> Sequence[Handover]:
    """Return the handovers that wait for a successor, oldest first."""
    return session.scalars(
        select(Handover).where(Handover.settled_at.is_(None)).order_by(Handover.at, Handover.id)
    ).all()


def get_handover(session: Session, number: int) -> Handover:
    """Return a handover, locked until the transaction ends; raise `NotFound`."""
    found = session.scalar(select(Handover).where(Handover.id == number).with_for_update())
    if found is None:
        raise NotFound("Diese Übergabe gibt es nicht.")
    return found


def held_by_mailbox(session: Session, record: Handover) -> Sequence[WorkingCopy]:
    """Return the open working copies that wait in the function mailbox."""
    return session.scalars(
        select(WorkingCopy)
        .where(WorkingCopy.author == record.mailbox, WorkingCopy.stage.in_(_OPEN))
        .order_by(WorkingCopy.id)
    ).all()


def settle(
    session: Session, record: Handover, successor: Account | None, *, settings: Settings
) -> None:
    """Give what waits in the function mailbox to `successor`; None: nobody needs to follow.

    Raises:
        Conflict: it has been settled, something still waits, or they may not write it.
    """
    if record.settled_at is not None:
        raise Conflict("Diese Übergabe ist schon geregelt.")
    waiting = held_by_mailbox(session, record)
    if successor is None and waiting:
        raise Conflict("Es warten noch Entwürfe. Bitte wählen Sie, wer sie übernimmt.")
    if successor is not None:
        _refuse_wrong_successor(successor, waiting)
        _move(session, record.mailbox, successor.actor, successor.actor)
        record.successor = successor.actor
        _send(session, record, successor.email, len(waiting), 0, settings=settings)
    record.settled_at = utc_now()
    session.flush()


# What else people wrote: hints from outside, tables to import, texts parked through a sign-in.
_TEXTS_ELSEWHERE: Mapping[type[Any], Sequence[str]] = {
    FeedbackMessage: ("message", "suggestion", "reply", "page"),
    ImportBatch: ("filename", "table"),
    ImportRow: ("name", "fields_before"),
    ParkedText: ("typed",),
}
_OPEN = tuple(stage for stage in Stage if stage.is_open)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _problems_of_successor(source: Account, successor: Account) -> dict[str, str]:
    if successor.id == source.id or not successor.active:
        return {"successor": "Bitte wählen Sie ein anderes Konto, das aktiv ist."}
    return {}


def _refuse_wrong_successor(successor: Account | None, copies: Collection[WorkingCopy]) -> None:
    if successor is None:
        return
    for copy in copies:
        if not may_write(successor, KINDS[copy.kind], copy.ags, author=successor.actor):
            raise Conflict(
                f"{successor.display_name} schreibt nicht für die Kommune von „{copy.title}“. "
                "Bitte wählen Sie ein anderes Konto."
            )


def _move(session: Session, source: str, target: str, taken_by: str | None) -> None:
    """Make `target` responsible for what `source` was; who wrote what stays as it was."""
    session.execute(update(WorkingCopy).where(WorkingCopy.author == source).values(author=target))
    session.execute(
        update(FeedbackMessage).where(FeedbackMessage.taken_by == source).values(taken_by=taken_by)
    )


def _take_name_out(session: Session, wish: Wish, todo: Plan, *, by: str) -> None:
    for (kind, key), _ in todo.named:
        _rewrite(session, wish, kind, key, by=by)
    redact(session, wish.name, wish.places)
    for model, columns in _TEXTS_ELSEWHERE.items():
        may_hold = or_(*(may_say(getattr(model, column), wish.name) for column in columns))
        for row in session.scalars(select(model).where(may_hold)):
            if wish.places is None or getattr(row, "ags", None) in wish.places:
                for column in columns:
                    setattr(row, column, without_name(getattr(row, column), wish.name))
    if wish.places is None:
        forget_words(session, wish.name, lambda text: str(without_name(text, wish.name)))
        for asked in session.scalars(
            select(FailedQuery).where(may_say(FailedQuery.words, wish.name))
        ):
            if without_name(asked.words, wish.name) != asked.words:
                session.delete(asked)


def _rewrite(session: Session, wish: Wish, kind_name: EntryKind, key: str, *, by: str) -> None:
    """Save the entry without the name, and carry its working copy along."""
    kind = KINDS[kind_name]
    before = current_version(session, kind, key)
    reading = read_draft(
        kind.draft,
        _renamed(kind.read(kind.get(session, key)).fields(), wish),
        known_for(session, kind_name),
    )
    if reading.problems:
        raise InvalidEntry(reading.problems, key=kind.title(session, reading.draft.fields()))
    kind.save(session, by, reading.draft, key)
    after = current_version(session, kind, key)
    copy = session.scalar(
        select(WorkingCopy).where(
            WorkingCopy.kind == kind_name, WorkingCopy.key == key, WorkingCopy.stage.in_(_OPEN)
        )
    )
    if copy is not None:
        copy.fields = _renamed(copy.fields, wish)
        if copy.base_version == before:
            # Both sides lost the same name: there is nothing to bring together.
            copy.base_version = after
    show(session, kind, [key])


def _renamed(fields: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    """Return `fields` without the name; a new one only where a contact point names somebody."""
    renamed = dict(_without_person(dict(fields), wish))
    if "fallback_email" in renamed and wish.mailbox and not renamed["fallback_email"]:
        renamed["fallback_email"] = wish.mailbox
    return renamed


def _without_person(value: Any, wish: Wish) -> Any:
    if isinstance(value, list):
        return [_without_person(one, wish) for one in value]
    if not isinstance(value, dict):
        return without_name(value, wish.name)
    cleaned = {name: _without_person(one, wish) for name, one in value.items()}
    for name, basis in _PERSONS.items():
        if REMOVED in str(cleaned.get(name) or ""):
            is_contact = name == "person_name"
            cleaned[name] = (wish.new_name or None) if is_contact else None
            cleaned[basis] = (wish.new_basis or None) if is_contact else None
    return cleaned


def _title_if_named(session: Session, ref: EntryRef, name: str) -> str | None:
    """Return the title of an entry that still has the name; None where it has not."""
    kind = KINDS.get(ref[0])
    entry = kind.find(session, ref[1]) if kind else None
    if kind is None or entry is None:
        return None
    fields = kind.read(entry).fields()
    return kind.title(session, fields) if without_name(fields, name) != fields else None


def _touched(todo: Plan) -> list[EntryRef]:
    refs = dict.fromkeys(
        [
            *((one.kind, one.key) for one in todo.copies if one.key is not None),
            *(ref for ref, _ in todo.entries),
            *(ref for ref, _ in todo.named),
        ]
    )
    return list(refs)


def _places(wish: Wish, todo: Plan) -> set[str]:
    concerned = {one.ags for one in todo.copies if one.ags is not None}
    return concerned | (set(wish.source.places) if wish.source else set())


def _items(found: Plan) -> list[Item]:
    named = {ref for ref, _ in found.named}
    return [
        *(
            Item(KINDS[one.kind].singular, one.title, f"Arbeitsfassung, {one.stage.label}")
            for one in found.copies
        ),
        *(
            Item(KINDS[kind].singular, title, "Zuständigkeit für den Eintrag")
            for (kind, _), title in found.entries
        ),
        *(Item("Hinweis", one.page, "in Bearbeitung") for one in found.hints),
        *(
            Item(KINDS[kind].singular, title, "Name wird entfernt oder ersetzt")
            for (kind, _), title in found.named
        ),
        *(
            Item(
                KINDS[kind].singular if kind in KINDS else "Eintrag",
                key,
                "Name in früheren Ständen",
            )
            for kind, key in found.remembered
            if (kind, key) not in named
        ),
    ]


def _tell(
    session: Session, record: Handover, wish: Wish, todo: Plan, *, settings: Settings
) -> None:
    to = wish.successor.email if wish.successor else wish.mailbox
    open_things = len(todo.copies) + len(todo.hints)
    _send(session, record, to, open_things, len(todo.entries), settings=settings)


def _send(
    session: Session,
    record: Handover,
    to: str,
    copies: int,
    entries: int,
    *,
    settings: Settings,
) -> None:
    subject, text = render_letter(
        "handed_over",
        settings=settings,
        open_things=plural(copies, "offener Vorgang", "offene Vorgänge"),
        entries=plural(entries, "veröffentlichter Eintrag", "veröffentlichte Einträge"),
        has_account=record.successor is not None,
        path="/redaktion",
    )
    queue(
        session,
        Letter(
            to=to,
            subject=subject,
            text=text,
            kind="handover",
            unique=f"handover:{record.id}:{record.successor or 'mailbox'}",
            reference=f"handover:{record.id}",
        ),
    )


def may_hand_over(account: Account, source: Account) -> bool:
    """Whether `account` may hand over what is `source`'s: one's own, the office everybody's.

    Accounts of administrators are administrators' business.
    """
    if account.id == source.id:
        return True
    if source.role is Role.ADMINISTRATOR:
        return account.role is Role.ADMINISTRATOR
    return account.role is not Role.EDITOR


def scope_of(account: Account) -> frozenset[str] | None:
    """Return whose entries `account` may take a name out of (AGS; None: all)."""
    return account.places if account.role is Role.EDITOR else None
