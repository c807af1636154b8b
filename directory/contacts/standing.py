"""How far a contact point can be relied upon, on a given day. Decided here and nowhere else."""

import datetime as dt
import enum

from directory.contacts.models import ContactPoint
from directory.contacts.queries import ContactRow

# After so many months nobody can rely on what was confirmed; the page then says so.
STALE_AFTER_MONTHS = 18


class Standing(enum.StrEnum):
    """What may be said about a contact point."""

    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    STALE = "stale"


def standing_of(contact: ContactPoint | ContactRow, today: dt.date) -> Standing:
    """Return how fresh the confirmation of `contact` is; being changed never counts.

    One that nobody has ever confirmed is stale so many months after its first publication.
    """
    since = contact.verified_at or contact.published_at
    if since is not None and since.date() < months_before(today, STALE_AFTER_MONTHS):
        return Standing.STALE
    return Standing.CONFIRMED if contact.verified_at else Standing.UNCONFIRMED


def offered_email(contact: ContactPoint | ContactRow, today: dt.date) -> str | None:
    """Return the address readers may rely on: only the function mailbox where doubts began."""
    if contact.undeliverable_at or standing_of(contact, today) is Standing.STALE:
        return contact.fallback_email
    return contact.email


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))
