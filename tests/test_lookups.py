"""A lookup gives what any statement gives, and fails as one."""

import pytest
from sqlalchemy import Float, bindparam, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from directory.db import begin_write
from directory.lookups import Lookup
from directory.publication.models import AuditEntry, EntryKind

ENTRIES = AuditEntry.__table__.c


def test_a_lookup_gives_what_a_statement_gives(session: Session) -> None:
    begin_write(session)
    statement = (
        select(AuditEntry.at, AuditEntry.kind, ENTRIES.key, ENTRIES.details)
        .where(
            ENTRIES.actor == bindparam("actor"), ENTRIES.id.in_(bindparam("ids", expanding=True))
        )
        .order_by(ENTRIES.id)
    )
    lookup = Lookup(statement)
    for number, kind in enumerate((EntryKind.PRACTICE, None, EntryKind.EVENT)):
        details = {"number": [number, "ü"]}
        # Not flushed yet: a lookup sees what its session holds, as any statement does.
        session.add(AuditEntry(actor="anna", action="changed", kind=kind, details=details))
    ids = list(session.scalars(select(AuditEntry.id)))
    assert len(ids) == 3
    for some in (ids, ids[1:], []):
        expected = [
            tuple(row) for row in session.execute(statement, {"actor": "anna", "ids": some})
        ]
        assert lookup.rows(session, actor="anna", ids=some) == expected
        assert len(expected) == len(some)
    session.add(AuditEntry(actor="anna", action="created"))
    assert len(Lookup(select(ENTRIES.id)).rows(session)) == 4
    assert lookup.rows(session, actor="berta", ids=ids) == []
    assert Lookup(select(literal(2.5, Float), literal(7))).rows(session) == [(2.5, 7)]


def test_what_goes_wrong_with_a_lookup_is_told_as_of_any_statement(session: Session) -> None:
    session.execute(text("DROP TABLE audit_entry"))
    with pytest.raises(DBAPIError, match="audit_entry"):
        Lookup(select(ENTRIES.id)).rows(session)
