"""What a service for addresses may be asked, and what it may answer."""

from dataclasses import dataclass

from directory.errors import DirectoryError

LONGEST_ADDRESS = 200
MOST_MATCHES = 5
DEADLINE_S = 3.0


class GeocoderAway(DirectoryError):
    """The service gives no usable answer now; saving works without it."""

    status = 503
    title = "Der Punkt wurde nicht gefunden"


class GeocoderBusy(GeocoderAway):
    """Somebody else's address is being looked up; in a second it is one's own turn."""


@dataclass(frozen=True)
class Match:
    """One place an address may mean; degrees (WGS 84)."""

    label: str
    lat: float
    lon: float
