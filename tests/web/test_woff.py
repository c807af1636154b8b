import struct

import pytest

from directory.web.woff import NotWoff, ttf_of
from tests.web.fonts import names_table, woff

TABLES = {b"cmap": b"c" * 100, b"glyf": b"g" * 333, b"name": b"Fira"}


def tables_of(ttf: bytes) -> dict[bytes, bytes]:
    flavour, count = struct.unpack_from(">IH", ttf)
    assert flavour == 0x00010000
    entries = [struct.unpack_from(">4sIII", ttf, 12 + 16 * number) for number in range(count)]
    assert all(at % 4 == 0 for _, _, at, _ in entries)
    return {tag: ttf[at : at + length] for tag, _, at, length in entries}


def test_every_table_comes_out_as_it_was() -> None:
    assert tables_of(ttf_of(woff(TABLES))) == TABLES


def test_half_a_font_goes_by_a_name_of_its_own() -> None:
    packed = woff(TABLES | {b"name": names_table("Fira Sans")})
    found = tables_of(ttf_of(packed, family="Fira Sans Extended"))
    assert found == TABLES | {b"name": names_table("Fira Sans Extended")}


@pytest.mark.parametrize(
    "content", [b"", b"wOF2" + bytes(60), woff(TABLES)[:70], woff(TABLES)[:-120]]
)
def test_what_is_no_such_font_is_refused(content: bytes) -> None:
    with pytest.raises(NotWoff):
        ttf_of(content)
