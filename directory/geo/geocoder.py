"""From an address to a point: the only place that asks somebody outside, through geopy.

Nominatim's usage policy is kept: one question a second for the whole installation, identified,
answers remembered, only when somebody enters an address. Its answers are checked like anything that
comes from outside; when it is slow, away or lying, the form goes on without a point.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.db import begin_write, utc_now
from directory.geo.addresses import LONGEST_ADDRESS, GeocoderBusy, Match
from directory.geo.models import GeocodedAddress, GeocoderTurn
from directory.rows import upsert
from directory.text import clean, fold

_BETWEEN_QUESTIONS = dt.timedelta(seconds=1)
# Streets get renamed and houses built: an answer is asked for anew after this time.
_REMEMBERED = dt.timedelta(days=180)


def find_address(
    engine: Engine, address: str, *, url: str, contact: str, now: dt.datetime | None = None
) -> Sequence[Match]:
    """Return what `address` may mean, best first; empty: nothing there is called that.

    `url` is the Nominatim service from the settings, `contact` an address its operators can write
    to. Uses transactions of its own, so that the turn is taken whatever becomes of the form.

    Raises:
        GeocoderBusy: it is somebody else's turn.
        GeocoderAway: there is no answer in time, or one that makes no sense.
    """
    now = now or utc_now()
    address = _tidy(address)
    if not address:
        return []
    with Session(engine) as session:
        known = remembered(session, address, now=now)
    if known is not None:
        return known
    if not _takes_turn(engine, now):
        raise GeocoderBusy(
            "Gerade wird schon eine andere Anschrift nachgeschlagen. Bitte versuchen Sie es gleich "
            "noch einmal."
        )
    # geopy is slow to load, and hardly any process ever asks.
    from directory.geo import nominatim

    matches = nominatim.ask(address, url=url, contact=contact)
    _remember(engine, _name(address), matches, now)
    return matches


def remembered(
    session: Session, address: str, *, now: dt.datetime | None = None
) -> Sequence[Match] | None:
    """Return what the service said about `address` when it was asked; None: it has to be asked."""
    known = session.get(GeocodedAddress, _name(_tidy(address)))
    if known is None or known.at + _REMEMBERED <= (now or utc_now()):
        return None
    return [Match(**match) for match in known.matches]


def _tidy(address: str) -> str:
    return " ".join(clean(address).split())[:LONGEST_ADDRESS]


def _name(address: str) -> str:
    return fold(address)[:LONGEST_ADDRESS]


def _takes_turn(engine: Engine, now: dt.datetime) -> bool:
    """Take the next turn if it is free; of all processes only one gets it."""
    with Session(engine) as session:
        begin_write(session)
        session.execute(
            upsert(session, GeocoderTurn).values(id=1, free_at=now).on_conflict_do_nothing()
        )
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
