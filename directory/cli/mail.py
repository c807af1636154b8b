"""`directory mail …`: the outbox."""

import sys

import click
from sqlalchemy.orm import Session

from directory.cli.opening import open_database, read_settings, require_schema
from directory.contacts.vouching import note_undeliverable
from directory.db import begin_write
from directory.errors import DirectoryError, Unavailable
from directory.mail import outbox
from directory.mail.bounces import LARGEST_BYTES, read_bounce, record_bounce
from directory.mail.delivery import deliver_due
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter
from directory.mail.transports import transport_of


class _TryAgain(click.ClickException):
    """Tells a mail server to keep what it brought and to come again (sysexits: EX_TEMPFAIL)."""

    exit_code = 75


@click.group()
def mail() -> None:
    """Postausgang: senden, ansehen, Unzustellbares einlesen."""


@mail.command("send")
@click.option("--limit", default=500, type=click.IntRange(1), show_default=True, help="Höchstens.")
@click.option("--again", metavar="NUMMER", type=int, help="Vorher diese aufgegebene Nachricht neu.")
def send_mail(limit: int, again: int | None) -> None:
    """Senden, was fällig ist; für cron."""
    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
        if again is not None:
            with Session(engine) as session:
                begin_write(session)
                outbox.try_again(session, outbox.get_mail(session, again))
                session.commit()
        report = deliver_due(
            engine,
            transport_of(settings),
            limit=limit,
            on_undeliverable=note_undeliverable,
        )
        click.echo(report.summary())
        if report.trouble:
            raise Unavailable(report.trouble)


@mail.command("list")
@click.option("--limit", default=20, type=click.IntRange(1), show_default=True, help="Wie viele.")
def list_mail(limit: int) -> None:
    """Die neuesten Nachrichten und was aus ihnen wurde, ohne Adressen und Texte."""
    with open_database(read_settings()) as engine, Session(engine) as session:
        require_schema(engine)
        for one in outbox.latest(session, limit):
            state = one.state.value + (f": {one.last_error}" if one.last_error else "")
            click.echo(f"{one.id:>6}  {one.created_at:%d.%m.%Y}  {one.kind}  {state}")
        waiting, failed = len(outbox.waiting(session)), len(outbox.failed(session))
        click.echo(f"{waiting} warten, {failed} gingen nicht oder kamen zurück.")


@mail.command("bounce")
def read_mail_bounce() -> None:
    """Eine Unzustellbarkeits-Nachricht von stdin einlesen; für einen Alias des Mailservers."""
    raw = sys.stdin.buffer.read(LARGEST_BYTES + 1)
    settings = read_settings()
    try:
        is_bounce = read_bounce(raw) is not None
    except DirectoryError as error:
        raise click.ClickException(error.sentence) from error
    if not is_bounce:
        click.echo("Das ist keine Unzustellbarkeits-Nachricht.")
        return
    try:
        with open_database(settings) as engine, Session(engine) as session:
            require_schema(engine)
            begin_write(session)
            returned = record_bounce(session, raw)
            if returned is not None:
                note_undeliverable(session, returned)
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
    settings = read_settings()
    with open_database(settings) as engine:
        require_schema(engine)
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
