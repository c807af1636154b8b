"""Where one can ask in a municipality, and who vouched for it when."""

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Model, PartialDate, UtcDateTime, utc_now
from directory.municipalities.models import Ags, Municipality
from directory.publication.models import Publishable


class ContactPoint(Publishable, Model):
    """One office, agency or function that answers for engagement in a municipality."""

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("ags", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ags: Mapped[Ags] = mapped_column(ForeignKey("municipality.ags"), index=True)
    unit: Mapped[str] = mapped_column(String(200))

    # Address, only as far as the source gives it
    street: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(5))
    town: Mapped[str | None] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(String(500))

    # Where it is from and how fresh it is. Changing is not verifying: somebody has to vouch.
    source_url: Mapped[str] = mapped_column(String(500))
    as_of: Mapped[PartialDate | None]
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)
    verified_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    municipality: Mapped[Municipality] = relationship()
