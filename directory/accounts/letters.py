"""The letters about accounts. Links in them begin with the configured address, never the asked."""

from flask import url_for
from sqlalchemy.orm import Session

from directory.accounts.blueprint import settings
from directory.accounts.links import create_link
from directory.accounts.models import Account, LinkKind
from directory.mail.letters import render_letter
from directory.mail.outbox import Letter, queue

_ENDPOINTS = {
    LinkKind.INVITATION: "accounts.invitation",
    LinkKind.PASSWORD: "accounts.new_password",
    LinkKind.ADDRESS: "accounts.new_address",
}


def send_invitation(session: Session, account: Account) -> None:
    """Invite somebody to choose a password or a passkey."""
    path = _path(session, account, LinkKind.INVITATION)
    words = render_letter("invitation", settings=settings(), path=path)
    _send(session, account.email, "invitation", words)


def send_password_link(session: Session, account: Account) -> None:
    """Send the way to a new password; who was only invited gets the invitation again."""
    if account.joined_at is None:
        send_invitation(session, account)
        return
    path = _path(session, account, LinkKind.PASSWORD)
    words = render_letter("password", settings=settings(), path=path)
    _send(session, account.email, "password", words)


def send_address_link(session: Session, account: Account, new_email: str) -> None:
    """Ask the new address whether it is right."""
    path = _path(session, account, LinkKind.ADDRESS, new_email=new_email)
    words = render_letter("address", settings=settings(), path=path)
    _send(session, new_email, "address", words)


def tell_address_taken(session: Session, email: str) -> None:
    """Tell somebody that another wanted to use their address."""
    _send(session, email, "address-taken", render_letter("address_taken", settings=settings()))


def tell_address_changed(session: Session, old_email: str) -> None:
    """Tell the old address that it is one no longer."""
    words = render_letter("address_changed", settings=settings())
    _send(session, old_email, "address-changed", words)


def tell_password_changed(session: Session, account: Account) -> None:
    """Tell somebody that their password is another, in case it was not them."""
    words = render_letter("password_changed", settings=settings())
    _send(session, account.email, "password-changed", words)


def tell_second_factor_gone(session: Session, account: Account) -> None:
    """Tell somebody that a password is enough again, in case it was not them."""
    words = render_letter("second_factor_gone", settings=settings())
    _send(session, account.email, "second-factor-gone", words)


def _path(
    session: Session, account: Account, kind: LinkKind, *, new_email: str | None = None
) -> str:
    token = create_link(session, account, kind, keys=settings().secret_keys, new_email=new_email)
    return url_for(_ENDPOINTS[kind], token=token)


def _send(session: Session, to: str, kind: str, words: tuple[str, str]) -> None:
    subject, text = words
    queue(session, Letter(to=to, subject=subject, text=text, kind=kind))
