"""`directory archive …`: the public catalogue as a folder or ZIP file that outlives this site."""

from pathlib import Path

import click

from directory import __version__
from directory.cli.opening import open_database, read_settings, require_schema
from directory.cli.progress import progress_bar
from directory.text import number, plural

_PATH = click.Path(path_type=Path)


@click.group()
def archive() -> None:
    """Archiv des Veröffentlichten: HTML, JSON, Tabellen, Dateien; lesbar ohne dieses Programm."""


@archive.command()
@click.argument("path", type=_PATH)
@click.option("--with-contacts", is_flag=True, help="Auch Namen von Ansprechpersonen aufnehmen.")
@click.option("--force", is_flag=True, help="Ein Archiv, das dort schon liegt, ersetzen.")
def create(path: Path, *, with_contacts: bool, force: bool) -> None:
    """Ein Archiv nach PATH schreiben, einen Ordner oder eine ZIP-Datei."""
    from directory.archive.creating import create as write
    from directory.cli.site import open_site
    from directory.files.storage import storage_for

    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        with open_site(settings) as app, progress_bar("Archivieren") as bar:
            written = write(
                app,
                storage_for(settings),
                path,
                programme=__version__,
                with_contacts=with_contacts,
                force=force,
                begin=bar.begin,
                progress=bar.step,
            )
    practices = plural(written.rows["practice"], "Praxisbeispiel", "Praxisbeispiele")
    click.echo(f"Archiviert: {practices} und alles andere Öffentliche in „{path}“.")


@archive.command()
@click.argument("path", type=_PATH)
def load(path: Path) -> None:
    """Das Archiv PATH in ein leeres Verzeichnis einlesen; ganz oder gar nicht."""
    from directory.archive.loading import load as read
    from directory.files.storage import storage_for
    from directory.parcels.reading import open_parcel

    settings = read_settings()
    with open_database(settings) as engine, open_parcel(path) as parcel:
        require_schema(engine)
        with progress_bar("Einlesen") as bar:
            loaded = read(engine, storage_for(settings), parcel, begin=bar.begin, progress=bar.step)
    click.echo(f"Eingelesen: {number(sum(loaded.rows.values()))} Zeilen.")


@archive.command()
@click.argument("path", type=_PATH)
def verify(path: Path) -> None:
    """Prüfen, ob das Archiv oder die Sicherung PATH unversehrt ist."""
    from directory.errors import DirectoryError
    from directory.parcels.reading import open_parcel

    try:
        with open_parcel(path) as parcel, progress_bar("Prüfen") as bar:
            bar.begin(len(parcel.names))
            parcel.verify(bar.step)
            count = plural(len(parcel.names), "Datei", "Dateien")
    except DirectoryError as error:
        raise click.ClickException(error.sentence) from error
    click.echo(f"Unversehrt: {count}.")
