"""Texts that people mark up: a small part of Markdown in, harmless HTML, a tree or words out.

Paragraphs, emphasis, lists, links and headings, nothing else. What is typed is kept as typed; this
is the only door between it and a page.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# Sections of a page have h2; what a text calls a heading stands below.
_FIRST_HEADING = 3
_LAST_HEADING = 6
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "h3", "h4", "h5", "h6"}
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}
_SCHEMES = {"http", "https", "mailto"}
# Only texts with one of these can mean anything but themselves; most have none.
_SIGNS = re.compile(r"[*_\[\\#]")
# Apart from the signs, because what begins with a letter is found ten times as fast.
_ITEM = re.compile(r"\n[ \t]*(?:[-+]|\d{1,9}[.)])[ \t]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")

_parser = MarkdownIt("zero", {"maxNesting": 12}).enable(
    ["list", "heading", "newline", "emphasis", "link", "escape"]
)


def init_app(app: Flask) -> None:
    """Offer the filters `marked_up` and `plain_text` to templates."""
    app.jinja_env.filters.update(marked_up=marked_up, plain_text=plain_text)


def marked_up(text: str) -> Markup:
    """Return what `text` says as HTML that may stand below an h2 of a page.

    >>> marked_up("Zuerst **gefragt**.")
    Markup('<p>Zuerst <strong>gefragt</strong>.</p>')
    """
    if text[:1].isalpha() and _says_just_itself(text) and "\n" not in text:
        # Most texts are one plain paragraph, and the other way takes twenty times as long.
        escaped = escape(text.rstrip(), quote=False).replace("\xa0", "&nbsp;")
        return Markup(f"<p>{escaped}</p>")  # noqa: S704 - escaped in this very place
    tokens = _parser.parse(text)
    _lower_headings(tokens)
    html = str(_parser.renderer.render(tokens, _parser.options, {}))
    return Markup(  # noqa: S704 - cleaned by an allow-list in this very line
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            url_relative="deny",
            link_rel="nofollow ugc noopener",
        ).strip()
    )


def structured(text: str | None) -> list[dict[str, Any]]:
    """Return what `text` says as a tree of plain values, for outputs that are not HTML.

    Blocks have a `kind`: `paragraph` and `heading` (with `level`, from 3) have `parts`, `list` has
    `items` of blocks, and `start`, a number, or None where it is not numbered. Parts are `text`
    (with `text`), `break`, and `strong`, `emphasis` and `link` (with `href`), which have `parts`.

    >>> structured("Zuerst **gefragt**.")[0]["parts"][1]
    {'kind': 'strong', 'parts': [{'kind': 'text', 'text': 'gefragt'}]}
    """
    tokens = _parser.parse(text or "")
    _lower_headings(tokens)
    return _blocks(iter(tokens))


def _blocks(tokens: Iterator[Token]) -> list[dict[str, Any]]:
    """Return the blocks up to the end, or to the token that closes what holds them."""
    blocks: list[dict[str, Any]] = []
    for token in tokens:
        match token.type:
            case "inline":
                blocks.append({"kind": "paragraph", "parts": _parts(iter(token.children or ()))})
            case "heading_open":
                inside = _blocks(tokens)
                parts = inside[0]["parts"] if inside else []
                blocks.append({"kind": "heading", "level": int(token.tag[1]), "parts": parts})
            case "bullet_list_open" | "ordered_list_open":
                start = token.attrGet("start") or 1
                items = [block["items"] for block in _blocks(tokens)]
                blocks.append(
                    {
                        "kind": "list",
                        "start": int(start) if token.type == "ordered_list_open" else None,
                        "items": items,
                    }
                )
            case "list_item_open":
                blocks.append({"kind": "item", "items": _blocks(tokens)})
            case "heading_close" | "list_item_close" | "bullet_list_close" | "ordered_list_close":
                return blocks
    return blocks


def _parts(tokens: Iterator[Token]) -> list[dict[str, Any]]:
    """Return the parts of a line up to its end, or to the token that closes what holds them."""
    parts: list[dict[str, Any]] = []
    for token in tokens:
        match token.type:
            case "softbreak":
                parts.append({"kind": "text", "text": " "})
            case "hardbreak":
                parts.append({"kind": "break"})
            case "strong_open":
                parts.append({"kind": "strong", "parts": _parts(tokens)})
            case "em_open":
                parts.append({"kind": "emphasis", "parts": _parts(tokens)})
            case "link_open":
                inside = _parts(tokens)
                href = str(token.attrGet("href") or "")
                allowed = href.partition(":")[0].lower() in _SCHEMES
                parts += [{"kind": "link", "href": href, "parts": inside}] if allowed else inside
            case "strong_close" | "em_close" | "link_close":
                return parts
            case _ if token.content:
                parts.append({"kind": "text", "text": token.content})
    return parts


def plain_text(text: str | None) -> str:
    """Return the words of `text` without its signs, one line for each paragraph or item.

    >>> plain_text("Zuerst **gefragt**, [hier](https://example.org).")
    'Zuerst gefragt, hier.'
    """
    if not text:
        return ""
    if _says_just_itself(text):
        return _BLANK_LINES.sub("\n", text)
    lines = (_words(token) for token in _parser.parse(text) if token.type == "inline")
    return "\n".join(line for line in lines if line)


def _says_just_itself(text: str) -> bool:
    return _SIGNS.search(text) is None and _ITEM.search(f"\n{text}") is None


def _words(token: Token) -> str:
    """Return the words of one paragraph."""
    parts = (
        " " if one.type in {"softbreak", "hardbreak"} else one.content
        for one in token.children or ()
    )
    return "".join(parts).strip()


def _lower_headings(tokens: list[Token]) -> None:
    """Let headings begin below the page's and never leave a level out, whatever was typed."""
    above: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            while above and above[-1] >= token.tag:
                above.pop()
            above.append(token.tag)
        if token.type in {"heading_open", "heading_close"}:
            lowered = _FIRST_HEADING + len(above) - 1
            token.tag = f"h{min(lowered, _LAST_HEADING)}"
