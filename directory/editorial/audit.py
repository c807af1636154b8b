"""The audit trail for administrators: who did what when; people are forgotten after a while."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.accounts.queries import names_of
from directory.editorial.entries import titles_of
from directory.publication.models import AuditEntry, EntryKind
from directory.web.pagination import Page

PAGE_SIZE = 100
# What stands in place of somebody whose time is over.
FORGOTTEN = "nicht mehr gespeichert"
_ACCOUNT = "konto:"


@dataclass(frozen=True)
class AuditFilter:
    """What somebody looks for in the trail; empty: everything."""

    action: str = ""
    kind: EntryKind | None = None
    key: str = ""
    actor: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class AuditLine:
    """One act, and what it was done to.

    `about` is what an entry or account is called; its key where it is gone or has no name.
    `is_there` says whether it can be looked at, `batch` the number of an import.
    """

    at: dt.datetime
    who: str
    actor: str
    action: str
    kind: EntryKind | None
    key: str
    about: str
    is_there: bool
    batch: int | None


def audit_lines(session: Session, wanted: AuditFilter, page: int) -> Page[AuditLine]:
    """Return one page of the trail, newest first."""
    statement = select(AuditEntry)
    if wanted.action:
        statement = statement.where(AuditEntry.action == wanted.action)
    if wanted.kind:
        statement = statement.where(AuditEntry.kind == wanted.kind)
    if wanted.key:
        statement = statement.where(AuditEntry.key.contains(wanted.key, autoescape=True))
    if wanted.actor:
        statement = statement.where(AuditEntry.actor == wanted.actor)
    if wanted.since:
        start = dt.datetime.combine(wanted.since, dt.time(), tzinfo=dt.UTC)
        statement = statement.where(AuditEntry.at >= start)
    if wanted.until:
        end = dt.datetime.combine(wanted.until, dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=1)
        statement = statement.where(AuditEntry.at < end)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    entries = session.scalars(
        statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Page(_lines(session, entries), page, PAGE_SIZE, total)


def _lines(session: Session, entries: Collection[AuditEntry]) -> list[AuditLine]:
    # Where the one who did it is forgotten, the one it was done to is as well.
    accounts = {
        entry.key
        for entry in entries
        if entry.key and entry.key.startswith(_ACCOUNT) and entry.actor != FORGOTTEN
    }
    names = names_of(session, {entry.actor for entry in entries} | accounts)
    keys: dict[EntryKind, set[str]] = {}
    for entry in entries:
        if entry.kind and entry.key:
            keys.setdefault(entry.kind, set()).add(entry.key)
    titles = {kind: titles_of(session, kind, wanted) for kind, wanted in keys.items()}
    lines = []
    for entry in entries:
        key = entry.key or ""
        title = titles[entry.kind].get(key) if entry.kind and key else None
        name = names[key] if key in accounts else None
        lines.append(
            AuditLine(
                at=entry.at,
                who=names[entry.actor],
                actor=entry.actor,
                action=entry.action,
                kind=entry.kind,
                key=key,
                about=title or name or key,
                is_there=title is not None,
                batch=entry.details.get("batch"),
            )
        )
    return lines


def actions(session: Session) -> Sequence[str]:
    """Return every kind of act in the trail."""
    return session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()


def actors(session: Session) -> dict[str, str]:
    """Return everybody in the trail: actor → name, by name."""
    found = session.scalars(select(AuditEntry.actor).distinct()).all()
    names = names_of(session, found)
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))


def forget_people(session: Session, *, before: dt.datetime) -> int:
    """Take people out of acts older than `before`; returns of how many acts. Callers commit."""
    gone = session.execute(
        update(AuditEntry)
        .where(AuditEntry.at < before, AuditEntry.actor.startswith("konto:"))
        .values(actor=FORGOTTEN)
        .returning(AuditEntry.id)
    )
    return len(gone.all())
