"""Fonts made up for tests."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString  # type: ignore[import-untyped]
from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from fontTools.ttLib import newTable  # type: ignore[import-untyped]
from fontTools.ttLib.tables.ttProgram import Program  # type: ignore[import-untyped]

SOME_TIME = 3_800_000_000  # seconds since 1904, as fonts count them


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


def woff2(characters: str, features: str = "") -> bytes:
    """A WOFF2 font with these characters, hinted, and the same twice is the same bytes.

    The glyph of a character is named after its number, „ä“ is `uni00E4`; `features` may use these.
    """
    names = {ord(character): f"uni{ord(character):04X}" for character in characters}
    glyphs = [".notdef", *names.values()]
    pen = TTGlyphPen(None)
    for x, y in ((0, 0), (0, 500), (400, 500)):
        (pen.lineTo if (x, y) != (0, 0) else pen.moveTo)((x, y))
    pen.closePath()
    triangle = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys(glyphs, triangle))
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (450, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Fira", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    font = builder.font
    font["fpgm"] = newTable("fpgm")
    font["fpgm"].program = Program()
    font["fpgm"].program.fromBytecode(b"\x00" * 100)
    if features:
        addOpenTypeFeaturesFromString(font, features)
    font["head"].created = font["head"].modified = SOME_TIME
    font.recalcTimestamp = False
    font.flavor = "woff2"
    written = BytesIO()
    font.save(written)
    return written.getvalue()
