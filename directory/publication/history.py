"""Writing the memory of entries: revisions, decisions and the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from directory.db import UtcDateTime, utc_now
from directory.publication.models import (
    AuditEntry,
    Decision,
    EntryKind,
    Publishable,
    Revision,
    Status,
)
from directory.rows import insert_rows


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
    insert_rows(
        session,
        Revision,
        [
            {**common, "key": one.key, "version": one.version, "fields": one.fields}
            for one in savings
        ],
    )
    insert_rows(
        session,
        AuditEntry,
        [{**common, "key": one.key, "action": one.action, "details": {}} for one in savings],
    )


def note(
    session: Session,
    *,
    action: str,
    by: str,
    kind: EntryKind | None = None,
    key: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add one line to the audit trail."""
    line = {"at": utc_now(), "actor": by, "action": action, "kind": kind, "key": key}
    insert_rows(session, AuditEntry, [{**line, "details": details or {}}])


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
    before, entry.status = entry.status, to
    if to is Status.PUBLISHED and entry.published_at is None:
        entry.published_at = now
    decision = Decision(kind=kind, key=key, before=before, after=to, actor=by, at=now, note=note)
    session.add(decision)
    return decision


def move_all(
    session: Session,
    entries: Sequence[tuple[Publishable, str]],
    *,
    kind: EntryKind,
    to: Status,
    by: str,
    note: str | None = None,
) -> None:
    """Change the status of entries of one kind, each with its key, as `move` does for one.

    At most as many as fit the bound parameters of one statement.
    """
    if not entries:
        return
    session.flush()
    now = utc_now()
    common = {"kind": kind, "after": to, "actor": by, "at": now, "note": note}
    insert_rows(
        session,
        Decision,
        [{**common, "key": key, "before": entry.status} for entry, key in entries],
    )
    moved: list[Any] = [entry for entry, _ in entries]
    model = type(moved[0])
    values: dict[str, Any] = {"status": to}
    if to is Status.PUBLISHED:
        values["published_at"] = func.coalesce(model.published_at, literal(now, UtcDateTime))
    session.execute(
        update(model).where(model.id.in_([entry.id for entry in moved])).values(values),
        execution_options={"synchronize_session": False},
    )
    for entry in moved:
        set_committed_value(entry, "status", to)
        if to is Status.PUBLISHED and entry.published_at is None:
            set_committed_value(entry, "published_at", now)
