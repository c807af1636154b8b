"""At most five things to do, the most urgent kind first; each closes where it opened."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.models import Account
from directory.accounts.rights import Right, may
from directory.db import utc_now
from directory.editorial import copies
from directory.editorial.kinds import KINDS
from directory.practices import queries as practices
from directory.publication.models import EntryKind, Stage, WorkingCopy
from directory.text import plural
from directory.web.filters import date

MOST_TASKS = 5


@dataclass(frozen=True)
class Task:
    """One thing to do: in a few words, why, and the page where it can be done."""

    label: str
    reason: str
    endpoint: str
    values: tuple[tuple[str, str | int], ...] = ()


# What looks for tasks of one sort; each yields the oldest first.
Source = Callable[[Session, Account], Iterator[Task]]


def tasks_of(session: Session, account: Account) -> Sequence[Task]:
    """Return what `account` should do now, at most five."""
    found = (task for source in SOURCES for task in source(session, account))
    return list(islice(found, MOST_TASKS))


def _to_review(session: Session, account: Account) -> Iterator[Task]:
    if not may(account, Right.REVIEW):
        return
    for copy in copies.submitted(session):
        if account.actor not in {copy.author, *copy.contributors}:
            yield Task(
                f"„{copy.title}“ prüfen",
                f"{KINDS[copy.kind].singular}, eingereicht",
                "desk_review.copy",
                (("copy_id", copy.id),),
            )


def _returned(session: Session, account: Account) -> Iterator[Task]:
    rows = session.scalars(
        select(WorkingCopy)
        .where(WorkingCopy.stage == Stage.RETURNED, WorkingCopy.author == account.actor)
        .order_by(WorkingCopy.updated_at)
    )
    for copy in rows:
        reason = next(step.note for step in reversed(copy.steps) if step.after is Stage.RETURNED)
        open_comments = sum(1 for one in copy.comments if one.settled_at is None)
        remarks = f" ({plural(open_comments, 'Anmerkung', 'Anmerkungen')})" if open_comments else ""
        yield Task(
            f"„{copy.title}“ überarbeiten",
            f"Zurückgegeben, weil: {reason}{remarks}",
            "desk_copies.edit",
            (("copy_id", copy.id),),
        )


def _past_review(session: Session, account: Account) -> Iterator[Task]:
    # The office's part is done where the municipality has editors: they know whether it is so.
    if not account.places:
        return
    for practice in practices.past_review(session, utc_now(), account.places):
        yield Task(
            f"Stimmt „{practice.title}“ noch?",
            f"Zuletzt durchgesehen am {date(practice.looked_through_at)}",
            "desk_entries.history",
            (("path", KINDS[EntryKind.PRACTICE].path), ("key", practice.slug)),
        )


# The order is fixed: what others wait for comes first.
SOURCES: tuple[Source, ...] = (_to_review, _returned, _past_review)
