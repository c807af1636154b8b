"""The way in: tries are counted, a cookie is handed out, an unfinished sign-in is remembered."""

import datetime as dt
import ipaddress
from dataclasses import dataclass

from flask import request, session
from sqlalchemy.orm import Session

from directory.accounts import sessions
from directory.accounts.attempts import count_try, forget_tries
from directory.accounts.blueprint import settings
from directory.accounts.guards import SESSION_KEY
from directory.accounts.keys import digest, keyed_digest
from directory.accounts.models import Account
from directory.accounts.queries import folded
from directory.db import begin_write, utc_now

_PENDING_KEY = "pending"
# How long a right password waits for its code.
PATIENCE = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Pending:
    """A right password that waits for its second factor."""

    account_id: int
    stamp: str
    at: dt.datetime

    def fits(self, account: Account | None) -> bool:
        """Whether it still is the same account with the same password, and not too late."""
        return (
            account is not None
            and account.active
            and self.stamp == _stamp(account)
            and utc_now() - self.at < PATIENCE
        )


def count_tries(writing: Session, email: str) -> None:
    """Count a try for the account named and for the visitor's address, and commit that.

    Raises:
        TooManyTries: one of the two has used up its tries.
    """
    begin_write(writing)
    count_in(writing, email)
    writing.commit()


def count_in(writing: Session, email: str) -> None:
    """Count the same within a transaction that is committed whatever comes of the try.

    Raises:
        TooManyTries: one of the two has used up its tries.
    """
    count_try(writing, [_account_subject(email), visitor_subject()])


def count_visit(writing: Session) -> None:
    """Count a try of somebody who names no account, and commit that.

    Raises:
        TooManyTries: the visitor's address has used up its tries.
    """
    begin_write(writing)
    count_try(writing, [visitor_subject()])
    writing.commit()


def let_in(writing: Session, account: Account, *, is_strong: bool) -> None:
    """Sign `account` in on this browser with a new cookie; the view commits."""
    old_key = session.get(SESSION_KEY)
    if old_key:
        sessions.end_by_key(writing, old_key)
    _, key = sessions.open_session(
        writing,
        account,
        device=sessions.device_words(request.headers.get("User-Agent", "")),
        is_strong=is_strong,
    )
    forget_tries(writing, [_account_subject(account.email), visitor_subject()])
    # Everything from before is dropped, the token of forms included.
    session.clear()
    session[SESSION_KEY] = key


def remember_pending(account: Account) -> None:
    """Remember in the signed cookie that the password was right."""
    session[_PENDING_KEY] = [account.id, _stamp(account), utc_now().timestamp()]


def find_pending() -> Pending | None:
    """Return the sign-in of this browser that waits for its second factor."""
    kept = session.get(_PENDING_KEY)
    if kept is None:
        return None
    account_id, stamp, at = kept
    return Pending(account_id, stamp, dt.datetime.fromtimestamp(at, tz=dt.UTC))


def _stamp(account: Account) -> str:
    return digest(f"{account.id} {account.password_hash}")[:16]


def _account_subject(email: str) -> str:
    return keyed_digest(f"account {folded(email)}", settings().secret_keys)


def visitor_subject(kind: str = "visitor") -> str:
    """Return the keyed digest of the address this request comes from; one for each `kind`."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - nobody's
    if address.version == 6:
        # A household or office has a whole network of these.
        address = ipaddress.ip_network(f"{address}/64", strict=False).network_address
    return keyed_digest(f"{kind} {address}", settings().secret_keys)
