"""Plain rows are kept as entities would be."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.publication.models import AuditEntry, EntryKind
from directory.rows import insert_rows


# With every column, and without one that has a default
@pytest.mark.parametrize("said", [{"details": {"wort": "für „uns“"}}, {}])
def test_plain_rows_are_kept_as_entities_would_be(
    session: Session, said: dict[str, dict[str, str]]
) -> None:
    now = utc_now()
    rows: list[dict[str, Any]] = [
        {"actor": "befehl", "action": "created", "kind": EntryKind.PRACTICE, "key": None, **said},
        {"actor": "befehl", "action": "changed", "kind": None, "key": "hemer-heimatpreis", **said},
    ]
    insert_rows(session, AuditEntry, [{**row, "at": now} for row in rows])
    session.add(AuditEntry(**rows[0], at=now))
    session.flush()
    columns = AuditEntry.__table__.columns
    kept = session.execute(select(*columns).order_by(AuditEntry.id)).all()
    assert [tuple(row[1:]) for row in kept] == [
        (now, "befehl", "created", EntryKind.PRACTICE, None, said.get("details", {})),
        (now, "befehl", "changed", None, "hemer-heimatpreis", said.get("details", {})),
        (now, "befehl", "created", EntryKind.PRACTICE, None, said.get("details", {})),
    ]


@pytest.mark.parametrize("value", ["Bürgerbus „Linie 7“", "\ud800", [None, True, 1.5]])
def test_json_comes_back_as_it_was_kept(session: Session, value: object) -> None:
    insert_rows(
        session, AuditEntry, [{"actor": "befehl", "action": "changed", "details": {"value": value}}]
    )
    assert session.scalar(select(AuditEntry.details)) == {"value": value}
