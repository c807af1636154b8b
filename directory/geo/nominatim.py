"""Asking a Nominatim service through geopy; loaded when the first address is looked up."""

import json
import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderUnavailable, GeopyError
from geopy.geocoders import Nominatim

from directory.geo.addresses import DEADLINE_S, LONGEST_ADDRESS, MOST_MATCHES, GeocoderAway, Match
from directory.text import clean
from directory.web.outgoing import Unreachable, read

_MOST_BYTES = 200_000
# Germany with a little sea, in degrees
_LATITUDES = (47.0, 55.2)
_LONGITUDES = (5.8, 15.1)


def ask(address: str, *, url: str, contact: str) -> Sequence[Match]:
    """Return what `address` may mean, best first; raise `GeocoderAway`."""
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
