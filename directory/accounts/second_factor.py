"""Codes from an app (TOTP), and the codes on paper for the day the telephone is gone.

The secret of an app is kept encrypted with a key derived from the installation's, recovery codes
are kept as digests; both kinds of code work once.
"""

import base64
import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from directory.accounts.keys import digest
from directory.accounts.models import Account
from directory.db import utc_now

if TYPE_CHECKING:
    from passlib.totp import TOTP

ISSUER = "Kommunen-Verzeichnis"
RECOVERY_CODES = 10
# Telephones are half a minute wrong and people type slowly.
_WINDOW = dt.timedelta(seconds=30)
_LONGEST_CODE = 32
_PAPER_SIGNS = "BCDFGHKLMNPQRSTVWXZ23456789"


class Codes:
    """Makes and checks codes; `keys` are the installation's secret keys, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        from passlib.totp import TOTP, AppWallet

        derived = {_tag(key): _derived(key) for key in keys}
        # The keys are random already: stretching them like passwords would only cost time.
        wallet = AppWallet(derived, default_tag=_tag(keys[0]), encrypt_cost=4)
        self._totp: type[TOTP] = TOTP.using(issuer=ISSUER, wallet=wallet)

    def new_secret(self) -> str:
        """Make the secret an app and we share, encrypted."""
        return str(self._totp.new().to_json(encrypt=True))

    def readable(self, secret: str) -> str:
        """Return the secret for typing it into an app: groups of four letters."""
        return str(self._open(secret).pretty_key(sep=" "))

    def uri(self, secret: str, account: Account) -> str:
        """Return the `otpauth://` address an app reads from the picture."""
        return str(self._open(secret).to_uri(label=account.email))

    def is_code(self, account: Account, typed: str) -> bool:
        """Whether `typed` is the present code of the account's app; each one works once."""
        if account.totp_secret is None:
            return False
        counter = self._match(account.totp_secret, typed, last=account.totp_counter)
        if counter is None:
            return False
        account.totp_counter = counter
        return True

    def set_up(self, account: Account, secret: str, typed: str) -> bool:
        """Take `secret` for the account's app if `typed` proves that the app knows it."""
        counter = self._match(secret, typed, last=None)
        if counter is None:
            return False
        account.totp_secret = secret
        account.totp_counter = counter
        return True

    def _match(self, secret: str, typed: str, *, last: int | None) -> int | None:
        from passlib.exc import TokenError

        code = "".join(typed[:_LONGEST_CODE].split())
        try:
            found = self._open(secret).match(
                code, time=utc_now(), window=int(_WINDOW.total_seconds()), last_counter=last
            )
        except (TokenError, ValueError):
            return None
        return int(found.counter)

    def _open(self, secret: str) -> "TOTP":
        return self._totp.from_source(secret)


def picture(uri: str) -> str:
    """Return a QR code of `uri` as a `data:` address for an image, dark on white."""
    import qrcode
    from qrcode.image.svg import SvgPathFillImage

    code = qrcode.QRCode(image_factory=SvgPathFillImage, border=3)
    code.add_data(uri)
    drawn: bytes = code.make_image().to_string()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()


def new_recovery_codes(account: Account) -> list[str]:
    """Replace the account's recovery codes; returns the new ones, which nobody sees again."""
    codes = [_paper_code() for _ in range(RECOVERY_CODES)]
    account.recovery_hashes = [_paper_digest(code) for code in codes]
    return codes


def use_recovery_code(account: Account, typed: str) -> bool:
    """Whether `typed` is one of the account's recovery codes; it is used up then."""
    used = _paper_digest(typed[: 2 * _LONGEST_CODE])
    if used not in account.recovery_hashes:
        return False
    account.recovery_hashes = [kept for kept in account.recovery_hashes if kept != used]
    return True


def take_away(account: Account) -> None:
    """Forget app and recovery codes."""
    account.totp_secret = None
    account.totp_counter = None
    account.recovery_hashes = []


def _paper_code() -> str:
    # 57 random bits: with ten tries in five minutes nobody guesses one.
    signs = [secrets.choice(_PAPER_SIGNS) for _ in range(12)]
    return "-".join("".join(signs[start : start + 4]) for start in (0, 4, 8))


def _paper_digest(code: str) -> str:
    return digest("".join(sign for sign in code.upper() if sign.isalnum()))


def _derived(key: str) -> str:
    return hashlib.sha256(b"totp " + key.encode()).hexdigest()


def _tag(key: str) -> str:
    return "k" + hashlib.sha256(b"tag " + key.encode()).hexdigest()[:8]
