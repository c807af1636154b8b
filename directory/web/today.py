"""The present day where the network is; one place, so that tests can move the clock."""

import datetime as dt
from zoneinfo import ZoneInfo

from flask import Flask, current_app

_BERLIN = ZoneInfo("Europe/Berlin")


def now() -> dt.datetime:
    """Return the present moment, aware."""
    return _now_in(current_app)


def this_day() -> dt.date:
    """Return today's date in North Rhine-Westphalia."""
    return now().astimezone(_BERLIN).date()


def today() -> str:
    """Return today's date in North Rhine-Westphalia as ISO text."""
    return today_in(current_app)


def today_in(app: Flask) -> str:
    """Return the same where no request is being answered."""
    return _now_in(app).astimezone(_BERLIN).date().isoformat()


def _now_in(app: Flask) -> dt.datetime:
    clock = app.config.get("CLOCK")
    moment: dt.datetime = clock() if clock else dt.datetime.now(dt.UTC)
    return moment
