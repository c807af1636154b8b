"""What can be asked about accounts."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from directory.accounts.models import Account, AccountMunicipality, Role
from directory.errors import NotFound
from directory.lookups import Lookup

_ACCOUNT_ACTOR = re.compile(r"konto:([1-9]\d{0,8})")
_HANDOVER_ACTOR = re.compile(r"uebergabe:[1-9]\d{0,8}")
_OTHER_ACTORS = {
    "seed": "Startbestand",
    "befehl": "Befehlszeile",
    "ansprechstelle": "Ansprechstelle",
    "postausgang": "Postausgang",
}
MAILBOX = "Funktionspostfach"
GONE = "gelöschtes Konto"


def folded(email: str) -> str:
    """Return an address as it is kept and compared."""
    return email.strip().casefold()


def find_by_email(session: Session, email: str) -> Account | None:
    """Return the account with this address, however it is spelled."""
    return session.scalar(select(Account).where(Account.email == folded(email)))


def find_by_subject(session: Session, subject: str) -> Account | None:
    """Return the account the sign-in service knows by this name."""
    return session.scalar(select(Account).where(Account.oidc_subject == subject))


def get_by_id(session: Session, account_id: int) -> Account:
    """Return the account with this number.

    Raises:
        NotFound: there is none.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("Dieses Konto gibt es nicht (mehr).")
    return account


_PLACES = Lookup(
    select(AccountMunicipality.ags).where(AccountMunicipality.account_id == bindparam("account"))
)


def works_for(session: Session, actor: str, ags: str) -> bool:
    """Whether the account that the history calls `actor` works for that municipality."""
    match = _ACCOUNT_ACTOR.fullmatch(actor)
    return match is not None and (ags,) in _PLACES.rows(session, account=int(match[1]))


def all_accounts(session: Session) -> Sequence[Account]:
    """Return all accounts by address."""
    return session.scalars(select(Account).order_by(Account.email)).all()


def other_administrators(session: Session, account: Account) -> bool:
    """Whether somebody else can administer, who has taken up their invitation."""
    found = session.scalar(
        select(Account.id)
        .where(
            Account.role == Role.ADMINISTRATOR,
            Account.active,
            Account.joined_at.is_not(None),
            Account.id != account.id,
        )
        .limit(1)
    )
    return found is not None


def has_administrator(session: Session) -> bool:
    """Whether anybody administers accounts."""
    found = select(Account.id).where(Account.role == Role.ADMINISTRATOR, Account.active).limit(1)
    return session.scalar(found) is not None


def open_invitations(session: Session) -> Sequence[Account]:
    """Return the accounts that were invited and have not been taken up yet, oldest first."""
    return session.scalars(
        select(Account)
        .where(Account.active, Account.joined_at.is_(None))
        .order_by(Account.created_at, Account.id)
    ).all()


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return for each actor of the history what to call them: `{"konto:7": "Ehrenamtsbüro"}`."""
    wanted = set(actors)
    numbers = {
        actor: int(match[1]) for actor in wanted if (match := _ACCOUNT_ACTOR.fullmatch(actor))
    }
    names = {
        account.id: account.display_name
        for account in session.scalars(select(Account).where(Account.id.in_(numbers.values())))
    }
    return {
        actor: names.get(numbers[actor], GONE)
        if actor in numbers
        else MAILBOX
        if _HANDOVER_ACTOR.fullmatch(actor)
        else _OTHER_ACTORS.get(actor, actor)
        for actor in wanted
    }
