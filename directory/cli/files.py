"""`directory files …`: the uploads."""

import datetime as dt

import click
from sqlalchemy.orm import Session

from directory.cli.opening import open_database, read_settings, require_schema
from directory.db import begin_write, utc_now
from directory.text import plural


@click.group()
def files() -> None:
    """Hochgeladene Bilder und Dokumente."""


@files.command()
@click.option(
    "--days",
    default=7,
    type=click.IntRange(1),
    show_default=True,
    help="Erst löschen, was so viele Tage alt ist.",
)
def clean(days: int) -> None:
    """Dateien löschen, die kein Praxisbeispiel und keine seiner Fassungen mehr braucht."""
    from directory.files.operations import forget_unused
    from directory.files.queries import leftovers
    from directory.files.storage import storage_for
    from directory.practices.queries import files_in_use

    settings = read_settings()
    older_than = utc_now() - dt.timedelta(days=days)
    with open_database(settings) as engine:
        require_schema(engine)
        storage = storage_for(settings)
        with Session(engine) as session:
            begin_write(session)
            forgotten = forget_unused(session, used=files_in_use(session), older_than=older_than)
            # First what names them, then the files: interrupted, the rest goes the next time.
            session.commit()
            names = leftovers(session, storage, older_than=older_than)
        with click.progressbar(names, label="Aufräumen") as progress:
            for name in progress:
                storage.delete(name)
        uploads = plural(forgotten, "Datei", "Dateien")
        parts = plural(len(names), "Teil", "Teile")
        click.echo(f"{uploads} ohne Verwendung vergessen, {parts} aus der Ablage gelöscht.")
