"""From an address to a point: the only place that asks somebody outside, through geopy.

Nominatim's usage policy is kept: one question a second for the whole installation, identified,
answers remembered, only when somebody enters an address. Its answers are checked like anything that
comes from outside; when it is slow, away or lying, the form goes on without a point.
"""

import datetime as dt
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderUnavailable, GeopyError
from geopy.geocoders import Nominatim
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.db import begin_write, utc_now
from directory.errors import DirectoryError
from directory.geo.models import GeocodedAddress, GeocoderTurn
from directory.text import clean, fold
from directory.web.outgoing import Unreachable, read

DEADLINE_S = 3.0
MOST_MATCHES = 5
LONGEST_ADDRESS = 200
_MOST_BYTES = 200_000
_BETWEEN_QUESTIONS = dt.timedelta(seconds=1)
# Streets get renamed and houses built: an answer is asked for anew after this time.
_REMEMBERED = dt.timedelta(days=180)
# Germany with a little sea, in degrees
_LATITUDES = (47.0, 55.2)
_LONGITUDES = (5.8, 15.1)


class GeocoderAway(DirectoryError):
    """The service gives no usable answer now; saving works without it."""

    status = 503
    title = "Der Punkt wurde nicht gefunden"


@dataclass(frozen=True)
class Match:
    """One place an address may mean; degrees (WGS 84)."""

    label: str
    lat: float
    lon: float


def find_address(
    engine: Engine, address: str, *, url: str, contact: str, now: dt.datetime | None = None
) -> Sequence[Match]:
    """Return what `address` may mean, best first; empty: nothing there is called that.

    `url` is the Nominatim service from the settings, `contact` an address its operators can write
    to. Uses transactions of its own, so that the turn is taken whatever becomes of the form.

    Raises:
        GeocoderAway: somebody else's turn, no answer in time, or one that makes no sense.
    """
    now = now or utc_now()
    address = " ".join(clean(address).split())[:LONGEST_ADDRESS]
    if not address:
        return []
    name = fold(address)[:LONGEST_ADDRESS]
    with Session(engine) as session:
        known = session.get(GeocodedAddress, name)
        if known is not None and known.at + _REMEMBERED > now:
            return [Match(**match) for match in known.matches]
    if not _takes_turn(engine, now):
        raise GeocoderAway(
            "Gerade wird schon eine andere Anschrift nachgeschlagen. Bitte versuchen Sie es gleich "
            "noch einmal."
        )
    matches = _ask(address, url=url, contact=contact)
    _remember(engine, name, matches, now)
    return matches


def _ask(address: str, *, url: str, contact: str) -> Sequence[Match]:
    parts = urlsplit(url)
    service = Nominatim(
        domain=parts.netloc + parts.path.rstrip("/"),
        scheme=parts.scheme,
        user_agent=f"Kommunen-Verzeichnis ({contact})",
        timeout=DEADLINE_S,
        adapter_factory=_Adapter,
    )
    try:
        found = service.geocode(
            address,
            exactly_one=False,
            limit=MOST_MATCHES,
            country_codes="de",
            language="de",
        )
        return [match for place in found or () if (match := _match(place)) is not None][
            :MOST_MATCHES
        ]
    except (GeopyError, ValueError, TypeError, KeyError, AttributeError) as error:
        # geopy raises plain errors where an answer is not what it expects.
        raise GeocoderAway(
            "Der Dienst für Anschriften antwortet gerade nicht brauchbar. Sie können ohne Punkt "
            "speichern oder ihn selbst setzen."
        ) from error


def _match(place: Any) -> Match | None:
    lat, lon = float(place.latitude), float(place.longitude)
    within = _LATITUDES[0] <= lat <= _LATITUDES[1] and _LONGITUDES[0] <= lon <= _LONGITUDES[1]
    if not (math.isfinite(lat) and math.isfinite(lon) and within):
        return None
    label = " ".join(clean(str(place.address)).split())[:LONGEST_ADDRESS]
    return Match(label, round(lat, 6), round(lon, 6)) if label else None


class _Adapter(BaseSyncAdapter):  # type: ignore[misc]
    """geopy's way out, through our one way out: deadline, size limit, no retry, no redirect."""

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """Return the parsed answer; raise geopy's errors as its contract says."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("no JSON") from error

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """Return the answer as text; raise geopy's errors as its contract says."""
        try:
            body = read(
                url,
                headers=headers,
                deadline_s=timeout,
                most_bytes=_MOST_BYTES,
                # The host stands in the settings: it may well be a service of our own.
                allowed=lambda _: True,
            )
        except Unreachable as error:
            raise GeocoderUnavailable(str(error)) from error
        return body.decode("utf-8", errors="strict")


def _takes_turn(engine: Engine, now: dt.datetime) -> bool:
    """Take the next turn if it is free; of all processes only one gets it."""
    insert: Callable[..., Any] = (
        insert_sqlite if engine.dialect.name == "sqlite" else insert_postgresql
    )
    with Session(engine) as session:
        begin_write(session)
        session.execute(insert(GeocoderTurn).values(id=1, free_at=now).on_conflict_do_nothing())
        taken = session.execute(
            update(GeocoderTurn)
            .where(GeocoderTurn.id == 1, GeocoderTurn.free_at <= now)
            .values(free_at=now + _BETWEEN_QUESTIONS)
            .returning(GeocoderTurn.id)
        ).first()
        session.commit()
    return taken is not None


def _remember(engine: Engine, name: str, matches: Sequence[Match], now: dt.datetime) -> None:
    with Session(engine) as session:
        begin_write(session)
        session.merge(
            GeocodedAddress(address=name, matches=[asdict(match) for match in matches], at=now)
        )
        session.commit()
