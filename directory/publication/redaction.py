"""Taking somebody's name out of the memory of entries: revisions, working copies, remarks, notes.

What an entry says now is changed like everything else, by saving it; this is about what it said
once. The rest of each text stays: only the name becomes „(entfernt)“. Callers commit.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.publication.models import (
    AuditEntry,
    Decision,
    EntryKind,
    FieldComment,
    Revision,
    StageChange,
    WorkingCopy,
    WorkingCopyState,
)

REMOVED = "(entfernt)"

EntryRef = tuple[EntryKind, str]


def without_name(value: Any, name: str) -> Any:
    """Return plain JSON or text with every `name` in it removed, however it is capitalised."""
    if isinstance(value, str):
        # A line may end between first and last name.
        words = r"\s+".join(map(re.escape, name.split()))
        return re.sub(rf"(?<!\w){words}(?!\w)", REMOVED, value, flags=re.IGNORECASE)
    if isinstance(value, list):
        return [without_name(one, name) for one in value]
    if isinstance(value, dict):
        return {key: without_name(one, name) for key, one in value.items()}
    return value


def may_say(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return a condition that holds at least wherever a text or JSON column contains `name`.

    It looks for the plain letters only: umlauts are kept differently in JSON, and SQLite does not
    know their capitals. Who asks looks closer with :func:`without_name`.
    """
    part = max(re.findall(r"[A-Za-z]+", name), key=len, default="")
    return cast(column, Text).icontains(part, autoescape=True)


def entries_that_said(
    session: Session, name: str, places: Collection[str] | None
) -> list[EntryRef]:
    """Return the entries of `places` (AGS; None: all) one of whose kept states has the name."""
    rows = session.execute(
        select(Revision.kind, Revision.key, Revision.fields)
        .where(may_say(Revision.fields, name))
        .order_by(Revision.kind, Revision.key, Revision.version)
    )
    found = {
        (kind, key): True
        for kind, key, fields in rows
        if _is_within(fields.get("ags"), places) and without_name(fields, name) != fields
    }
    return list(found)


def redact(session: Session, name: str, places: Collection[str] | None) -> int:
    """Remove `name` from everything remembered about entries of `places` (None: all).

    Returns how many rows were changed.
    """
    return sum(1 for _ in _redacted(session, name, places))


def _redacted(session: Session, name: str, places: Collection[str] | None) -> Iterator[None]:
    said = set(entries_that_said(session, name, places))
    for revision in session.scalars(select(Revision).where(may_say(Revision.fields, name))):
        if (revision.kind, revision.key) in said:
            yield from _change(revision, ("fields",), name)
    for copy in _copies(session, name):
        if _is_within(copy.ags, places):
            yield from _redacted_copy(copy, name)
    for decision in session.scalars(select(Decision).where(may_say(Decision.note, name))):
        if places is None or (decision.kind, decision.key) in said:
            yield from _change(decision, ("note",), name)
    if places is None:
        for line in session.scalars(select(AuditEntry).where(may_say(AuditEntry.details, name))):
            yield from _change(line, ("details",), name)
    session.flush()


def _redacted_copy(copy: WorkingCopy, name: str) -> Iterator[None]:
    yield from _change(copy, ("fields", "title"), name)
    for state in copy.states:
        yield from _change(state, ("fields",), name)
    for step in copy.steps:
        yield from _change(step, ("note",), name)
    for comment in copy.comments:
        yield from _change(comment, ("text",), name)


def _copies(session: Session, name: str) -> list[WorkingCopy]:
    """Return the working copies that have the name anywhere around them."""
    parts = (
        select(WorkingCopyState.copy_id).where(may_say(WorkingCopyState.fields, name)),
        select(StageChange.copy_id).where(may_say(StageChange.note, name)),
        select(FieldComment.copy_id).where(may_say(FieldComment.text, name)),
    )
    return list(
        session.scalars(
            select(WorkingCopy)
            .where(
                or_(
                    may_say(WorkingCopy.fields, name),
                    may_say(WorkingCopy.title, name),
                    *(WorkingCopy.id.in_(part) for part in parts),
                )
            )
            .order_by(WorkingCopy.id)
        )
    )


def _change(row: Any, columns: tuple[str, ...], name: str) -> Iterator[None]:
    for column in columns:
        before = getattr(row, column)
        after = without_name(before, name)
        if after != before:
            setattr(row, column, after)
            yield


def _is_within(ags: str | None, places: Collection[str] | None) -> bool:
    return places is None or ags in places
