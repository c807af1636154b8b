"""Fonts as the web gets them, unpacked for programs that read TrueType only."""

import struct
import zlib

_HEADER = struct.Struct(">4sIIHHI")
_HEADER_BYTES = 44
_ENTRY = struct.Struct(">4sIIII")
_TTF_HEADER = struct.Struct(">IHHHH")


class NotWoff(ValueError):
    """These bytes are no WOFF 1.0 font."""


_NAMES = struct.Struct(">HHH")
_NAME = struct.Struct(">HHHHHH")
# Numbers of names in a font that programs find its family by, and the encoding of most of them
_FAMILY_NAMES = {1, 16}
_UNICODE_PLATFORMS = {0, 3}


def ttf_of(woff: bytes, family: str = "") -> bytes:
    """Return the TrueType or OpenType font inside a WOFF 1.0 file, table by table as it was.

    WOFF 1.0 (W3C Recommendation of 2012) is the same tables, each compressed on its own. With
    `family` the font goes by that name: a web page knows the two halves of one font by ranges of
    characters, other programs by names only.

    Raises:
        NotWoff: If it is something else, or damaged.
    """
    try:
        signature, flavour, _, count, _, _ = _HEADER.unpack_from(woff)
        if signature != b"wOFF":
            raise NotWoff(f"begins with {signature!r}")
        tables = [_table(woff, _HEADER_BYTES + number * _ENTRY.size) for number in range(count)]
        if family:
            tables = [
                (tag, checksum, _renamed(body, family) if tag == b"name" else body)
                for tag, checksum, body in tables
            ]
    except (struct.error, zlib.error) as error:
        raise NotWoff(str(error)) from error
    power = 2 ** (count.bit_length() - 1)
    header = _TTF_HEADER.pack(
        flavour, count, power * 16, power.bit_length() - 1, (count - power) * 16
    )
    position = len(header) + count * 16
    entries, bodies = [], []
    for tag, checksum, body in tables:
        entries.append(struct.pack(">4sIII", tag, checksum, position, len(body)))
        padded = body + bytes(-len(body) % 4)
        bodies.append(padded)
        position += len(padded)
    return b"".join([header, *entries, *bodies])


def _table(woff: bytes, at: int) -> tuple[bytes, int, bytes]:
    """Return name, checksum and content of the table whose entry stands `at`."""
    tag, offset, packed_bytes, whole_bytes, checksum = _ENTRY.unpack_from(woff, at)
    body = woff[offset : offset + packed_bytes]
    if packed_bytes < whole_bytes:
        body = zlib.decompress(body)
    if len(body) != whole_bytes:
        raise NotWoff(f"table {tag!r} has {len(body)} bytes instead of {whole_bytes}")
    return tag, checksum, body


def _renamed(names: bytes, family: str) -> bytes:
    """Return a `name` table that says `family` wherever it named the family."""
    layout, count, texts_at = _NAMES.unpack_from(names)
    entries, texts = [], b""
    for number in range(count):
        entry = _NAME.unpack_from(names, _NAMES.size + number * _NAME.size)
        platform, encoding, language, meaning, length, offset = entry
        text = names[texts_at + offset : texts_at + offset + length]
        if meaning in _FAMILY_NAMES:
            text = family.encode("utf-16-be" if platform in _UNICODE_PLATFORMS else "ascii")
        entries.append(_NAME.pack(platform, encoding, language, meaning, len(text), len(texts)))
        texts += text
    header = _NAMES.pack(layout, count, _NAMES.size + count * _NAME.size)
    return b"".join([header, *entries, texts])
