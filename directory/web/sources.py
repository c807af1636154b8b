"""Our own styles and scripts as browsers get them: without notes for people, sheets joined.

They are written and read as files of their own, and browsers could follow the imports of sheets as
well; each would be one more question whose headers alone weigh as much as a short sheet.
"""

import posixpath
import re
from pathlib import Path

from rjsmin import jsmin  # type: ignore[import-untyped]

_IMPORT = re.compile(r'@import url\("([^"]+)"\)\s*([^;]*);')
_LAYER = re.compile(r"layer\((.+)\)")
# Addresses of files; not the content of small pictures, nor names within the page
_ADDRESS = re.compile(r"url\((?P<quote>[\"']?)(?!data:|#|[\"'])(?P<address>[^\"')]+)(?P=quote)\)")
_NOTE = re.compile(r"/\*.*?\*/", re.DOTALL)
_LINE_BREAK = re.compile(r"\s*\n\s*")


def plain(script: Path) -> str:
    """Return a script without notes for people and without indentation."""
    short: str = jsmin(script.read_text(encoding="utf-8"))
    return short


def joined(sheet: Path) -> str:
    """Return a style sheet without notes for people, imported ones in its place.

    What is imported into a layer or for a medium stands in that; addresses of files lead where
    they led from the sheet that named them.

    Raises:
        OSError: If a sheet that is imported cannot be read.
    """

    def imported(found: re.Match[str]) -> str:
        address, condition = found.groups()
        css = _ADDRESS.sub(lambda one: _moved(one, address), joined(sheet.parent / address))
        if not condition:
            return css
        layer = _LAYER.fullmatch(condition)
        return f"@{f'layer {layer[1]}' if layer else f'media {condition}'}{{{css}}}"

    rules = _NOTE.sub("", sheet.read_text(encoding="utf-8"))
    return _IMPORT.sub(imported, _LINE_BREAK.sub("\n", rules).strip())


def _moved(found: re.Match[str], sheet: str) -> str:
    address = posixpath.normpath(posixpath.join(posixpath.dirname(sheet), found["address"]))
    return f'url("{address}")'
