"""The present day where the network is; one place, so that tests can move the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

from flask import current_app

_BERLIN = ZoneInfo("Europe/Berlin")


def today() -> str:
    """Return today's date in North Rhine-Westphalia as ISO text."""
    clock = current_app.config.get("CLOCK")
    now: dt.datetime = clock() if clock else dt.datetime.now(dt.UTC)
    return now.astimezone(_BERLIN).date().isoformat()
