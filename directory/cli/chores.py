"""`directory remind`: what is due again and again."""

import click

from directory.cli.opening import open_database, read_settings, require_schema
from directory.db import utc_now
from directory.editorial.chores import run_chores


@click.command()
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was fällig ist.")
def remind(*, dry_run: bool) -> None:
    """Tun, was regelmäßig fällig ist: erinnern, Termine veröffentlichen, löschen; für cron."""
    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        done = run_chores(engine, settings, now=utc_now(), dry_run=dry_run)
    for one in done:
        click.echo(f"{one.chore.title}: {one.trouble or one.count}")
    if dry_run:
        click.echo("Nichts davon wurde ausgeführt.")
    if any(one.trouble for one in done):
        raise click.ClickException("Nicht alles hat geklappt; das Übrige ist getan.")
