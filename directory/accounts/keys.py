"""Random keys and what is kept of them: a digest, from which nobody gets the key back."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer


def new_key() -> str:
    """Make a key of 256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return what the database keeps of a random key."""
    return hashlib.sha256(key.encode()).hexdigest()


def keyed_digest(text: str, keys: Sequence[str]) -> str:
    """Return a name for `text` that cannot be guessed from it without the first of our `keys`."""
    return hmac.new(keys[0].encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(key: str, keys: Sequence[str]) -> str:
    """Return `key` with our signature, for a link."""
    return _signer(keys).sign(key).decode()


def unsigned(token: str, keys: Sequence[str]) -> str | None:
    """Return the key of a token we signed, with the present key or the one before."""
    try:
        return _signer(keys).unsign(token).decode()
    except BadSignature:
        return None


def _signer(keys: Sequence[str]) -> Signer:
    # It signs with the last and accepts all.
    return Signer(list(reversed(keys)), salt="mailed link", digest_method=hashlib.sha256)
