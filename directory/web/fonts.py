"""Web fonts without what our pages never use of them.

All characters stay. Left out are the instructions for screens too coarse for smooth letters, a
third of each file, and features such as fractions, which no style of ours asks for.
"""

from io import BytesIO

from fontTools.subset import Options, Subsetter, load_font, save_font  # type: ignore[import-untyped]

# Kerning and ligatures browsers apply unasked, figures of one width are what our tables ask for.
FEATURES = ("kern", "liga", "tnum")


def lightened(font: bytes) -> bytes:
    """Return a WOFF2 font with all its characters, our features, and no hinting.

    Raises:
        fontTools.ttLib.TTLibError: If it is no font.
    """
    options = Options(flavor="woff2", layout_features=list(FEATURES), hinting=False)
    light = load_font(BytesIO(font), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=light.getBestCmap())
    subsetter.subset(light)
    written = BytesIO()
    save_font(light, written, options)
    return written.getvalue()
