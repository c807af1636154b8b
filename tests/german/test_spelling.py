"""What was meant is never sorted out before words are compared letter by letter."""

from random import Random

from directory.german.spelling import distance, letters, resembling

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


def test_who_slips_once_or_twice_is_understood() -> None:
    for word in WORDS * 200:
        for slips, typed in ((1, _slip(word)), (2, _slip(_slip(word)))):
            assert list(resembling(typed, [letters(word)], slips)) == [True], (word, typed)


def test_hardly_any_other_word_is_compared() -> None:
    long = [word for word in WORDS if len(word) > 7]
    found = {
        (one, other)
        for one in long
        for other, may_be in zip(long, resembling(one, map(letters, long), 2), strict=True)
        if may_be
    }
    assert found == {(word, word) for word in long}
    assert distance("buergerbus", "verwaltung", 2) > 2
