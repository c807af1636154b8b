"""Hints on plain language: only what can be counted, and never where nothing is wrong."""

import pytest

from directory.german.plainness import LONGEST_SENTENCE, hints, sentences


def test_a_plain_text_gets_no_advice() -> None:
    text = "Zuerst haben wir gefragt, was fehlt. Dann gab es feste Termine, z. B. am Montag."
    assert hints(text) == []
    assert hints("") == []


def test_a_sentence_beyond_measure_is_named_by_its_beginning() -> None:
    words = " ".join(["viel"] * LONGEST_SENTENCE)
    assert hints(f"Alles gut. Wir haben {words} getan.") == [
        "Ein Satz hat 28 Wörter („Wir haben viel viel viel …“). Zwei kürzere liest man leichter."
    ]
    two = hints(f"Wir {words} eins. Wir {words} zwei.")
    assert two[0].startswith("2 Sätze haben mehr als 25 Wörter, der erste beginnt mit „Wir viel")


def test_long_words_are_named_once_unless_a_hyphen_divides_them() -> None:
    text = "Die Ehrenamtskoordinierungsstelle und die Ehrenamtskoordinierungsstelle."
    assert hints(text) == [
        "Sehr lange Wörter werden mit Bindestrich leichter lesbar: „Ehrenamtskoordinierungsstelle“."
    ]
    assert hints("Die Ehrenamts-Koordinierungsstelle.") == []


@pytest.mark.parametrize(
    "text",
    [
        "Am 3. März kamen ca. 20 Leute.",
        "Nach § 5 Abs. 2 gilt das, d. h. Nr. 7 entfällt.",
        "Um 9.30 Uhr begann es bzw. später.",
    ],
)
def test_a_point_within_a_sentence_does_not_end_it(text: str) -> None:
    assert len(sentences(text)) == 1


def test_sentences_end_at_points_questions_and_lines() -> None:
    assert sentences("Was fehlt? Alles. „Gut“, sagte sie.\nNeue Zeile") == [
        "Was fehlt?",
        "Alles.",
        "„Gut“, sagte sie.",
        "Neue Zeile",
    ]
