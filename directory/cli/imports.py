"""`directory import …`: tables in, and back out again."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.orm import Session

from directory.cli.opening import open_database, read_settings, require_schema
from directory.db import begin_write, utc_now
from directory.importing.models import COMMAND, ImportKind
from directory.text import plural


@click.group("import")
def import_() -> None:
    """Tabellen übernehmen: prüfen, in einem Zug schreiben, als Ganzes rückgängig machen."""


def _import_command(kind: ImportKind) -> None:
    @import_.command(kind.value, help=f"{kind.label} aus FILE übernehmen (CSV oder XLSX).")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Nur zeigen, was sich ändern würde.")
    @click.option(
        "--map",
        "wishes",
        multiple=True,
        metavar="SPALTE=FELD",
        help="Bedeutung einer Spalte; ohne Feld wird sie nicht übernommen.",
    )
    @click.option("--yes", is_flag=True, help="Ohne Rückfrage übernehmen.")
    def command(file: Path, *, dry_run: bool, wishes: tuple[str, ...], yes: bool) -> None:
        _import(kind, file, wishes=wishes, dry_run=dry_run, yes=yes)


for _kind in ImportKind:
    _import_command(_kind)


def _import(
    kind: ImportKind, file: Path, *, wishes: Sequence[str], dry_run: bool, yes: bool
) -> None:
    from directory.importing import mapping, report
    from directory.importing.applying import apply, refuse_wrong
    from directory.importing.kinds import KINDS
    from directory.importing.planning import plan
    from directory.sheets.reading import read_table

    if any("=" not in wish for wish in wishes):
        raise click.UsageError("--map braucht SPALTE=FELD, zum Beispiel --map „Ort=Kommune“.")
    with open_database(read_settings()) as engine:
        require_schema(engine)
        table = read_table(file.read_bytes(), file.name)
        columns = mapping.changed(
            KINDS[kind],
            table.columns,
            mapping.guess(KINDS[kind], table.columns),
            dict(wish.rpartition("=")[::2] for wish in wishes),
        )
        with Session(engine) as session:
            with click.progressbar(length=len(table.rows), label="Prüfen") as bar:
                planned = plan(session, KINDS[kind], table, columns, progress=bar.update)
            for line in report.lines(planned):
                click.echo(line)
            refuse_wrong(planned)
            if dry_run or not planned.has_effect:
                click.echo("Es wurde nichts geschrieben.")
                return
            if not yes:
                click.confirm("Übernehmen und veröffentlichen?", abort=True)
            # Nobody waits for an answer inside of a transaction.
            session.rollback()
            begin_write(session)
            with click.progressbar(length=len(planned.rows), label="Übernehmen") as bar:
                number = apply(
                    session, planned, by=COMMAND, filename=file.name, progress=bar.update
                ).id
            session.commit()
        click.echo(f"Übernommen; rückgängig mit: directory import undo {number}")


@import_.command()
@click.argument("batch", type=click.IntRange(1, 2**31 - 1))
def undo(batch: int) -> None:
    """Den Import mit der Nummer BATCH rückgängig machen, soweit ihn niemand geändert hat."""
    from directory.importing import applying
    from directory.importing.batches import get_batch

    with open_database(read_settings()) as engine:
        require_schema(engine)
        with Session(engine) as session:
            begin_write(session)
            done = applying.undo(session, get_batch(session, batch, lock=True), by=COMMAND)
            session.commit()
        click.echo(done.summary)


@import_.command()
@click.argument("kind", type=click.Choice([kind.value for kind in ImportKind]))
@click.option("--xlsx/--csv", "as_xlsx", default=True, help="Format der Vorlage; sonst XLSX.")
@click.option("--output", type=click.Path(path_type=Path), help="Datei, die geschrieben wird.")
def template(kind: str, *, as_xlsx: bool, output: Path | None) -> None:
    """Eine Vorlage zum Ausfüllen schreiben, mit Beispielen und Auswahllisten."""
    from directory.importing.kinds import KINDS
    from directory.importing.templates import write_template

    wanted = KINDS[ImportKind(kind)]
    suffix = "xlsx" if as_xlsx else "csv"
    output = output or Path(f"vorlage-{wanted.name.label.lower()}.{suffix}")
    with open_database(read_settings()) as engine:
        require_schema(engine)
        with output.open("wb") as file, Session(engine) as session:
            write_template(session, file, wanted, as_xlsx=as_xlsx)
    click.echo(f"Vorlage geschrieben: {output}")


@import_.command("list")
def list_imports() -> None:
    """Die letzten Importe mit ihren Nummern zeigen."""
    from directory.importing.batches import newest
    from directory.importing.report import batch_line

    with open_database(read_settings()) as engine, Session(engine) as session:
        require_schema(engine)
        for batch in newest(session):
            click.echo(batch_line(batch))


@import_.command()
def erase() -> None:
    """Gespeicherte Zeilen alter Importe löschen; gehört in einen täglichen Auftrag."""
    from directory.importing.batches import erase_expired

    with open_database(read_settings()) as engine:
        require_schema(engine)
        with Session(engine) as session:
            begin_write(session)
            erased = erase_expired(session, now=utc_now())
            session.commit()
        click.echo(f"{plural(erased, 'Import', 'Importe')} gelöscht.")
