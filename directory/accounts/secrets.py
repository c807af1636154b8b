"""Random keys and what is kept of them: a digest, from which nobody gets the key back."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence


def new_key() -> str:
    """Make a key of 256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """Return what the database keeps of a random key."""
    return hashlib.sha256(key.encode()).hexdigest()


def keyed_digest(text: str, keys: Sequence[str]) -> str:
    """Return a name for `text` that cannot be guessed from it without the first of our `keys`."""
    return hmac.new(keys[0].encode(), text.encode(), hashlib.sha256).hexdigest()
