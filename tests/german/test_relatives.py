"""Forms of one word, and words that mean the same."""

import pytest

from directory.german.relatives import family, general_synonyms
from directory.german.stems import stem


@pytest.mark.parametrize(
    ("word", "other"),
    [("geholfen", "helfen"), ("hilft", "helfen"), ("Werbung", "werben"), ("empfängt", "Empfang")],
)
def test_forms_that_the_stemmer_leaves_apart_are_one_family(word: str, other: str) -> None:
    assert stem(word) != stem(other)
    assert stem(other) in family(stem(word))
    assert stem(word) in family(stem(other))


def test_words_of_general_german_have_synonyms() -> None:
    assert stem("Gaststätte") in general_synonyms(stem("Kneipe"))


def test_a_word_is_no_relative_of_itself_or_of_what_only_begins_alike() -> None:
    assert stem("helfen") not in family(stem("helfen"))
    assert family("hel") == ()
    assert general_synonyms("gibtesnicht") == ()
