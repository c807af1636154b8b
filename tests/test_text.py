"""What becomes of German words in addresses."""

import pytest

from directory.text import slugify


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (None, "gruenes-buergerbuero-hagen"),
        (26, "gruenes-buergerbuero-hagen"),
        (25, "gruenes-buergerbuero"),
        (20, "gruenes-buergerbuero"),
        (19, "gruenes"),
        (4, "grue"),
    ],
)
def test_addresses_are_cut_between_words(longest: int | None, expected: str) -> None:
    assert slugify("Grünes Bürgerbüro, Hagen", longest) == expected
