"""What a question wants, from its words alone."""

import pytest
from sqlalchemy.orm import Session

from directory.search.words.asking import says_something, without_contact_words
from directory.search.words.lexicon import get_lexicon


@pytest.mark.parametrize(
    ("q", "left"),
    [
        ("wen frage ich", "ich"),
        ("Wen kann ich zur Haftpflicht fragen?", "kann ich zur Haftpflicht"),
        ("Ansprechpartnerinnen", ""),
        ("Kontakt Ehrenamtskarte", "Ehrenamtskarte"),
        ("Kontaktlinsen", "Kontaktlinsen"),
        ("Drei Fragen", "Drei Fragen"),
    ],
)
def test_words_that_ask_for_a_contact_are_not_what_it_is_about(q: str, left: str) -> None:
    assert without_contact_words(q) == left


@pytest.mark.parametrize(
    ("q", "says"),
    [("und der die", False), ("", False), ("OB", True), ("Ideen", True), ("für Senioren", True)],
)
def test_stop_words_alone_say_nothing(catalogue: Session, q: str, says: bool) -> None:
    assert says_something(q, get_lexicon(catalogue)) is says
