"""Passwords: what is one, and how it is kept (argon2id)."""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from directory.accounts.models import Account
from directory.errors import BadInput
from directory.text import fold

SHORTEST = 12
LONGEST = 200
_FEWEST_SIGNS = 5
# Passwords of twelve letters and more that stand at the top of every list of stolen ones, folded.
_OBVIOUS = Path(__file__).parent / "data" / "passwords.txt"
# Words somebody attacking this very site would try first, folded.
_SITE_WORDS = ("kommunennetzwerk", "kommunenverzeichnis", "engagiert", "ehrenamt", "netzwerkbuero")

# OWASP's second choice of parameters: 19 MiB, two rounds, one thread; about 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class WeakPassword(BadInput):
    """A password that would be guessed."""

    title = "Bitte wählen Sie ein anderes Passwort"


def hash_password(password: str) -> str:
    """Return what is kept of `password`."""
    return _hasher.hash(_normal(password))


def is_password(account: Account | None, password: str) -> bool:
    """Whether `password` is that of `account`; takes as long where there is none to compare."""
    kept = account.password_hash if account else None
    typed = _normal(password[: 4 * LONGEST])
    try:
        _hasher.verify(kept or _nobodys_hash(), typed)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return kept is not None


def renew_hash(account: Account, password: str) -> None:
    """Keep `password`, just found right, with today's parameters if it was kept with others."""
    if account.password_hash and _hasher.check_needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)


def check_password(password: str, *, email: str = "") -> None:
    """Accept a password that is long and not what everybody tries first.

    Raises:
        WeakPassword: with a sentence that says what would be better.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(
            f"Bitte wählen Sie mindestens {SHORTEST} Zeichen. "
            "Gut sind vier oder mehr Wörter, die nichts miteinander zu tun haben."
        )
    if len(password) > LONGEST:
        raise WeakPassword(f"Bitte wählen Sie höchstens {LONGEST} Zeichen.")
    folded = "".join(sign for sign in fold(password) if sign.isalnum())
    if len(set(folded)) < _FEWEST_SIGNS or folded in _obvious():
        raise WeakPassword("Dieses Passwort probieren Angreifende als Erstes. Bitte ein anderes.")
    if _is_only_words_of_the_site(folded, email):
        raise WeakPassword(
            "Dieses Passwort besteht fast nur aus Ihrer Adresse oder Wörtern dieser Website. "
            "Bitte wählen Sie ein anderes."
        )


def _is_only_words_of_the_site(folded: str, email: str) -> bool:
    rest = folded
    own = [fold(part) for part in email.replace("@", ".").replace("-", ".").split(".")]
    words = [*_SITE_WORDS, *(word for word in own if len(word) > 3)]
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and len(rest) < SHORTEST // 2


@cache
def _obvious() -> frozenset[str]:
    return frozenset(_OBVIOUS.read_text(encoding="utf-8").split())


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def _normal(password: str) -> str:
    # The same letters are typed differently on different keyboards.
    return unicodedata.normalize("NFKC", password)
