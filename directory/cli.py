"""The `directory` command."""

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from directory import migrations, server
from directory.accounts.blueprint import House
from directory.accounts.commands import Tools, user
from directory.accounts.queries import has_administrator
from directory.app import create_app
from directory.config import Settings
from directory.db import begin_write, create_database_engine, utc_now
from directory.errors import ConfigurationError, DirectoryError, NotFound, Unavailable
from directory.importing.models import COMMAND, ImportKind
from directory.mail import outbox
from directory.mail.bounces import LARGEST_BYTES, read_bounce, record_bounce
from directory.mail.delivery import deliver_due
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter
from directory.mail.transports import transport_of
from directory.municipalities import queries as municipalities
from directory.publication import history
from directory.publication.models import CatalogueState
from directory.resources import resource_dir
from directory.text import plural
from directory.web import assets

_FIRST_ADMINISTRATOR = """\
Noch verwaltet niemand die Konten. So entsteht das erste, in einem zweiten Fenster:
  .venv/bin/directory user create --email ich@example.org --role admin --totp --password-stdin
Dann das Passwort eintippen; der Schlüssel für die App erscheint einmal."""


class _TryAgain(click.ClickException):
    """Tells a mail server to keep what it brought and to come again (sysexits: EX_TEMPFAIL)."""

    exit_code = 75


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Verzeichnis des Kommunen-Netzwerks: einrichten, betreiben, pflegen."""


@main.command()
@click.option("--port", default=5000, envvar="PORT", show_default=True, help="Port des Servers.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse des Servers.")
@click.option("--workers", default=2, show_default=True, help="Zahl der Prozesse.")
@click.option("--init", "with_init", is_flag=True, help="Vorher einrichten (Schema und Daten).")
def serve(port: int, host: str, workers: int, *, with_init: bool) -> None:
    """Die Website ausliefern (gunicorn)."""
    settings = _settings()
    with _database(settings, may_create=with_init) as engine:
        if with_init:
            _init(engine)
        _require_schema(engine)
        with Session(engine) as session:
            needs_administrator = not has_administrator(session)
    assets.compress_changed(resource_dir("static"))
    app = create_app(settings)
    click.echo(f"Die Website läuft auf http://{host}:{port} – beenden mit Strg+C.")
    if needs_administrator:
        click.echo(_FIRST_ADMINISTRATOR)
    server.serve(app, host=host, port=port, workers=workers)


@main.command()
def init() -> None:
    """Schema anlegen oder anheben und die Daten aus seed/ laden."""
    with _database(_settings(), may_create=True) as engine:
        _init(engine)


@main.group()
def db() -> None:
    """Schema der Datenbank."""


@db.command()
def upgrade() -> None:
    """Das Schema auf den neuesten Stand heben."""
    with _database(_settings(), may_create=True) as engine:
        _upgrade(engine)


@main.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=None,
    help="Anderer Ordner als der mitgelieferte.",
)
def seed(folder: Path | None) -> None:
    """Die Daten aus seed/ laden; wiederholbar, ganz oder gar nicht."""
    with _database(_settings()) as engine:
        _require_schema(engine)
        _seed(engine, folder or resource_dir("seed"))


@main.command()
def reindex() -> None:
    """Den Suchindex neu aufbauen."""
    from directory.search import index

    with _database(_settings()) as engine:
        _require_schema(engine)
        with Session(engine) as session:
            begin_write(session)
            with click.progressbar(index.documents(session), label="Suchindex") as documents:
                total = index.rebuild(session, documents)
            session.commit()
        click.echo(f"{total} Einträge im Suchindex.")


@main.command()
@click.option(
    "--practices", default=10_000, type=click.IntRange(1), show_default=True, help="Wie viele."
)
@click.option("--seed", default=1, show_default=True, help="Gleiche Zahl, gleiche Einträge.")
def generate(practices: int, seed: int) -> None:
    """Eine leere Datenbank mit erfundenen Praxisbeispielen füllen, um Geschwindigkeit zu messen.

    Nicht für Besucherinnen und Besucher: Jeder Titel beginnt mit „Probeeintrag“.
    """
    from directory.seeding.synthetic import generate as fill

    with _database(_settings(), may_create=True) as engine:
        if migrations.current_revision(engine) is None:
            _upgrade(engine)
        _require_schema(engine)
        with (
            Session(engine) as session,
            # Every practice is dealt with twice: written, then indexed.
            click.progressbar(length=2 * practices, label="Probeeinträge") as progress,
        ):
            begin_write(session)
            total = fill(
                session,
                resource_dir("seed"),
                practices=practices,
                seed=seed,
                on_written=progress.update,
                on_indexed=progress.update,
            )
            session.commit()
        click.echo(f"{practices} Probeeinträge, {total} Einträge im Suchindex.")


@main.group()
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

    settings = _settings()
    older_than = utc_now() - dt.timedelta(days=days)
    with _database(settings) as engine:
        _require_schema(engine)
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


@main.command()
def check() -> None:
    """Einstellungen und Datenbestand prüfen."""
    from directory.search import index

    settings = _settings()
    with _database(settings) as engine:
        _require_schema(engine)
        with Session(engine) as session:
            if session.scalar(select(CatalogueState.version)) is None:
                raise Unavailable("Das Verzeichnis ist leer; bitte `directory seed` ausführen.")
            if not index.is_current(session):
                raise Unavailable(
                    "Der Suchindex ist veraltet; bitte `directory reindex` ausführen."
                )
            _require_files(session, settings)
    if not settings.operator:
        click.echo("Hinweis: Das Impressum ist noch nicht ausgefüllt (DIRECTORY_OPERATOR).")
    if settings.mail_route.folder is not None:
        click.echo("Hinweis: E-Mails werden nur in einem Ordner abgelegt (DIRECTORY_MAIL_URL).")
    click.echo("Einstellungen, Schema, Suchindex und Dateien sind in Ordnung.")


@main.command()
@click.option("--close", "receipt", metavar="NUMMER", help="Diese Rückmeldung abschließen.")
def feedback(receipt: str | None) -> None:
    """Offene Rückmeldungen anzeigen oder eine abschließen.

    Mit dem Abschluss wird die Adresse für die Antwort gelöscht.
    """
    from directory.feedback.operations import close_message
    from directory.feedback.queries import find_by_receipt, open_messages

    with _database(_settings()) as engine, Session(engine) as session:
        _require_schema(engine)
        if receipt is not None:
            begin_write(session)
            message = find_by_receipt(session, receipt.strip().upper())
            if message is None:
                raise NotFound(f"Eine Rückmeldung mit der Nummer {receipt} gibt es nicht.")
            close_message(session, message)
            session.commit()
            click.echo(f"Die Rückmeldung {message.receipt} ist abgeschlossen.")
            return
        messages = open_messages(session)
        for message in messages:
            click.echo(f"{message.receipt}  {message.at:%d.%m.%Y}  {message.page}")
            click.echo(f"    {message.message}")
            if message.reply_to:
                click.echo(f"    Antwort an: {message.reply_to}")
        click.echo(f"{len(messages)} offene Rückmeldungen.")


@main.group()
def links() -> None:
    """Adressen, zu denen Einträge führen."""


@links.command("check")
@click.option("--limit", default=500, type=click.IntRange(1), show_default=True, help="Höchstens.")
def check_links(limit: int) -> None:
    """Prüfen, ob verlinkte Seiten antworten: höflich, nacheinander, nie im eigenen Netz."""
    from directory.links import checking, collecting

    settings = _settings()
    with _database(settings) as engine:
        _require_schema(engine)
        with Session(engine) as session:
            addresses = collecting.addresses(session)
            waiting = checking.due(session, addresses, now=utc_now())[:limit]
        asked_at: dict[str, float] = {}
        failed = 0
        with click.progressbar(list(checking.in_turns(waiting)), label="Adressen") as urls:
            for url in urls:
                found = checking.check(url, contact=settings.base_url, asked_at=asked_at)
                failed += found.trouble is not None
                # Each by itself: whoever stops the command keeps what it found out.
                with Session(engine) as session:
                    begin_write(session)
                    checking.note(session, url, found, now=utc_now())
                    session.commit()
        with Session(engine) as session:
            begin_write(session)
            checking.forget_others(session, addresses)
            session.commit()
        click.echo(f"{len(waiting)} Adressen geprüft, {failed} antworten nicht, wie sie sollten.")


@main.group()
def mail() -> None:
    """Postausgang: senden, ansehen, Unzustellbares einlesen."""


@mail.command("send")
@click.option("--limit", default=500, type=click.IntRange(1), show_default=True, help="Höchstens.")
@click.option("--again", metavar="NUMMER", type=int, help="Vorher diese aufgegebene Nachricht neu.")
def send_mail(limit: int, again: int | None) -> None:
    """Senden, was fällig ist; für cron."""
    settings = _settings()
    with _database(settings) as engine:
        _require_schema(engine)
        if again is not None:
            with Session(engine) as session:
                begin_write(session)
                outbox.try_again(session, outbox.get_mail(session, again))
                session.commit()
        report = deliver_due(engine, transport_of(settings), limit=limit)
        click.echo(report.summary())
        if report.trouble:
            raise Unavailable(report.trouble)


@mail.command("list")
@click.option("--limit", default=20, type=click.IntRange(1), show_default=True, help="Wie viele.")
def list_mail(limit: int) -> None:
    """Die neuesten Nachrichten und was aus ihnen wurde, ohne Adressen und Texte."""
    with _database(_settings()) as engine, Session(engine) as session:
        _require_schema(engine)
        for one in outbox.latest(session, limit):
            state = one.state.value + (f": {one.last_error}" if one.last_error else "")
            click.echo(f"{one.id:>6}  {one.created_at:%d.%m.%Y}  {one.kind}  {state}")
        waiting, failed = len(outbox.waiting(session)), len(outbox.failed(session))
        click.echo(f"{waiting} warten, {failed} gingen nicht oder kamen zurück.")


@mail.command("bounce")
def read_mail_bounce() -> None:
    """Eine Unzustellbarkeits-Nachricht von stdin einlesen; für einen Alias des Mailservers."""
    raw = sys.stdin.buffer.read(LARGEST_BYTES + 1)
    settings = _settings()
    try:
        is_bounce = read_bounce(raw) is not None
    except DirectoryError as error:
        raise click.ClickException(error.sentence) from error
    if not is_bounce:
        click.echo("Das ist keine Unzustellbarkeits-Nachricht.")
        return
    try:
        with _database(settings) as engine, Session(engine) as session:
            _require_schema(engine)
            begin_write(session)
            returned = record_bounce(session, raw)
            session.commit()
            click.echo(
                "Sie gehört zu keiner Nachricht von hier."
                if returned is None
                else f"Nachricht {returned.id} ({returned.kind}): {returned.state.value}."
            )
    except click.ClickException as error:
        raise _TryAgain(error.message) from error


@mail.command("test")
@click.argument("address")
def test_mail(address: str) -> None:
    """Eine Probe-Nachricht an ADDRESS senden."""
    settings = _settings()
    with _database(settings) as engine:
        _require_schema(engine)
        subject, body = render_letter("probe", settings=settings, recipient=address)
        with Session(engine) as session:
            begin_write(session)
            queued = outbox.queue(
                session, Letter(to=address, subject=subject, text=body, kind="probe")
            )
            session.commit()
            deliver_due(engine, transport_of(settings))
            session.refresh(queued)
            if queued.sent_at is None:
                raise Unavailable(
                    queued.last_error or "Andere Nachrichten sind vorher dran; sie wartet."
                )
        click.echo("Die Probe-Nachricht ist unterwegs.")


@contextmanager
def _ready_database() -> Iterator[tuple[Settings, Engine]]:
    settings = _settings()
    with _database(settings) as engine:
        _require_schema(engine)
        yield settings, engine


@main.group("import")
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
    with _database(_settings()) as engine:
        _require_schema(engine)
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

    with _database(_settings()) as engine:
        _require_schema(engine)
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
    with _database(_settings()) as engine:
        _require_schema(engine)
        with output.open("wb") as file, Session(engine) as session:
            write_template(session, file, wanted, as_xlsx=as_xlsx)
    click.echo(f"Vorlage geschrieben: {output}")


@import_.command("list")
def list_imports() -> None:
    """Die letzten Importe mit ihren Nummern zeigen."""
    from directory.importing.batches import newest
    from directory.importing.report import batch_line

    with _database(_settings()) as engine, Session(engine) as session:
        _require_schema(engine)
        for batch in newest(session):
            click.echo(batch_line(batch))


@import_.command()
def erase() -> None:
    """Gespeicherte Zeilen alter Importe löschen; gehört in einen täglichen Auftrag."""
    from directory.importing.batches import erase_expired

    with _database(_settings()) as engine:
        _require_schema(engine)
        with Session(engine) as session:
            begin_write(session)
            erased = erase_expired(session, now=utc_now())
            session.commit()
        click.echo(f"{plural(erased, 'Import', 'Importe')} gelöscht.")


def _settings() -> Settings:
    try:
        return Settings.from_environment(os.environ)
    except ConfigurationError as error:
        raise click.ClickException(error.sentence) from error


def _init(engine: Engine) -> None:
    if migrations.current_revision(engine) != migrations.head_revision():
        _upgrade(engine)
    _seed(engine, resource_dir("seed"), only_if_changed=True)


def _upgrade(engine: Engine) -> None:
    migrations.upgrade(engine)
    click.echo("Das Schema der Datenbank ist auf dem neuesten Stand.")


def _seed(engine: Engine, folder: Path, *, only_if_changed: bool = False) -> None:
    from directory.seeding.install import install_seed

    report = install_seed(engine, folder, only_if_changed=only_if_changed)
    if report is not None:
        click.echo(report.summary())


def _require_files(session: Session, settings: Settings) -> None:
    from directory.files.queries import missing_names
    from directory.files.storage import storage_for

    missing = missing_names(session, storage_for(settings))
    if missing:
        count = plural(len(missing), "Datei", "Dateien")
        raise Unavailable(
            f"In der Ablage fehlt, was hochgeladen wurde: {count}, zuerst {missing[0]}; "
            "bitte aus der Sicherung zurückholen oder DIRECTORY_STORAGE prüfen."
        )


def _require_schema(engine: Engine) -> None:
    current, head = migrations.current_revision(engine), migrations.head_revision()
    if current is None:
        raise Unavailable("Die Datenbank ist noch leer; bitte zuerst `directory init` ausführen.")
    if current != head:
        raise Unavailable(
            f"Die Datenbank hat das Schema „{current}“, das Programm erwartet „{head}“; "
            "bitte `directory db upgrade` ausführen oder das passende Programm starten."
        )


@contextmanager
def _database(settings: Settings, *, may_create: bool = False) -> Iterator[Engine]:
    """Open the database for one command; what goes wrong becomes one sentence and exit code 1."""
    engine = create_database_engine(settings.database_url)
    try:
        if may_create and engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        yield engine
    except DirectoryError as error:
        raise click.ClickException(error.sentence) from error
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"Die Datenbank antwortet nicht: {reason}") from error
    finally:
        engine.dispose()


main.add_command(user)
main.context_settings["obj"] = Tools(
    open_database=_ready_database,
    house=House(note=history.note, place_names=municipalities.names),
)

if __name__ == "__main__":
    main()
