"""Typst templates and values in, PDF or PNG out; the same values give the same bytes.

What an entry says goes in as one value in JSON and never becomes part of a template, so nothing in
it can be read as Typst. Templates see no files but each other and ask nobody: they import no
packages, and the only fonts are ours and those that typst brings.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from directory.resources import resource_dir
from directory.web.prepared import Shelf

if TYPE_CHECKING:
    import typst

Template = Literal["practice", "poster", "municipality", "card"]
Values = Mapping[str, Any]
# Asked before something is made anew; raises if it may not be
Permit = Callable[[], None]

_SHELF_BYTES = 16_000_000
_ACCESSIBLE = "ua-1"
# What typst says of a character that no font has, and of one that PDF/UA-1 forbids
_UNSHOWABLE = ("could not be displayed", "disallowed codepoint")


@dataclass(frozen=True)
class _Typeset:
    """What came out of one template and its values."""

    body: bytes

    @property
    def size(self) -> int:
        return len(self.body)


_done: Shelf[_Typeset] = Shelf(_SHELF_BYTES)


def _freely() -> None:
    """Permit it."""


def pdf_of(
    template: Template, values: Values, *, changed_at: dt.datetime, permit: Permit = _freely
) -> bytes:
    """Return a tagged PDF; `changed_at` becomes its date.

    It claims PDF/UA-1, which typst checks, unless it has a character that no font of ours has, an
    emoji for instance, or a mark of byte order that somebody pasted: the standard forbids what
    cannot be shown. All else about it is the same.
    """
    moment = int(changed_at.timestamp())
    return _once(template, values, moment, lambda data: _pdf(template, data, moment), permit)


def png_of(template: Template, values: Values, *, permit: Permit = _freely) -> bytes:
    """Return the single page as a picture, one pixel for each of its points."""
    return _once(
        template,
        values,
        0,
        lambda data: _compile(template, data, format="png", ppi=72.0),
        permit,
    )


def _once(
    template: Template, values: Values, moment: int, make: Callable[[str], bytes], permit: Permit
) -> bytes:
    """Return what `make` makes of the values, or made of the same ones not long ago."""
    data = json.dumps(values, sort_keys=True)
    name = hashlib.sha256(f"{template} {moment} {data}".encode()).hexdigest()
    known = _done.get(name)
    if known is None:
        permit()
        known = _Typeset(make(data))
        _done.put(name, known)
    return known.body


def _pdf(template: Template, data: str, moment: int) -> bytes:
    import typst

    try:
        return _compile(template, data, pdf_standards=[_ACCESSIBLE], timestamp=moment)
    except typst.TypstError as error:
        if not any(reason in error.message for reason in _UNSHOWABLE):
            raise
        return _compile(template, data, timestamp=moment)


def _compile(template: Template, data: str, **output: Any) -> bytes:
    import typst

    folder = resource_dir("templates") / "print"
    made = typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        font_paths=_fonts(),
        sys_inputs={"data": data},
        **output,
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template}.typ makes more than one picture")
    return made


@cache
def _fonts() -> "typst.Fonts":
    """Return ours and those that typst brings."""
    import typst

    folder = resource_dir("static") / "vendor" / "fontsource-fira-sans" / "ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])
