"""WOFF files made up for tests."""

import struct
import zlib
from collections.abc import Mapping


def woff(tables: Mapping[bytes, bytes]) -> bytes:
    """A WOFF 1.0 file with these tables, compressed where that makes them smaller."""
    at = 44 + 20 * len(tables)
    entries, bodies = b"", b""
    for tag, table in tables.items():
        packed = zlib.compress(table)
        body = packed if len(packed) < len(table) else table
        entries += struct.pack(">4sIIII", tag, at + len(bodies), len(body), len(table), 7)
        bodies += body + bytes(-len(body) % 4)
    header = struct.pack(">4sIIHHI", b"wOFF", 0x00010000, at + len(bodies), len(tables), 0, 0)
    return header + bytes(24) + entries + bodies


def names_table(family: str) -> bytes:
    """A table of names: the family, in the two encodings fonts come with, and a version."""
    texts = [(1, 0, 1, family.encode("ascii")), (3, 1, 1, family.encode("utf-16-be"))]
    texts.append((3, 1, 5, "Version 4".encode("utf-16-be")))
    entries, strings = b"", b""
    for platform, encoding, meaning, text in texts:
        entries += struct.pack(">HHHHHH", platform, encoding, 0, meaning, len(text), len(strings))
        strings += text
    return struct.pack(">HHH", 0, len(texts), 6 + len(entries)) + entries + strings
