"""Fonts as the web gets them, unpacked for programs that read TrueType only."""

import struct
import zlib

_HEADER = struct.Struct(">4sIIHHI")
_HEADER_BYTES = 44
_ENTRY = struct.Struct(">4sIIII")
_TTF_HEADER = struct.Struct(">IHHHH")


class NotWoff(ValueError):
    """These bytes are no WOFF 1.0 font."""


def ttf_of(woff: bytes) -> bytes:
    """Return the TrueType or OpenType font inside a WOFF 1.0 file, table by table as it was.

    WOFF 1.0 (W3C Recommendation of 2012) is the same tables, each compressed on its own.

    Raises:
        NotWoff: If it is something else, or damaged.
    """
    try:
        signature, flavour, _, count, _, _ = _HEADER.unpack_from(woff)
        if signature != b"wOFF":
            raise NotWoff(f"begins with {signature!r}")
        tables = [_table(woff, _HEADER_BYTES + number * _ENTRY.size) for number in range(count)]
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
