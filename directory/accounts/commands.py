"""`directory user …`: the first administrator, and help from the machine itself."""

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from directory.accounts import operations
from directory.accounts.blueprint import House
from directory.accounts.models import Account, Role
from directory.accounts.operations import InvalidAccount
from directory.accounts.queries import all_accounts, find_by_email
from directory.accounts.second_factor import Codes
from directory.config import Settings
from directory.db import begin_write
from directory.errors import NotFound

ACTOR = "befehl"


@dataclass(frozen=True)
class Tools:
    """What the commands are handed: how to open the database for work, and the floors above."""

    open_database: Callable[[], AbstractContextManager[tuple[Settings, Engine]]]
    house: House


@click.group()
def user() -> None:
    """Konten anlegen, anzeigen, sperren."""


@user.command()
@click.pass_obj
@click.option("--email", required=True, help="Adresse, mit der sich die Person anmeldet.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--name", default="", help="So sehen sie die anderen, am besten eine Funktion.")
@click.option("--ags", "places", multiple=True, help="Kommune (Schlüssel); für die Redaktion.")
@click.option(
    "--password-stdin", "with_password", is_flag=True, required=True, help="Passwort von stdin."
)
@click.option("--totp", "with_app", is_flag=True, help="Zweiten Faktor anlegen und anzeigen.")
def create(
    tools: Tools,
    email: str,
    role: str,
    name: str,
    places: tuple[str, ...],
    *,
    with_password: bool,  # noqa: ARG001 - there is no other way to hand it in
    with_app: bool,
) -> None:
    """Ein Konto anlegen, ohne Rückfragen.

    Das Passwort ist die erste Zeile der Eingabe. Mit --totp erscheint der Schlüssel für die App
    ein einziges Mal.
    """
    password = sys.stdin.readline().rstrip("\r\n")
    with tools.open_database() as (settings, engine), Session(engine) as session:
        begin_write(session)
        _refuse_unknown(places, tools.house.place_names(session))
        account = operations.create_account(
            session, email=email, role=Role(role), places=places, name=name
        )
        operations.set_password(session, account, password, kept=None)
        codes = Codes(settings.secret_keys)
        if with_app:
            account.totp_secret = codes.new_secret()
        tools.house.note(session, action="account created", by=ACTOR, key=account.actor)
        session.commit()
        click.echo(f"Das Konto {account.email} ({account.role.label}) ist angelegt.")
        if account.totp_secret is not None:
            click.echo(f"TOTP: {codes.readable(account.totp_secret).replace(' ', '')}")
            click.echo(codes.uri(account.totp_secret, account))
        elif account.role.needs_second_factor:
            click.echo("Bei der ersten Anmeldung wird der zweite Faktor eingerichtet.")


@user.command("list")
@click.pass_obj
def list_accounts(tools: Tools) -> None:
    """Alle Konten anzeigen."""
    with tools.open_database() as (_, engine), Session(engine) as session:
        accounts = all_accounts(session)
        for account in accounts:
            state = "gesperrt" if not account.active else "offen"
            if account.joined_at is None:
                state = "eingeladen"
            places = " ".join(sorted(account.places))
            click.echo(f"{account.email}  {account.role.value}  {state}  {places}".rstrip())
        click.echo(f"{len(accounts)} Konten.")


@user.command()
@click.pass_obj
@click.argument("email")
def deactivate(tools: Tools, email: str) -> None:
    """Ein Konto sperren; alle Sitzungen enden."""
    with tools.open_database() as (_, engine), Session(engine) as session:
        begin_write(session)
        account = _get(session, email)
        operations.deactivate(session, account, by=None)
        tools.house.note(session, action="account locked", by=ACTOR, key=account.actor)
        session.commit()
        click.echo(f"Das Konto {account.email} ist gesperrt.")


@user.command()
@click.pass_obj
@click.argument("email")
def reset_second_factor(tools: Tools, email: str) -> None:
    """App, Wiederherstellungscodes und Passkeys entfernen, wenn alles verloren ist."""
    with tools.open_database() as (_, engine), Session(engine) as session:
        begin_write(session)
        account = _get(session, email)
        operations.take_second_factor_away(session, account)
        tools.house.note(session, action="second factor reset", by=ACTOR, key=account.actor)
        session.commit()
        click.echo(f"Der zweite Faktor von {account.email} ist entfernt.")


def _get(session: Session, email: str) -> Account:
    account = find_by_email(session, email)
    if account is None:
        raise NotFound(f"Ein Konto {email} gibt es nicht.")
    return account


def _refuse_unknown(places: tuple[str, ...], known: Mapping[str, str]) -> None:
    unknown = [ags for ags in places if ags not in known]
    if unknown:
        raise InvalidAccount({"places": f"Diese Schlüssel gibt es nicht: {', '.join(unknown)}."})
