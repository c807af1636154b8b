"""Pieces of pages that are rendered once per process, and then only filled in.

A list shows hundreds of facet values and twenty cards that are the same on every page but for a few
words. Jinja takes 10 µs for a value and 150 µs for a card, each time; to fill a mould takes 1 µs.
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask, current_app
from markupsafe import Markup, escape

# Stands for what is filled in while a piece is rendered; no text has it (`directory.text.clean`).
_HOLE = "\0"
# About 10 MB
_MOST = 5_000


def init_app(app: Flask) -> None:
    """Let templates fill moulds."""
    app.jinja_env.globals["filled"] = filled


def filled(template: str, macro: str, args: tuple[Hashable, ...], *values: str | Markup) -> Markup:
    """Return what `macro` of `template` gives for `args` and, after them, `values`.

    It is rendered once for the same `args`. So it may show each of `values` only once, in their
    order and as they are, and nothing that depends on the request.
    """
    first, *others = mould(template, macro, args, len(values))
    pieces = [first]
    for value, piece in zip(values, others, strict=True):
        pieces += (escape(value), piece)
    return Markup("".join(pieces))  # noqa: S704 - rendered by the template, or escaped here


@lru_cache(maxsize=_MOST)
def mould(template: str, macro: str, args: tuple[Hashable, ...], holes: int) -> tuple[str, ...]:
    """Return what `macro` gives, cut at its `holes`: for who fills hundreds at once."""
    module = current_app.jinja_env.get_template(template).module
    rendered = getattr(module, macro)(*args, *[Markup(_HOLE)] * holes)  # noqa: S704 - no text
    return tuple(str(rendered).split(_HOLE))
