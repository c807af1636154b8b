"""Sessions live in the database, so that they can be listed and ended from anywhere.

The browser holds a random key, we hold its digest. A session dies at sign-out, when it was not
used for `IDLE`, after `LIFETIME` in any case, and with every change of password, role or places.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from directory.accounts.keys import digest, new_key
from directory.accounts.models import LONGEST_DEVICE, Account, SignedInSession
from directory.db import utc_now

IDLE = dt.timedelta(hours=4)
LIFETIME = dt.timedelta(hours=24)
# How fresh a session must be before its owner may change how they sign in.
RECENT = dt.timedelta(minutes=15)
# Reading a page should not write; so the last use is noted with this grain.
_GRAIN = dt.timedelta(minutes=10)

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def open_session(
    session: Session, account: Account, *, device: str, is_strong: bool
) -> tuple[SignedInSession, str]:
    """Sign `account` in on `device`; returns the session and the key for the cookie."""
    now = utc_now()
    key = new_key()
    opened = SignedInSession(
        account_id=account.id,
        account=account,
        key_hash=digest(key),
        device=device[:LONGEST_DEVICE],
        is_strong=is_strong,
        created_at=now,
        last_used_at=now,
    )
    account.last_sign_in_at = now
    session.add(opened)
    session.execute(delete(SignedInSession).where(SignedInSession.created_at < now - LIFETIME))
    session.flush()
    return opened, key


def find_session(session: Session, key: str) -> SignedInSession | None:
    """Return the session a cookie's key opens, if it is alive and its account active."""
    found = session.scalar(
        select(SignedInSession)
        .where(SignedInSession.key_hash == digest(key))
        .options(joinedload(SignedInSession.account))
    )
    if found is None or not found.account.active or not is_alive(found):
        return None
    return found


def find_owner(session: Session, key: str) -> Account | None:
    """Return whose session a cookie's key opened, though it may have expired since.

    None: it was ended, or there never was one.
    """
    found = session.scalar(
        select(SignedInSession)
        .where(SignedInSession.key_hash == digest(key))
        .options(joinedload(SignedInSession.account))
    )
    return found.account if found is not None and found.account.active else None


def is_alive(signed_in: SignedInSession) -> bool:
    """Whether neither limit has passed."""
    now = utc_now()
    return now - signed_in.last_used_at < IDLE and now - signed_in.created_at < LIFETIME


def is_recent(signed_in: SignedInSession) -> bool:
    """Whether somebody proved just now who they are."""
    return utc_now() - signed_in.created_at < RECENT


def should_be_noted(signed_in: SignedInSession) -> bool:
    """Whether the last use was noted so long ago that it should be noted again."""
    return utc_now() - signed_in.last_used_at >= _GRAIN


def note_use(session: Session, session_id: int) -> None:
    """Note that a session was used just now."""
    used = session.get(SignedInSession, session_id)
    if used is not None:
        used.last_used_at = utc_now()


def sessions_of(session: Session, account: Account) -> Sequence[SignedInSession]:
    """Return the living sessions of `account`, last used first."""
    kept = session.scalars(
        select(SignedInSession)
        .where(SignedInSession.account_id == account.id)
        .order_by(SignedInSession.last_used_at.desc(), SignedInSession.id.desc())
    )
    return [one for one in kept if is_alive(one)]


def end_session(session: Session, account: Account, session_id: int) -> bool:
    """End one session of `account`; False if there is none with this number."""
    found = session.get(SignedInSession, session_id)
    if found is None or found.account_id != account.id:
        return False
    session.delete(found)
    session.flush()
    return True


def end_by_key(session: Session, key: str) -> None:
    """End the session a cookie's key opens, alive or not."""
    session.execute(delete(SignedInSession).where(SignedInSession.key_hash == digest(key)))


def end_sessions(session: Session, account: Account, *, but: int | None = None) -> None:
    """End all sessions of `account`, perhaps but for one."""
    ending = delete(SignedInSession).where(SignedInSession.account_id == account.id)
    if but is not None:
        ending = ending.where(SignedInSession.id != but)
    session.execute(ending.execution_options(synchronize_session="fetch"))


def device_words(user_agent: str) -> str:
    """Say in plain words what a browser calls itself: „Firefox auf Windows“."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} auf {system}"
    return browser or system or "Unbekanntes Gerät"
