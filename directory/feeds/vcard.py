"""Contact points as vCard 4.0 (RFC 6350): organisations, never people."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MIMETYPE = "text/vcard"
_OCTETS_A_LINE = 75
_SPECIAL = re.compile(r"([\\,;])")


@dataclass(frozen=True, kw_only=True)
class Card:
    """One office. `units` go from the municipality down; what is empty is left out."""

    uid: str
    name: str
    units: Sequence[str]
    revised: dt.datetime
    source: str
    street: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""
    note: str = ""


def write(cards: Iterable[Card]) -> bytes:
    """Return the cards one after the other."""
    lines = [line for card in cards for line in _lines(card)]
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _lines(card: Card) -> list[str]:
    address = ["", "", card.street, card.town, "", card.postcode, "Deutschland"]
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"UID;VALUE=text:{_escaped(card.uid)}",
        f"REV:{card.revised.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"FN:{_escaped(card.name)}",
        f"ORG:{_joined(card.units)}",
    ]
    if card.street or card.town:
        lines.append(f"ADR;TYPE=work:{_joined(address)}")
    lines += [
        f"{name}:{_escaped(value)}"
        for name, value in (
            ("TEL;TYPE=work;VALUE=text", card.phone),
            ("EMAIL;TYPE=work", card.email),
            ("NOTE;LANGUAGE=de", card.note),
        )
        if value
    ]
    # Addresses of the web are URIs, in which nothing is escaped.
    lines += [
        f"{name}:{_in_one_line(value)}"
        for name, value in (("URL;TYPE=work", card.url), ("SOURCE", card.source))
        if value
    ]
    return [*lines, "END:VCARD"]


def _joined(parts: Sequence[str]) -> str:
    return ";".join(_escaped(part) for part in parts)


def _escaped(text: str) -> str:
    lines = _SPECIAL.sub(r"\\\1", text).splitlines()
    return "\\n".join(lines)


def _in_one_line(uri: str) -> str:
    return "".join(uri.split())


def _folded(line: str) -> bytes:
    """Return a line in pieces of at most 75 octets, never cut within a character."""
    pieces: list[bytes] = []
    piece = b""
    for char in line:
        octets = char.encode()
        # Every piece but the first begins with the space that marks it.
        if len(piece) + len(octets) > _OCTETS_A_LINE - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece])
