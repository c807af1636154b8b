"""Why an entry was found: the words marked where they stand, and nothing read in vain."""

from collections.abc import Sequence

import pytest

from directory.search.words.question import Question, analyse
from directory.search.words.snippets import Entry, snippets

SUMMARY = "Vereine teilen sich ein Lastenrad."
STORY = "Der Rat stimmte zu. Ein Bürgerbus fährt samstags & sonntags. Alle sind zufrieden."


class _EveryWord:
    """A vocabulary in which every word occurs."""

    def counts(self, tokens: Sequence[str]) -> dict[str, int]:
        return dict.fromkeys(tokens, 10)

    def beginning_with(self, _start: str) -> Sequence[str]:
        return ()

    def correct(self, _word: str, _slips: int | None = None) -> str | None:
        return None


class _Shelf:
    """The other texts of entries, and for which of them anybody asked."""

    def __init__(self, **texts: Sequence[str]) -> None:
        self.texts = {int(name.removeprefix("of_")): those for name, those in texts.items()}
        self.asked: list[int] = []

    def __call__(self, ids: Sequence[int]) -> list[Sequence[str]]:
        self.asked += ids
        return [self.texts[one] for one in ids]


def _asked(words: str) -> Question:
    return analyse(words, lexicon=None, vocabulary=_EveryWord(), literal=True)


def _entry(summary: str = SUMMARY) -> Entry:
    return "Teilen", summary, {}


def test_a_summary_that_says_everything_is_shown_and_no_other_text_is_read() -> None:
    others = _Shelf()
    (found,) = snippets(_asked("Lastenrad"), {1: _entry()}, others)
    assert found.text == "Vereine teilen sich ein <mark>Lastenrad</mark>."
    assert others.asked == []


def test_a_sentence_that_says_more_than_the_summary_takes_its_place() -> None:
    others = _Shelf(of_2=["Davon steht hier nichts.", STORY])
    found = snippets(_asked("Bürgerbus"), {1: _entry("Ein Bürgerbus"), 2: _entry()}, others)
    assert [one.text for one in found] == [
        "Ein <mark>Bürgerbus</mark>",
        "Ein <mark>Bürgerbus</mark> fährt samstags &amp; sonntags.",
    ]
    assert others.asked == [2]


def test_a_word_that_stands_in_no_text_leaves_the_summary_as_it_is() -> None:
    (found,) = snippets(_asked("Seniorentreff"), {1: _entry()}, _Shelf(of_1=[STORY]))
    assert (found.text, found.found_by) == (SUMMARY, "")


def test_words_are_found_inside_compounds_and_between_hyphens() -> None:
    texts = ["Das Stadtfest kommt.", "Zum Lastenrad-Verleih (kostenlos)!"]
    (found,) = snippets(_asked("Lastenrad kostenlos"), {1: _entry("Ein Fest.")}, _Shelf(of_1=texts))
    assert found.text == "Zum <mark>Lastenrad</mark>-Verleih (<mark>kostenlos</mark>)!"
    (found,) = snippets(_asked("Fest"), {1: _entry()}, _Shelf(of_1=texts))
    assert found.text == "Das <mark>Stadtfest</mark> kommt."


def test_a_number_is_marked_with_and_without_its_points() -> None:
    (found,) = snippets(_asked("2500"), {1: _entry("Am 01.02.2500 gab es 2.500 Euro.")}, _Shelf())
    assert found.text == "Am 01.02.<mark>2500</mark> gab es <mark>2.500</mark> Euro."


@pytest.mark.parametrize(
    "sentence",
    [
        "Das Land förderte den Aufbau mit 560.000 Euro im Jahr.",
        "Der Tag fand am 9. Mai 2015 im Bürgerhaus statt.",
        "Träger ist der Verein Bürgerhaus e. V. Hemer mit Dr. Müller-Stiftung.",
        "Viele halfen, z. B. Schulen.",
    ],
)
def test_a_passage_ends_only_where_its_sentence_does(sentence: str) -> None:
    last_word = sentence.rstrip(".").rpartition(" ")[2]
    text = f"Zuerst gab es Streit. {sentence} Danach war Ruhe!"
    (found,) = snippets(_asked(last_word), {1: _entry("Ein Fest.")}, _Shelf(of_1=[text]))
    assert found.text.striptags() == sentence


def test_who_asks_the_same_question_again_is_told_without_reading_again() -> None:
    question, others = _asked("Bürgerbus"), _Shelf(of_1=[STORY], of_2=[STORY])
    first = snippets(question, {1: _entry()}, others)
    second = snippets(question, {2: _entry(), 1: _entry()}, others)
    assert second == [*first, *first]
    assert others.asked == [1, 2]


def test_the_same_words_asked_of_a_newer_catalogue_are_looked_for_anew() -> None:
    before, after = (
        _Shelf(of_1=["Ein Bürgerbus fährt."]),
        _Shelf(of_1=["Bald fährt ein Bürgerbus."]),
    )
    snippets(_asked("Bürgerbus"), {1: _entry()}, before)
    (found,) = snippets(_asked("Bürgerbus"), {1: _entry()}, after)
    assert found.text == "Bald fährt ein <mark>Bürgerbus</mark>."
