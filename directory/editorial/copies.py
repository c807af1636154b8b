"""What can be asked about working copies: whose they are, what waits for review."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, selectinload

from directory.accounts.models import Account, Role
from directory.publication.models import EntryKind, Stage, WorkingCopy

_OPEN = WorkingCopy.stage.not_in((Stage.PUBLISHED, Stage.DISCARDED))


def open_of(
    session: Session, account: Account, *, kind: EntryKind | None = None
) -> Sequence[WorkingCopy]:
    """Return what `account` is at: their own copies and those of their places, newest first.

    `kind`: only copies of such entries.
    """
    statement = select(WorkingCopy).where(_OPEN).order_by(WorkingCopy.updated_at.desc())
    if account.role is Role.EDITOR:
        statement = statement.where(
            or_(WorkingCopy.author == account.actor, WorkingCopy.ags.in_(account.places))
        )
    else:
        statement = statement.where(WorkingCopy.author == account.actor)
    if kind is not None:
        statement = statement.where(WorkingCopy.kind == kind)
    return session.scalars(statement).all()


def submitted(session: Session) -> Sequence[WorkingCopy]:
    """Return what waits for review, of all kinds, oldest first."""
    return session.scalars(
        _waiting(Stage.SUBMITTED).order_by(WorkingCopy.submitted_at, WorkingCopy.id)
    ).all()


def scheduled(session: Session) -> Sequence[WorkingCopy]:
    """Return what is approved and appears later, soonest first."""
    return session.scalars(
        _waiting(Stage.SCHEDULED).order_by(WorkingCopy.publish_at, WorkingCopy.id)
    ).all()


def of_entry(session: Session, kind: str, key: str) -> Sequence[WorkingCopy]:
    """Return all copies of one entry with their steps, newest first."""
    return session.scalars(
        select(WorkingCopy)
        .where(WorkingCopy.kind == kind, WorkingCopy.key == key)
        .options(selectinload(WorkingCopy.steps))
        .order_by(WorkingCopy.id.desc())
    ).all()


def _waiting(stage: Stage) -> Select[WorkingCopy]:
    return select(WorkingCopy).where(WorkingCopy.stage == stage)
