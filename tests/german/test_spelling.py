"""Who slips once is understood, and nobody else is."""

from random import Random

from directory.german.spelling import near

WORDS = [
    "bildungsakademie",
    "verwaltung",
    "quartiersportal",
    "buergerbus",
    "ehrenamt",
    "nachbarschaftshilfe",
    "hemer",
    "moenchengladbach",
    "lesepaten",
    "1334",
    "ssee",
    "annaanna",
]
RANDOM = Random(5)  # noqa: S311 - no secret
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def _slip(word: str) -> str:
    """Return a word with one letter too many, too few, another one, or two of them swapped."""
    at = RANDOM.randrange(len(word))
    before, after, letter = word[:at], word[at + 1 :], RANDOM.choice(ALPHABET)
    swapped = before + after[:1] + word[at] + after[1:]
    return RANDOM.choice(
        [before + letter + word[at:], before + after, before + letter + after, swapped]
    )


def test_who_slips_once_is_understood() -> None:
    for word in WORDS * 200:
        typed = _slip(word)
        assert near(typed, [word], 1) == [(int(typed != word), 0)], typed


def test_no_other_word_is_taken_for_it() -> None:
    for word in WORDS:
        assert near(word, WORDS, 2) == [(0, WORDS.index(word))]
    assert near("buergerbus", ["verwaltung"], 2) == []
