"""Links sent by mail: they work once and for a while. Opening one changes nothing.

Mail scanners open every link they see; only the button on the page behind it acts.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from directory.accounts.keys import digest, new_key, signed, unsigned
from directory.accounts.models import Account, LinkKind, MailedLink
from directory.db import utc_now
from directory.errors import DirectoryError, Hint

LIFETIMES: Mapping[LinkKind, dt.timedelta] = MappingProxyType(
    {
        LinkKind.INVITATION: dt.timedelta(days=14),
        LinkKind.PASSWORD: dt.timedelta(hours=1),
        LinkKind.ADDRESS: dt.timedelta(hours=1),
    }
)


class DeadLink(DirectoryError):
    """A link was used, has expired or was never sent."""

    status = 410
    title = "Dieser Link gilt nicht mehr"

    def __init__(self) -> None:
        super().__init__(
            "Der Link wurde schon benutzt, ist abgelaufen oder nicht vollständig. Bitte lassen Sie "
            "sich einen neuen schicken.",
            (
                Hint("Neuen Link für ein Passwort anfordern", "/passwort-vergessen"),
                Hint("Zur Anmeldung", "/anmelden"),
                Hint("Zur Startseite", "/"),
            ),
        )


def create_link(
    session: Session,
    account: Account,
    kind: LinkKind,
    *,
    keys: Sequence[str],
    new_email: str | None = None,
) -> str:
    """Make the token of a new link; older links of this kind stop working."""
    now = utc_now()
    session.execute(delete(MailedLink).where(MailedLink.expires_at <= now))
    withdraw(session, account, kind)
    key = new_key()
    session.add(
        MailedLink(
            account_id=account.id,
            kind=kind,
            token_hash=digest(key),
            new_email=new_email,
            created_at=now,
            expires_at=now + LIFETIMES[kind],
        )
    )
    session.flush()
    return signed(key, keys)


def get_link(session: Session, kind: LinkKind, token: str, *, keys: Sequence[str]) -> MailedLink:
    """Return the living link behind `token`.

    Raises:
        DeadLink: there is none, or its account is closed.
    """
    key = unsigned(token, keys)
    link = key and session.scalar(
        select(MailedLink)
        .where(MailedLink.token_hash == digest(key), MailedLink.kind == kind)
        .options(joinedload(MailedLink.account))
    )
    if not link or link.expires_at <= utc_now() or not link.account.active:
        raise DeadLink
    return link


def use_link(session: Session, link: MailedLink) -> Account:
    """Use up a link; returns whose it was.

    Raises:
        DeadLink: somebody was faster.
    """
    account = link.account
    used = session.execute(
        delete(MailedLink).where(MailedLink.id == link.id).returning(MailedLink.id)
    )
    if used.scalar() is None:
        raise DeadLink
    return account


def withdraw(session: Session, account: Account, kind: LinkKind) -> None:
    """Make the links of one kind worthless."""
    session.execute(
        delete(MailedLink).where(MailedLink.account_id == account.id, MailedLink.kind == kind)
    )


def open_invitations(session: Session) -> dict[int, dt.datetime]:
    """Return by account until when its invitation may be taken up."""
    rows = session.execute(
        select(MailedLink.account_id, MailedLink.expires_at).where(
            MailedLink.kind == LinkKind.INVITATION, MailedLink.expires_at > utc_now()
        )
    )
    return {row.account_id: row.expires_at for row in rows}
