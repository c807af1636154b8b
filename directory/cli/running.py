"""Setting the directory up, serving it, looking after its data."""

from pathlib import Path

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from directory import migrations, server
from directory.accounts.queries import has_administrator
from directory.app import create_app
from directory.cli.opening import open_database, read_settings, require_schema
from directory.config import Settings
from directory.db import begin_write
from directory.errors import NotFound, Unavailable
from directory.publication.models import CatalogueState
from directory.resources import resource_dir
from directory.text import plural
from directory.web import assets

_FIRST_ADMINISTRATOR = """\
Noch verwaltet niemand die Konten. So entsteht das erste, in einem zweiten Fenster:
  .venv/bin/directory user create --email ich@example.org --role admin --totp --password-stdin
Dann das Passwort eintippen; der Schlüssel für die App erscheint einmal."""


@click.command()
@click.option("--port", default=5000, envvar="PORT", show_default=True, help="Port des Servers.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse des Servers.")
@click.option("--workers", default=2, show_default=True, help="Zahl der Prozesse.")
@click.option("--init", "with_init", is_flag=True, help="Vorher einrichten (Schema und Daten).")
def serve(port: int, host: str, workers: int, *, with_init: bool) -> None:
    """Die Website ausliefern (gunicorn)."""
    settings = read_settings()
    with open_database(settings, may_create=with_init) as engine:
        if with_init:
            _init(engine)
        require_schema(engine)
        with Session(engine) as session:
            needs_administrator = not has_administrator(session)
    assets.compress_changed(resource_dir("static"))
    app = create_app(settings)
    click.echo(f"Die Website läuft auf http://{host}:{port} – beenden mit Strg+C.")
    if needs_administrator:
        click.echo(_FIRST_ADMINISTRATOR)
    server.serve(app, host=host, port=port, workers=workers)


@click.command()
def init() -> None:
    """Schema anlegen oder anheben und die Daten aus seed/ laden."""
    with open_database(read_settings(), may_create=True) as engine:
        _init(engine)


@click.group()
def db() -> None:
    """Schema der Datenbank."""


@db.command()
def upgrade() -> None:
    """Das Schema auf den neuesten Stand heben."""
    with open_database(read_settings(), may_create=True) as engine:
        _upgrade(engine)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=None,
    help="Anderer Ordner als der mitgelieferte.",
)
def seed(folder: Path | None) -> None:
    """Die Daten aus seed/ laden; wiederholbar, ganz oder gar nicht."""
    with open_database(read_settings()) as engine:
        require_schema(engine)
        _seed(engine, folder or resource_dir("seed"))


@click.command()
def reindex() -> None:
    """Den Suchindex neu aufbauen."""
    from directory.search import index

    with open_database(read_settings()) as engine:
        require_schema(engine)
        with Session(engine) as session:
            begin_write(session)
            with click.progressbar(index.documents(session), label="Suchindex") as documents:
                total = index.rebuild(session, documents)
            session.commit()
        click.echo(f"{total} Einträge im Suchindex.")


@click.command()
@click.option(
    "--practices", default=10_000, type=click.IntRange(1), show_default=True, help="Wie viele."
)
@click.option("--seed", default=1, show_default=True, help="Gleiche Zahl, gleiche Einträge.")
def generate(practices: int, seed: int) -> None:
    """Eine leere Datenbank mit erfundenen Praxisbeispielen füllen, um Geschwindigkeit zu messen.

    Nicht für Besucherinnen und Besucher: Jeder Titel beginnt mit „Probeeintrag“.
    """
    from directory.seeding.synthetic import generate as fill

    with open_database(read_settings(), may_create=True) as engine:
        if migrations.current_revision(engine) is None:
            _upgrade(engine)
        require_schema(engine)
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


@click.command()
def check() -> None:
    """Einstellungen und Datenbestand prüfen."""
    from directory.search import index

    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
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


@click.command()
@click.option("--close", "receipt", metavar="NUMMER", help="Diese Rückmeldung abschließen.")
def feedback(receipt: str | None) -> None:
    """Offene Rückmeldungen anzeigen oder eine abschließen.

    Mit dem Abschluss wird die Adresse für die Antwort gelöscht.
    """
    from directory.feedback.operations import close_message
    from directory.feedback.queries import find_by_receipt, open_messages

    with open_database(read_settings()) as engine, Session(engine) as session:
        require_schema(engine)
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
