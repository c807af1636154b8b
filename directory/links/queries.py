"""What can be asked about the addresses that entries lead to."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.db import utc_now
from directory.links.models import CheckedLink

# One bad day of a server is no broken link: only what fails for so long is shown.
PATIENCE = dt.timedelta(days=2)


def broken(session: Session, *, now: dt.datetime | None = None) -> dict[str, CheckedLink]:
    """Return url → what is wrong, for addresses that have failed longer than a server's bad day."""
    since = (now or utc_now()) - PATIENCE
    rows = session.scalars(
        select(CheckedLink)
        .where(CheckedLink.failing_since.is_not(None), CheckedLink.failing_since <= since)
        .order_by(CheckedLink.failing_since)
    )
    return {link.url: link for link in rows}
