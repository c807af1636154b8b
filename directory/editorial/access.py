"""Whose entries somebody may write: checked for every copy and entry that is opened."""

from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import Session

from directory.accounts.guards import NotAllowed
from directory.accounts.models import Account
from directory.accounts.rights import may
from directory.editorial.kinds import KINDS, Kind, Values
from directory.files.queries import find_file
from directory.publication import workflow
from directory.publication.models import EntryKind, WorkingCopy, WorkingCopyState

_FOREIGN = "Dieser Eintrag gehört zu einer Kommune, für die Sie nicht schreiben."


def get_copy(session: Session, account: Account, copy_id: int) -> WorkingCopy:
    """Return the working copy if `account` may write it; locked until the transaction ends.

    Raises:
        NotFound: there is none.
        NotAllowed: it belongs to somebody else's municipality, or to the office.
    """
    copy = workflow.get_for_change(session, copy_id)
    if not may_write(account, KINDS[copy.kind], copy.ags, author=copy.author):
        raise NotAllowed(_FOREIGN)
    return copy


def may_see_file(session: Session, account: Account, sha256: str) -> bool:
    """Return whether `account` uploaded the file, or may write a copy that names or named it."""
    stored = find_file(session, sha256)
    if stored is None:
        return False
    if stored.uploaded_by == account.actor:
        return True
    names = f"%{stored.sha256}%"
    states = select(WorkingCopyState.copy_id).where(
        cast(WorkingCopyState.fields, String).like(names)
    )
    copies = session.scalars(
        select(WorkingCopy).where(
            WorkingCopy.kind == EntryKind.PRACTICE,
            or_(cast(WorkingCopy.fields, String).like(names), WorkingCopy.id.in_(states)),
        )
    )
    return any(
        may_write(account, KINDS[copy.kind], copy.ags, author=copy.author) for copy in copies
    )


def refuse_without_right(account: Account, kind: Kind) -> None:
    """Raise `NotAllowed` unless `account` may write such entries anywhere."""
    if not may(account, kind.right):
        raise NotAllowed(f"{kind.plural} pflegt das Netzwerkbüro.")


def refuse_foreign(account: Account, kind: Kind, ags: str | None) -> None:
    """Raise `NotAllowed` unless `account` may write entries of `kind` for `ags`."""
    if not may_write(account, kind, ags):
        raise NotAllowed(_FOREIGN)


def refuse_foreign_place(account: Account, kind: Kind, values: Values) -> None:
    """Raise `NotAllowed` where `values` are written for a municipality that is not theirs."""
    ags = kind.ags_of(values)
    if ags is not None and ags.isdecimal():
        refuse_foreign(account, kind, ags)


def own_place(account: Account, kind: Kind, values: Values) -> str | None:
    """Return the municipality that a copy with these `values` belongs to, if it is known by now."""
    ags = kind.ags_of(values)
    is_known = ags is not None and ags.isdecimal() and account.covers(ags)
    return ags if is_known else None


def may_write(account: Account, kind: Kind, ags: str | None, *, author: str = "") -> bool:
    """Return whether `account` may write such an entry.

    A new one may have no place yet: then it is its author's.
    """
    if ags is None and kind.place is not None:
        return may(account, kind.right) and (author == account.actor or account.covers(None))
    return may(account, kind.right, ags)
