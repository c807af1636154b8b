"""What an entry says is shown and never run; the same values are the same bytes."""

import datetime as dt
import re
from typing import Any

import pytest

from directory.printing import qr, typesetting
from directory.printing.typesetting import pdf_of
from directory.resources import resource_dir
from directory.web.markup import structured
from tests.printing.papers import A3_MM, A4_MM, Paper

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOSTILE = [
    '#panic("weg")',
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0"',
    "*fett* _kursiv_ `roh` $x^2$ @quelle <marke> \\ // nicht weg",
    "= Titel\n- Punkt\n/ Wort: Text",
    "#{ } ] [ ) ( \" ' \\u{1F600}",
    "#sys.inputs.data",
]
GERMAN = "Äpfel, Öl, Übermut, Straße – „Łukasz Čapek“ 1.234,5 €"


def practice(**given: Any) -> dict[str, Any]:
    """All that the fact sheet and the poster of a practice need."""
    address = "https://example.org/praxisbeispiele/buergerrat"
    fact = {"label": "Beginn", "value": "2019", "note": "", "known": True}
    factors = {"heading": "Dabei", "items": ["Zeit"], "known": True, "empty": "", "note": ""}
    values = {
        "kind": "Praxisbeispiel",
        "title": "Bürgerrat",
        "author": "Netzwerk",
        "description": "Kurz",
        "keywords": ["Beteiligung"],
        "eyebrow": "Praxisbeispiel aus Hemer",
        "summary": "Kurz gesagt.",
        "topics": ["Beteiligung"],
        "permalink": address,
        "qr": qr.svg(address),
        "imprint": ["Netzwerk"],
        "facts": [fact],
        "poster_facts": [fact],
        "sections": [{"heading": "Vorgehen", "body": structured("So."), "empty": ""}],
        "factors": [{"kind": kind, **factors} for kind in ("success", "stumbling")],
        "lists": [],
        "contacts_heading": "Ansprechstellen",
        "contacts_empty": "keine",
        "contacts": [],
        "sources": [{"title": "Quelle", "url": "https://example.org", "as_of": "Stand 2020"}],
        "poster_sources": "Quelle",
        "poster_summary": "Kürzer.",
        "poster_short": "Mehr im Verzeichnis.",
    }
    return values | given


def words(text: str) -> str:
    return "".join(text.replace("\u00ad", "").replace("-", "").split())


@pytest.mark.parametrize("text", HOSTILE)
def test_an_entry_cannot_write_typst(text: str) -> None:
    values = practice(
        title=text,
        eyebrow=text,
        summary=text,
        keywords=[text],
        topics=[text],
        facts=[{"label": text, "value": text, "note": text, "known": True}],
        sections=[
            {
                "heading": text,
                "body": [{"kind": "paragraph", "parts": [{"kind": "text", "text": text}]}],
                "empty": "",
            }
        ],
        sources=[{"title": text, "url": "https://example.org/#panic()", "as_of": text}],
    )
    for template in ("practice", "poster"):
        paper = Paper(pdf_of(template, values, changed_at=NOON))  # type: ignore[arg-type]
        assert words(paper.text).count(words(text)) >= 3, template
        assert paper.title == text


def test_the_same_values_are_the_same_bytes_and_typeset_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = practice(title="Zweimal")
    first = pdf_of("practice", values, changed_at=NOON)
    monkeypatch.setattr(typesetting, "_done", typesetting.Shelf(1_000_000))
    again = pdf_of("practice", dict(reversed(values.items())), changed_at=NOON)
    assert first == again
    monkeypatch.setattr(typesetting, "_pdf", lambda *_: pytest.fail("typeset twice"))
    assert pdf_of("practice", values, changed_at=NOON) == first


def test_another_text_or_day_is_another_file() -> None:
    first = pdf_of("practice", practice(), changed_at=NOON)
    assert pdf_of("practice", practice(title="Anders"), changed_at=NOON) != first
    assert pdf_of("practice", practice(), changed_at=NOON + dt.timedelta(days=1)) != first


def test_german_letters_are_there_in_our_own_font() -> None:
    paper = Paper(pdf_of("practice", practice(summary=GERMAN, title=GERMAN), changed_at=NOON))
    assert words(paper.text).count(words(GERMAN)) == 2
    ours = {"FiraSans-Regular", "FiraSans-SemiBold", "FiraSans-Italic"}
    assert set(paper.fonts_embedded) <= ours, "make assets unpacks the fonts"
    assert all(paper.fonts_embedded.values())


