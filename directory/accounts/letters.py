"""The letters about accounts. Links in them begin with the configured address, never the asked."""

from flask import render_template, url_for
from sqlalchemy.orm import Session

from directory.accounts.blueprint import settings
from directory.accounts.links import create_link
from directory.accounts.models import Account, LinkKind
from directory.accounts.outbox_stand_in import Letter, queue

# Kind of letter: its subject and its text.
_LETTERS = {
    "invitation": ("Einladung ins Kommunen-Verzeichnis", "email/invitation.txt"),
    "password": ("Neues Passwort für das Kommunen-Verzeichnis", "email/password.txt"),
    "address": ("Neue E-Mail-Adresse bestätigen", "email/address.txt"),
    "address-taken": (
        "Ihre E-Mail-Adresse im Kommunen-Verzeichnis",
        "email/address_taken.txt",
    ),
    "address-changed": ("Ihre E-Mail-Adresse wurde geändert", "email/address_changed.txt"),
    "password-changed": ("Ihr Passwort wurde geändert", "email/password_changed.txt"),
    "second-factor-gone": (
        "Ihr zweiter Faktor wurde entfernt",
        "email/second_factor_gone.txt",
    ),
}
_ENDPOINTS = {
    LinkKind.INVITATION: "accounts.invitation",
    LinkKind.PASSWORD: "accounts.new_password",
    LinkKind.ADDRESS: "accounts.new_address",
}


def send_invitation(session: Session, account: Account) -> None:
    """Invite somebody to choose a password or a passkey."""
    _send(session, account.email, "invitation", link=_link(session, account, LinkKind.INVITATION))


def send_password_link(session: Session, account: Account) -> None:
    """Send the way to a new password; who was only invited gets the invitation again."""
    if account.joined_at is None:
        send_invitation(session, account)
        return
    _send(session, account.email, "password", link=_link(session, account, LinkKind.PASSWORD))


def send_address_link(session: Session, account: Account, new_email: str) -> None:
    """Ask the new address whether it is right."""
    link = _link(session, account, LinkKind.ADDRESS, new_email=new_email)
    _send(session, new_email, "address", link=link)


def send_notice(session: Session, email: str, kind: str) -> None:
    """Tell somebody what happened to their account, in case it was not them."""
    _send(session, email, kind, link="")


def _link(
    session: Session, account: Account, kind: LinkKind, *, new_email: str | None = None
) -> str:
    token = create_link(session, account, kind, keys=settings().secret_keys, new_email=new_email)
    return _absolute(url_for(_ENDPOINTS[kind], token=token))


def _absolute(path: str) -> str:
    return settings().base_url.rstrip("/") + path


def _send(session: Session, to: str, kind: str, *, link: str) -> None:
    subject, template = _LETTERS[kind]
    text = render_template(
        template,
        link=link,
        site=_absolute("/"),
        forgotten=_absolute(url_for("accounts.forgotten")),
        operator=settings().operator or "Kommunen-Netzwerk: engagiert in NRW",
    )
    queue(session, Letter(to=to, subject=subject, text=text, kind=kind))
