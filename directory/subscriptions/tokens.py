"""Links in letters: a random name, signed for one purpose. Nothing of them has to be kept.

So a link from an old letter works as long as the subscription does, one that has been used can be
told from one that never existed, and whoever reads the database can make none.
"""

import enum
import hmac
import re
from collections.abc import Sequence

from directory.accounts.keys import keyed_digest
from directory.errors import Hint, NotFound

_TOKEN = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})", re.ASCII)


class Purpose(enum.StrEnum):
    """What a link may be used for; the value stands in its address."""

    CONFIRM = "bestaetigen"
    MANAGE = "verwalten"
    END = "abmelden"


class UnknownLink(NotFound):
    """No link of ours looks like this."""

    title = "Diesen Link kennen wir nicht"


def make_path(purpose: Purpose, handle: str, keys: Sequence[str]) -> str:
    """Return the path of the page that `handle` opens for one purpose."""
    return f"/abo/{purpose.value}/{make_token(purpose, handle, keys)}"


def make_token(purpose: Purpose, handle: str, keys: Sequence[str]) -> str:
    """Return `handle`, signed with the first of our `keys`."""
    return handle + _signature(purpose, handle, keys[0])


def read_token(purpose: Purpose, token: str, keys: Sequence[str]) -> str:
    """Return the handle that one of our `keys` signed for this purpose; raise `UnknownLink`."""
    match = _TOKEN.fullmatch(token)
    if match and any(
        hmac.compare_digest(match[2], _signature(purpose, match[1], key)) for key in keys
    ):
        return match[1]
    raise UnknownLink(
        "Vielleicht ist der Link beim Kopieren abgeschnitten worden. Öffnen Sie ihn bitte noch "
        "einmal aus der E-Mail, oder kopieren Sie ihn ganz.",
        (Hint("Zur Startseite", "/"),),
    )


def _signature(purpose: Purpose, handle: str, key: str) -> str:
    return keyed_digest(f"abo {purpose.value} {handle}", [key])[:32]
