"""The audit trail for administrators: who did what when; people are forgotten after a while."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.accounts.queries import names_of
from directory.publication.models import AuditEntry, EntryKind
from directory.web.pagination import Page

PAGE_SIZE = 100
# What stands in place of somebody whose time is over.
FORGOTTEN = "nicht mehr gespeichert"


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
    """One act."""

    at: dt.datetime
    who: str
    actor: str
    action: str
    kind: EntryKind | None
    key: str


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
    names = names_of(session, {entry.actor for entry in entries})
    lines = [
        AuditLine(
            entry.at, names[entry.actor], entry.actor, entry.action, entry.kind, entry.key or ""
        )
        for entry in entries
    ]
    return Page(lines, page, PAGE_SIZE, total)


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
