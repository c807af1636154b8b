"""One mail address, checked before anything is written to it."""

import re

from directory.errors import BadInput

LONGEST = 254

_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_LONGEST_LOCAL = 64


class InvalidAddress(BadInput):
    """This is not exactly one mail address that letters can be sent to."""

    title = "E-Mail-Adresse nicht verstanden"


def checked_address(text: str) -> str:
    """Return `text` as the one address it is: `name@example.org`, the domain in ASCII, lower case.

    Raises:
        InvalidAddress: for anything else, so several addresses, names, line breaks, comments.
    """
    local, at, domain = text.strip(" ").rpartition("@")
    domain = _ascii_domain(domain)
    labels = domain.split(".")
    address = f"{local}@{domain}"
    if (
        not at
        or not _LOCAL.fullmatch(local)
        or len(local) > _LONGEST_LOCAL
        or len(address) > LONGEST
        or len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdecimal()
    ):
        raise InvalidAddress(
            "Bitte geben Sie genau eine vollständige E-Mail-Adresse an, zum Beispiel "
            "name@example.org."
        )
    return address


def _ascii_domain(domain: str) -> str:
    """Spell `münster.de` as mail servers know it; "" for what has no such spelling."""
    if domain.isascii():
        return domain.lower()
    if "ß" in domain or "\u200d" in domain or "\u200c" in domain:
        return ""  # Python's rules are those of 2003 and would name another domain: strasse.de
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
