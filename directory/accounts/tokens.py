"""Access tokens: what programmes write with, in the name of an account and never beyond its rights.

A token is a random key with a beginning that scanners for secrets recognise; we hold its digest.
It dies when its time has passed, when it is withdrawn, and whenever sessions would have to end:
with a new password, another role or places, a locked account.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from directory.accounts.keys import digest, new_key
from directory.accounts.models import LONGEST_TOKEN_NAME, AccessToken, Account, Scope
from directory.db import utc_now
from directory.errors import BadInput
from directory.text import clean

PREFIX = "kvz_"
# How many days somebody may choose; a year unless they choose another.
LIFETIMES = (30, 90, 365)
USUAL_LIFETIME = 365
MOST_TOKENS = 20
# Its owner still sees for so long why a programme is not let in any more.
_SHOWN_AFTERWARDS = dt.timedelta(days=30)


class InvalidToken(BadInput):
    """A token cannot be made as it was asked for; `problems` says why, field by field."""

    title = "Bitte prüfen Sie die Angaben"

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def create_token(
    session: Session, account: Account, *, name: str, scopes: Iterable[str], days: int | None
) -> tuple[AccessToken, str]:
    """Make a token that holds for `days`; returns it and the secret, which nobody sees again.

    Raises:
        InvalidToken: it has no name, allows nothing or something unknown, or holds too long.
    """
    name = " ".join(clean(name).split())
    wanted = set(scopes)
    problems = {}
    if not name:
        problems["name"] = "Bitte schreiben Sie, wofür der Schlüssel ist."
    elif len(name) > LONGEST_TOKEN_NAME:
        problems["name"] = f"Höchstens {LONGEST_TOKEN_NAME} Zeichen."
    if not wanted or not wanted <= set(Scope):
        problems["scopes"] = "Bitte wählen Sie, was das Programm darf."
    if days not in LIFETIMES:
        problems["days"] = "Bitte wählen Sie, wie lange der Schlüssel gilt."
    if _count(session, account) >= MOST_TOKENS:
        problems["name"] = (
            f"Sie haben schon {MOST_TOKENS} Schlüssel. Bitte ziehen Sie zuerst einen zurück."
        )
    if problems or days is None:
        raise InvalidToken(problems)
    now = utc_now()
    secret = PREFIX + new_key()
    token = AccessToken(
        account_id=account.id,
        name=name,
        token_hash=digest(secret),
        scopes=[scope.value for scope in Scope if scope in wanted],
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    session.add(token)
    session.flush()
    return token, secret


def find_token(session: Session, secret: str) -> AccessToken | None:
    """Return the token with this secret and its account, if both are good today."""
    found = session.scalar(
        select(AccessToken)
        .where(AccessToken.token_hash == digest(secret))
        .options(joinedload(AccessToken.account))
    )
    return found if found is not None and found.account.active and not found.is_expired else None


def tokens_of(session: Session, account: Account) -> Sequence[AccessToken]:
    """Return the tokens of `account`, the newest first, with those that expired of late."""
    return session.scalars(
        select(AccessToken)
        .where(
            AccessToken.account_id == account.id,
            AccessToken.expires_at >= utc_now() - _SHOWN_AFTERWARDS,
        )
        .order_by(AccessToken.id.desc())
    ).all()


def withdraw_token(session: Session, account: Account, number: int) -> AccessToken | None:
    """Withdraw one token of `account` and return it; None if there is none with this number."""
    found = session.get(AccessToken, number)
    if found is None or found.account_id != account.id:
        return None
    session.delete(found)
    session.flush()
    return found


def end_tokens(session: Session, account: Account) -> None:
    """Withdraw all tokens of `account`."""
    ending = delete(AccessToken).where(AccessToken.account_id == account.id)
    session.execute(ending.execution_options(synchronize_session="fetch"))


def erase_old(session: Session, now: dt.datetime) -> int:
    """Erase the tokens that expired long ago; returns how many."""
    old = delete(AccessToken).where(AccessToken.expires_at < now - _SHOWN_AFTERWARDS)
    return len(session.execute(old.returning(AccessToken.id)).all())


def note_use(session: Session, token_id: int, day: dt.date) -> None:
    """Note that a token was used on `day`."""
    used = session.get(AccessToken, token_id)
    if used is not None:
        used.last_used_on = day


def _count(session: Session, account: Account) -> int:
    statement = select(func.count()).where(
        AccessToken.account_id == account.id, AccessToken.expires_at > utc_now()
    )
    return session.scalar(statement) or 0
