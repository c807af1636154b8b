"""What people mark up reads well, and never does anything."""

import re
import time

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from directory.db import db
from directory.practices.models import Practice
from directory.web.markup import marked_up, plain_text, structured

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox)",
    "[x](//example.org)",
    "![x](https://example.org/spur.png)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    '[x](https://example.org "a\\" onmouseover=alert(1) ")',
    '[x](https://example.org/"onclick=alert(1)//)',
    "[<img src=x onerror=alert(1)>](https://example.org)",
    "**<b onmouseover=alert(1)>**",
    "<iframe src=https://example.org>",
    "<a href='javascript:alert(1)'>x</a>",
    "- <style>*{display:none}</style>",
    "# <svg/onload=alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "\\<script>",
    "```\n</code><script>alert(1)</script>\n```",
]
ALLOWED = re.compile(
    r"</?(?:p|em|strong|ul|li|h[3-6])>|<br>|<ol(?: start=\"\d+\")?>|</ol>|</a>"
    r"|<a(?: href=\"(?:https?|mailto):[^\"<>]*\")? rel=\"nofollow ugc noopener\">"
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_comes_through(text: str) -> None:
    rest = ALLOWED.sub("", marked_up(text))
    assert "<" not in rest
    assert not re.search(r"href=\"(?!https?:|mailto:)", marked_up(text))


@pytest.mark.parametrize(
    "text",
    ["[" * 10_000, "[" * 5_000 + "]" * 5_000, "![" * 5_000, "[a](" * 5_000, "*a " * 6_600],
    ids=["open", "balanced", "images", "links", "stars"],
)
def test_brackets_without_end_are_done_soon(text: str) -> None:
    began = time.process_time()
    marked_up(text)
    plain_text(text)
    assert time.process_time() - began < 2


def test_a_story_has_paragraphs_lists_links_and_emphasis() -> None:
    text = "Erst *so*,\ndann **so**.\n\n- eins\n- zwei\n\n1. [hier](https://example.org/a_b)"
    assert marked_up(text) == (
        "<p>Erst <em>so</em>,\ndann <strong>so</strong>.</p>\n<ul>\n<li>eins</li>\n<li>zwei</li>\n"
        '</ul>\n<ol>\n<li><a href="https://example.org/a_b" rel="nofollow ugc noopener">hier</a>'
        "</li>\n</ol>"
    )


def test_headings_stand_below_those_of_the_page_and_leave_no_level_out() -> None:
    text = "### Erstens\n\n# Zweitens\n\n#### Dabei\n\n###### Darin"
    assert re.findall(r"<(h\d)>", marked_up(text)) == ["h3", "h3", "h4", "h5"]


def test_programmes_get_the_words_without_the_signs() -> None:
    text = "# Start\n\nErst **fragen**,\ndann [lesen](https://example.org).\n\n* eins\n* zwei"
    assert plain_text(text) == "Start\nErst fragen, dann lesen.\neins\nzwei"
    assert plain_text(None) == ""


def test_printed_pages_get_a_tree() -> None:
    text = (
        "Erst *so*,\ndann [hier](https://example.org).\n\n# Weiter\n\n3. eins\n4. zwei\n   - drei"
    )
    assert structured(text) == [
        {
            "kind": "paragraph",
            "parts": [
                {"kind": "text", "text": "Erst "},
                {"kind": "emphasis", "parts": [{"kind": "text", "text": "so"}]},
                {"kind": "text", "text": ","},
                {"kind": "text", "text": " "},
                {"kind": "text", "text": "dann "},
                {"kind": "link", "href": "https://example.org", "parts": _words("hier")},
                {"kind": "text", "text": "."},
            ],
        },
        {"kind": "heading", "level": 3, "parts": _words("Weiter")},
        {
            "kind": "list",
            "start": 3,
            "items": [
                [_paragraph("eins")],
                [
                    _paragraph("zwei"),
                    {"kind": "list", "start": None, "items": [[_paragraph("drei")]]},
                ],
            ],
        },
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tree_has_no_link_that_runs_anything(text: str) -> None:
    def addresses(tree: object) -> list[str]:
        if isinstance(tree, dict):
            own = [tree["href"]] if "href" in tree else []
            return own + [one for part in tree.values() for one in addresses(part)]
        return [one for part in tree for one in addresses(part)] if isinstance(tree, list) else []

    assert all(
        one.startswith(("http:", "https:", "mailto:")) for one in addresses(structured(text))
    )


def _words(text: str) -> list[dict[str, str]]:
    return [{"kind": "text", "text": text}]


def _paragraph(text: str) -> dict[str, object]:
    return {"kind": "paragraph", "parts": _words(text)}


def test_texts_without_signs_read_as_they_always_did(site_app: Flask) -> None:
    with site_app.app_context():
        for practice in db.session.scalars(select(Practice)):
            for text in (practice.situation, practice.approach, practice.result):
                if text:
                    assert marked_up(text) == f"<p>{_escaped(text)}</p>", practice.slug
                    assert plain_text(text) == text


def _escaped(text: str) -> str:
    return str(escape(text)).replace("&#34;", '"').replace("&#39;", "'")


@pytest.mark.parametrize(
    "text",
    [
        "Die Stadt fragt zuerst.",
        "Kosten: 100 € & mehr; „so“ <b>nicht</b> \"oder\" 'doch' ",
        "Nr.\u00a05 liegt – wie 3. oder + und - an der Straße &amp; am Weg\u3000",
        "a",
    ],
)
def test_a_plain_paragraph_reads_as_if_it_had_been_parsed(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    quickly = marked_up(text)
    monkeypatch.setattr("directory.web.markup._says_just_itself", lambda _: False)
    assert quickly == marked_up(text)
