"""What was found out about addresses elsewhere."""

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, utc_now


class CheckedLink(Model):
    """One address and how it answered last; `failing_since` is None while all is well."""

    __tablename__ = "checked_link"

    url: Mapped[str] = mapped_column(String(500), primary_key=True)
    checked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    # The status of the last answer; None: there was none, and `trouble` says why
    status: Mapped[int | None]
    trouble: Mapped[str | None] = mapped_column(String(120))
    failing_since: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, index=True)
