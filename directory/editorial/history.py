"""What happened to one entry: every kept state and every decision, newest first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.queries import names_of
from directory.editorial.kinds import Kind
from directory.errors import NotFound
from directory.publication.models import AuditEntry, Decision, Revision

# Acts that change no field and no status, and yet belong to the history of an entry.
_ACTS = {
    "confirm": "Angaben bestätigt",
    "undeliverable": "E-Mail-Adresse unzustellbar",
    "handover": "Ansprechperson gewechselt",
}


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened; `version` where a state was kept that can come back."""

    at: dt.datetime
    who: str
    what: str
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class KeptState:
    """One state of an entry and the one before it (empty for the first)."""

    version: int
    at: dt.datetime
    fields: dict[str, Any]
    before: dict[str, Any]


def history_of(session: Session, kind: Kind, key: str) -> Sequence[HistoryLine]:
    """Return what happened to the entry, newest first."""
    revisions = session.scalars(
        select(Revision).where(Revision.kind == kind.kind, Revision.key == key)
    ).all()
    decisions = session.scalars(
        select(Decision).where(Decision.kind == kind.kind, Decision.key == key)
    ).all()
    acts = session.scalars(
        select(AuditEntry).where(
            AuditEntry.kind == kind.kind, AuditEntry.key == key, AuditEntry.action.in_(_ACTS)
        )
    ).all()
    actors = {one.actor for one in revisions} | {one.actor for one in decisions}
    actors |= {one.actor for one in acts}
    names = names_of(session, actors)
    lines = [
        HistoryLine(
            one.at, names[one.actor], f"Stand {one.version} geschrieben", version=one.version
        )
        for one in revisions
    ]
    lines += [
        HistoryLine(one.at, names[one.actor], one.after.label, one.note or "") for one in decisions
    ]
    lines += [HistoryLine(one.at, names[one.actor], _ACTS[one.action]) for one in acts]
    return sorted(lines, key=lambda line: (line.at, line.version or 0), reverse=True)


def state_of(session: Session, kind: Kind, key: str, version: int) -> KeptState:
    """Return one kept state; raise `NotFound`."""
    rows = session.scalars(
        select(Revision)
        .where(Revision.kind == kind.kind, Revision.key == key, Revision.version <= version)
        .order_by(Revision.version.desc())
        .limit(2)
    ).all()
    if not rows or rows[0].version != version:
        raise NotFound("Diesen früheren Stand gibt es nicht (mehr).")
    before = rows[1].fields if len(rows) > 1 else {}
    return KeptState(version, rows[0].at, rows[0].fields, before)
