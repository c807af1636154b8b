"""Fonts lose what no page uses, and never a character."""

from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

from directory.resources import resource_dir
from directory.web.fonts import FEATURES, lightened
from tests.web.fonts import woff2

FRACTIONS_AND_LIGATURES = """
feature frac { sub uni0031 by uni0032; } frac;
feature liga { sub uni0066 uni0069 by uniFB01; } liga;
feature kern { pos uni0041 uni0056 -40; } kern;
"""


def features(font: TTFont) -> set[str]:
    return {
        record.FeatureTag
        for table in ("GSUB", "GPOS")
        if table in font
        for record in font[table].table.FeatureList.FeatureRecord
    }


def read(font: bytes) -> TTFont:
    return TTFont(BytesIO(font))


def vendored() -> list[Path]:
    return sorted((resource_dir("static") / "vendor" / "fontsource-fira-sans").glob("*.woff2"))


def test_all_characters_and_what_browsers_apply_unasked_stay() -> None:
    before = woff2("12fiﬁAVäß„“–", FRACTIONS_AND_LIGATURES)
    assert features(read(before)) == {"frac", "liga", "kern"}
    after = read(lightened(before))
    assert after.getBestCmap().keys() == read(before).getBestCmap().keys()
    assert features(after) == {"liga", "kern"}
    assert after.flavor == "woff2"


def test_instructions_for_coarse_screens_go() -> None:
    before = woff2("Fira")
    assert "fpgm" in read(before)
    assert "fpgm" not in read(lightened(before))


def test_the_same_font_gives_the_same_bytes() -> None:
    font = woff2("Fira", "feature kern { pos uni0046 uni0072 -40; } kern;")
    assert lightened(font) == lightened(font)


def test_something_else_is_refused() -> None:
    with pytest.raises(TTLibError):
        lightened(b"no font")


def test_fonts_in_use_are_light_and_complete() -> None:
    fonts = vendored()
    assert len(fonts) == 4
    for path in fonts:
        font = TTFont(path)
        assert "fpgm" not in font, path.name
        assert {"kern"} <= features(font) <= set(FEATURES), path.name
    latin = {path.name: path.stat().st_size for path in fonts if "-ext-" not in path.name}
    assert len(latin) == 2
    assert all(size < 15_000 for size in latin.values()), latin


def test_fonts_in_use_spell_the_names_of_neighbours_too() -> None:
    known = {chr(code) for path in vendored() for code in TTFont(path).getBestCmap()}
    assert set("ÄÖÜäöüßẞàéèçñøåæœłŁśžŽčřěőûğşı„“‚‘–—…€§²") <= known
