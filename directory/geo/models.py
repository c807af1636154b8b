"""What the geocoder answered, and when it was asked last."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model, UtcDateTime, utc_now


class GeocodedAddress(Model):
    """One address and what it was found as: asked once, then remembered."""

    __tablename__ = "geocoded_address"

    address: Mapped[str] = mapped_column(String(200), primary_key=True)
    matches: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, default=utc_now)


class GeocoderTurn(Model):
    """The one row that says when anybody of this installation may ask next."""

    __tablename__ = "geocoder_turn"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    free_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
