"""`directory backup` and `directory restore`: everything in one private parcel, and back."""

from pathlib import Path

import click

from directory import __version__
from directory.cli.opening import open_database, read_settings, require_schema
from directory.cli.progress import progress_bar
from directory.text import number, plural
from directory.web.filters import date_time

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("path", type=_PATH)
@click.option("--force", is_flag=True, help="Eine Sicherung, die dort schon liegt, ersetzen.")
def backup(path: Path, *, force: bool) -> None:
    """Alles nach PATH sichern, einen Ordner oder eine ZIP-Datei; auch im laufenden Betrieb.

    Die Sicherung enthält Nichtöffentliches und Personenbezogenes: verschlüsselt aufbewahren. Der
    geheime Schlüssel der Installation ist nicht darin.
    """
    from directory.backup.saving import save
    from directory.files.storage import storage_for

    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        with progress_bar("Sichern") as bar:
            saved = save(
                engine,
                storage_for(settings),
                path,
                programme=__version__,
                force=force,
                begin=bar.begin,
                progress=bar.step,
            )
    rows = number(sum(saved.rows.values()))
    click.echo(f"Gesichert: {rows} Zeilen aus {len(saved.forms)} Tabellen in „{path}“.")
    if saved.missing:
        files = plural(len(saved.missing), "Datei", "Dateien")
        raise click.ClickException(
            f"In der Ablage fehlten schon vorher {files}, zuerst {saved.missing[0]}; alles andere "
            "ist gesichert."
        )


@click.command()
@click.argument("path", type=_PATH)
@click.option("--force", is_flag=True, help="Alles in der Datenbank ersetzen.")
def restore(path: Path, *, force: bool) -> None:
    """Die Sicherung PATH zurückholen, in eine leere Datenbank; ganz oder gar nicht."""
    from directory.backup.restoring import restore as bring_back
    from directory.files.storage import storage_for
    from directory.parcels.reading import open_parcel

    settings = read_settings()
    with (
        open_database(settings, may_create=True) as engine,
        open_parcel(path) as parcel,
        progress_bar("Zurückholen") as bar,
    ):
        restored = bring_back(
            engine,
            storage_for(settings),
            parcel,
            force=force,
            begin=bar.begin,
            progress=bar.step,
        )
    rows = number(sum(restored.rows.values()))
    click.echo(
        f"Wiederhergestellt: {rows} Zeilen, Stand {date_time(restored.created_at)}. "
        "Alle melden sich neu an; offene Einladungen bitte noch einmal verschicken."
    )
