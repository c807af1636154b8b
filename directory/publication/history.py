"""Writing the memory of entries: revisions, decisions and the audit trail."""

from typing import Any

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
    now = utc_now()
    decision = Decision(
        kind=kind, key=key, before=entry.status, after=to, actor=by, at=now, note=note
    )
    entry.status = to
    if to is Status.PUBLISHED and entry.published_at is None:
        entry.published_at = now
    session.add(decision)
    return decision
