"""Writing the memory of entries: revisions, decisions and the audit trail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.publication.models import (
    AuditEntry,
    Decision,
    EntryKind,
    Publishable,
    Revision,
    Status,
)


@dataclass(frozen=True)
class Saving:
    """One entry that was just saved: its key, its new version, what it says and what was done."""

    key: str
    version: int
    fields: dict[str, Any]
    action: str


def remember(session: Session, *, kind: EntryKind, savings: Sequence[Saving], by: str) -> None:
    """Keep a revision and a line in the audit trail for each of `savings`, all at once."""
    if not savings:
        return
    now = utc_now()
    common = {"kind": kind, "actor": by, "at": now}
    # Plain rows: for an import of thousands, entities would take longer than everything else.
    session.execute(
        insert(Revision),
        [
            {**common, "key": one.key, "version": one.version, "fields": one.fields}
            for one in savings
        ],
    )
    session.execute(
        insert(AuditEntry),
        [{**common, "key": one.key, "action": one.action, "details": {}} for one in savings],
    )


def record(
    session: Session,
    *,
    kind: EntryKind,
    key: str,
    version: int,
    fields: dict[str, Any],
    by: str,
) -> Revision:
    """Keep the state `fields` of an entry as its revision `version`."""
    revision = Revision(kind=kind, key=key, version=version, fields=fields, actor=by, at=utc_now())
    session.add(revision)
    return revision


def note(
    session: Session,
    *,
    action: str,
    by: str,
    kind: EntryKind | None = None,
    key: str | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one line to the audit trail."""
    entry = AuditEntry(
        at=utc_now(), actor=by, action=action, kind=kind, key=key, details=details or {}
    )
    session.add(entry)
    return entry


def move(
    session: Session,
    entry: Publishable,
    *,
    kind: EntryKind,
    key: str,
    to: Status,
    by: str,
    note: str | None = None,
) -> Decision:
    """Change the status of `entry`: the one door, which always leaves a decision behind."""
    decision = Decision(**_moved(entry, kind=kind, key=key, to=to, by=by, note=note))
    session.add(decision)
    return decision


def move_all(
    session: Session,
    entries: Iterable[tuple[Publishable, str]],
    *,
    kind: EntryKind,
    to: Status,
    by: str,
    note: str | None = None,
) -> None:
    """Change the status of many entries, each with its key, as `move` does for one."""
    decisions = [
        _moved(entry, kind=kind, key=key, to=to, by=by, note=note) for entry, key in entries
    ]
    if decisions:
        session.execute(insert(Decision), decisions)


def _moved(
    entry: Publishable, *, kind: EntryKind, key: str, to: Status, by: str, note: str | None
) -> dict[str, Any]:
    now = utc_now()
    before, entry.status = entry.status, to
    if to is Status.PUBLISHED and entry.published_at is None:
        entry.published_at = now
    values = {"kind": kind, "key": key, "before": before, "after": to}
    return {**values, "actor": by, "at": now, "note": note}
