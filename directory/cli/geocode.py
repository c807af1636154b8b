"""`directory geocode`: points for contact points that have an address but no point yet."""

import time

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.cli.opening import open_database, read_settings, require_schema
from directory.config import Settings
from directory.db import begin_write
from directory.errors import Unavailable
from directory.text import plural

_BY = "befehl"


@click.command()
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was nachgeschlagen würde.")
@click.option("--limit", default=200, type=click.IntRange(1), show_default=True, help="Höchstens.")
def geocode(limit: int, *, dry_run: bool) -> None:
    """Anschriften ohne Punkt nachschlagen, eine je Sekunde; die Punkte gehen in die Prüfung."""
    from directory.editorial.geocoding import Waiting, waiting

    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        if not settings.geocoder_url:
            raise Unavailable(
                "Es ist kein Dienst für Anschriften eingestellt; bitte DIRECTORY_GEOCODER_URL "
                "setzen."
            )
        with Session(engine) as session:
            todo: list[Waiting] = list(waiting(session))[:limit]
        if dry_run:
            for one in todo:
                click.echo(f"{one.unit}: {one.address}")
            click.echo(f"{plural(len(todo), 'Anschrift', 'Anschriften')} ohne Punkt.")
            return
        placed = 0
        with click.progressbar(todo, label="Anschriften") as progress:
            for one in progress:
                placed += _place(engine, settings, one.key, one.address)
        click.echo(
            f"{plural(len(todo), 'Anschrift', 'Anschriften')} nachgeschlagen, "
            f"{plural(placed, 'Punkt wartet', 'Punkte warten')} auf die Prüfung."
        )


def _place(engine: Engine, settings: Settings, key: str, address: str) -> bool:
    """Look one address up when it is our turn; return whether a point was found and handed in."""
    from directory.editorial.geocoding import hand_in_point
    from directory.geo.addresses import GeocoderBusy
    from directory.geo.geocoder import find_address

    while True:
        try:
            found = find_address(
                engine, address, url=settings.geocoder_url, contact=settings.contact
            )
            break
        except GeocoderBusy:
            time.sleep(1)
    with Session(engine) as session:
        begin_write(session)
        is_placed = hand_in_point(session, key, address, found, by=_BY)
        # Each by itself: whoever stops the command keeps what it found out.
        session.commit()
    return is_placed