@pytest.mark.parametrize("sign", ["🎉", "\ufeff"])
def test_what_no_font_can_show_is_no_reason_to_fail(sign: str) -> None:
    paper = Paper(pdf_of("practice", practice(summary=f"{sign}Ein Fest für alle"), changed_at=NOON))
    assert "für alle" in paper.text
    assert not paper.claims_pdf_ua
    assert paper.root["/MarkInfo"]["/Marked"] is not False
    assert "/H1" in paper.structure()


def test_a_fault_in_a_template_is_not_taken_for_a_missing_letter() -> None:
    values = practice()
    del values["imprint"]
    with pytest.raises(RuntimeError, match="imprint"):
        pdf_of("practice", values, changed_at=NOON)


def test_marked_up_texts_keep_their_marks() -> None:
    text = "Erst **fragen**.\n\n- eins\n- zwei\n\n# Danach\n\n[hier](https://example.org/weiter)"
    sections = [{"heading": "Vorgehen", "body": structured(text), "empty": ""}]
    paper = Paper(pdf_of("practice", practice(sections=sections), changed_at=NOON))
    roles = paper.structure()
    assert "https://example.org/weiter" in paper.links
    assert {"/L", "/LI", "/H3", "/Strong"} <= set(roles), roles
    assert "**" not in paper.text


def test_a_text_may_lead_to_the_longest_of_addresses() -> None:
    text = f"[hier](https://example.org/{'a' * 9_000}) und [dort](https://example.org/dort)"
    sections = [{"heading": "Vorgehen", "body": structured(text), "empty": ""}]
    paper = Paper(pdf_of("practice", practice(sections=sections), changed_at=NOON))
    assert "hier und dort" in paper.text
    assert "https://example.org/dort" in paper.links


@pytest.mark.parametrize("length", [1, 20, 200])
def test_a_poster_is_one_page_whatever_it_has_to_say(length: int) -> None:
    long = "Das ist ein Satz über das Ehrenamt in unserer Stadt. " * length
    items = {"heading": "Dabei", "items": [long] * 5, "known": True, "empty": "", "note": ""}
    values = practice(
        title="Ein Titel aus sehr langen Wörtern wie Engagementförderung. " * min(length, 4),
        summary=long,
        poster_summary=long[:600],
        factors=[{"kind": kind, **items} for kind in ("success", "stumbling")],
    )
    paper = Paper(pdf_of("poster", values, changed_at=NOON))
    assert paper.sizes_mm == [A3_MM]
    # All of it, or the word that there is more: nothing in between
    whole = words(paper.text).count(words(long)) == 11
    assert whole != ("Mehr im Verzeichnis." in paper.text)
    assert whole == (length == 1)
    assert values["permalink"] in paper.text


def test_long_texts_flow_onto_more_pages() -> None:
    text = "Ein Absatz über das Ehrenamt in unserer Stadt.\n\n" * 200
    sections = [{"heading": "Vorgehen", "body": structured(text), "empty": ""}]
    paper = Paper(pdf_of("practice", practice(sections=sections), changed_at=NOON))
    assert len(paper.sizes_mm) > 2
    assert set(paper.sizes_mm) == {A4_MM}
    assert paper.text.count("Ein Absatz") == 200
    assert f"Seite 2 von {len(paper.sizes_mm)}" in paper.text


def test_templates_ask_nobody() -> None:
    for path in (resource_dir("templates") / "print").iterdir():
        assert not re.search(r"@(preview|local)|https?://", path.read_text()), path.name


def test_a_code_says_the_address_and_keeps_its_margin() -> None:
    address = "https://example.org/praxisbeispiele/buergerrat"
    rows = qr.matrix(address)
    side = len(rows)
    picture = qr.svg(address)
    assert f'viewBox="0 0 {side + 8} {side + 8}"' in picture
    dark = {(int(x) - 4, int(y) - 4) for x, y in re.findall(r"M(\d+) (\d+)h1v1", picture)}
    assert dark == {(x, y) for y in range(side) for x in range(side) if rows[y][x]}
    # The three corners by which readers find it
    for x, y in ((0, 0), (side - 7, 0), (0, side - 7)):
        assert all(rows[y][x + step] for step in range(7))
    assert rows != qr.matrix("https://example.org/praxisbeispiele/anderes")
