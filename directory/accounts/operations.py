"""What can be done to accounts. Nothing here knows the request, nothing commits."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from directory.accounts import sessions, tokens
from directory.accounts.links import withdraw
from directory.accounts.models import LONGEST_EMAIL, Account, LinkKind, Role, SignedInSession
from directory.accounts.passwords import check_password, hash_password
from directory.accounts.queries import find_by_email, folded, other_administrators
from directory.accounts.second_factor import new_recovery_codes, take_away
from directory.db import utc_now
from directory.errors import BadInput, Conflict
from directory.text import clean, is_email

_NEEDS_PLACE = "Bitte wählen Sie mindestens eine Kommune: Für sie arbeitet die Redaktion."


class InvalidAccount(BadInput):
    """An account cannot be kept as it is; `problems` says why, field by field."""

    title = "Bitte prüfen Sie die Angaben"

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def create_account(
    session: Session, *, email: str, role: Role, places: Iterable[str] = (), name: str = ""
) -> Account:
    """Add an account nobody can sign in to yet: it has neither password nor passkey.

    Raises:
        InvalidAccount: the address is none or has an account, or an editor has no municipality.
    """
    email = folded(clean(email))
    keys = frozenset(places)
    problems = {}
    if not is_email(email) or len(email) > LONGEST_EMAIL:
        problems["email"] = "Bitte geben Sie eine vollständige E-Mail-Adresse an."
    elif find_by_email(session, email) is not None:
        problems["email"] = "Zu dieser E-Mail-Adresse gibt es schon ein Konto."
    if role is Role.EDITOR and not keys:
        problems["places"] = _NEEDS_PLACE
    if problems:
        raise InvalidAccount(problems)
    account = Account(email=email, role=role, name=clean(name))
    account.places = keys if role is Role.EDITOR else frozenset()
    session.add(account)
    session.flush()
    return account


def use_app(session: Session, account: Account, *, kept: SignedInSession) -> list[str]:
    """Finish setting up the app: `kept` is as good as one with two factors, other sessions end.

    Returns the recovery codes, which nobody sees again.
    """
    kept.is_strong = True
    sessions.end_sessions(session, account, but=kept.id)
    return new_recovery_codes(account)


def set_password(session: Session, account: Account, password: str, *, kept: int | None) -> None:
    """Give `account` a password; its tokens end and all sessions but for the one called `kept`.

    Raises:
        WeakPassword: it would be guessed.
    """
    check_password(password, email=account.email)
    account.password_hash = hash_password(password)
    join(account)
    end_access(session, account, but=kept)


def change_role(
    session: Session, account: Account, *, role: Role, places: Iterable[str], by: Account | None
) -> None:
    """Change what `account` may do; it has to sign in again.

    Raises:
        InvalidAccount: an editor has no municipality.
        Conflict: somebody wants to change their own role.
    """
    keys = frozenset(places) if role is Role.EDITOR else frozenset()
    if role is Role.EDITOR and not keys:
        raise InvalidAccount({"places": _NEEDS_PLACE})
    if by is not None and by.id == account.id:
        raise Conflict("Die eigene Rolle ändert jemand anderes aus der Administration.")
    account.role = role
    account.places = keys
    end_access(session, account)


def deactivate(session: Session, account: Account, *, by: Account | None) -> None:
    """Keep somebody out from now on; their sessions and tokens end.

    Raises:
        Conflict: somebody wants to lock themselves out.
    """
    if by is not None and by.id == account.id:
        raise Conflict("Das eigene Konto sperrt jemand anderes aus der Administration.")
    account.active = False
    end_access(session, account)


def change_email(session: Session, account: Account, new_email: str, *, kept: int | None) -> None:
    """Give `account` the address somebody has just proved to be theirs.

    Raises:
        Conflict: it belongs to another account by now.
    """
    if find_by_email(session, new_email) is not None:
        raise Conflict("Diese E-Mail-Adresse gehört inzwischen zu einem anderen Konto.")
    account.email = folded(new_email)
    sessions.end_sessions(session, account, but=kept)


def erase_account(session: Session, account: Account) -> None:
    """Erase everything about somebody; the history keeps the opaque `konto:<id>`.

    Raises:
        Conflict: nobody would be left to invite others.
    """
    if account.role is Role.ADMINISTRATOR and not other_administrators(session, account):
        raise Conflict(
            "Sie sind die letzte Person in der Administration. Bitte laden Sie zuerst jemanden ein."
        )
    session.delete(account)
    session.flush()


def withdraw_invitation(session: Session, account: Account) -> None:
    """Take back an invitation nobody has taken up: the account goes with it.

    Raises:
        Conflict: somebody has taken it up.
    """
    if account.joined_at is not None:
        raise Conflict("Diese Einladung wurde schon angenommen. Sie können das Konto sperren.")
    session.delete(account)
    session.flush()


def take_second_factor_away(session: Session, account: Account) -> None:
    """Forget app, recovery codes and passkeys of somebody who has lost them; nothing stays open."""
    take_away(account)
    account.passkeys = []
    end_access(session, account)


def end_access(session: Session, account: Account, *, but: int | None = None) -> None:
    """End all sessions of `account`, perhaps but for one, and withdraw all its access tokens."""
    sessions.end_sessions(session, account, but=but)
    tokens.end_tokens(session, account)


def exported(account: Account) -> dict[str, Any]:
    """Return all we keep about somebody, for themselves; secrets are named, not shown."""
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role.value,
        "municipalities": sorted(account.places),
        "active": account.active,
        "name_in_history": account.actor,
        "has_password": account.password_hash is not None,
        "has_app": account.has_second_factor,
        "recovery_codes_left": len(account.recovery_hashes),
        "oidc_subject": account.oidc_subject,
        "passkeys": [
            {
                "name": passkey.name,
                "created_at": passkey.created_at,
                "last_used_at": passkey.last_used_at,
            }
            for passkey in account.passkeys
        ],
        "created_at": account.created_at,
        "joined_at": account.joined_at,
        "last_sign_in_at": account.last_sign_in_at,
    }


def activate(account: Account) -> None:
    """Let somebody in again."""
    account.active = True


def link_subject(session: Session, account: Account, subject: str) -> None:
    """Remember by which name the sign-in service knows somebody; an invitation is taken up."""
    account.oidc_subject = subject
    join(account)
    withdraw(session, account, LinkKind.INVITATION)


def join(account: Account) -> None:
    """Note that somebody took up their invitation."""
    if account.joined_at is None:
        account.joined_at = utc_now()
