"""What a word that is not German was probably meant to be."""

from directory.german.guesses import field_word, guesses
from directory.german.stems import stem


def test_slips_in_any_form_of_a_word_are_recognised() -> None:
    assert guesses("Fortbildunk", 1)[0] == "fortbildung"


def test_words_only_synonyms_know_are_recognised() -> None:
    assert "krisenhilfe" in guesses("Krisenhife", 1)
    assert field_word("krisenhilfe") == "Krisenhilfe"


def test_the_nearest_word_comes_first() -> None:
    assert guesses("verein", 2)[0] == "verein"


def test_foreign_plurals_are_one_with_their_singulars() -> None:
    for one, many in [("App", "Apps"), ("Foto", "Fotos"), ("Kita", "Kitas"), ("Party", "Partys")]:
        assert stem(one) == stem(many)
    assert stem("kostenlos") != stem("kostenlo")
