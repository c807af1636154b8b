"""What a question wants, read from its words before anything is looked up."""

from directory.german.analysis import index_tokens, index_words, stop_words
from directory.german.compounds import word_frequency
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.search.words.lexicon import Lexicon
from directory.search.words.question import Concept, Question
from directory.text import words as all_words

# Who asks for these wants somebody to talk to; what that one should know follows in other words.
_CONTACT = frozenset(
    stem(word)
    for word in index_words(
        "Kontakt Kontaktdaten Kontaktperson Ansprechpartner Ansprechpartnerin Ansprechperson "
        "Ansprechstelle zuständig Zuständigkeit wen"
    )
)
# Little words around those: `wen frage ich`, `wer ist zuständig`
_AROUND = frozenset(map(stem, index_words("fragen anrufen anschreiben erreichen")))

# Beside other words they say nothing, alone they are all that somebody asks for.
_NOUNS = frozenset(map(stem, index_words("Beispiel Erfahrung Idee Möglichkeit Thema Tipp")))

# Zipf frequency from which on a word is certainly one of German
_GERMAN = 3.0


def says_something(q: str, lexicon: Lexicon) -> bool:
    """Tell whether there is more in `q` than stop words; `OB` is more, for it has synonyms.

    A word too long for any index asks for something as well: nothing is called that.
    """
    if not index_words(q):
        return bool(all_words(q))
    return any(
        normal(word) not in stop_words() or stem(word) in _NOUNS or lexicon.of((stem(word),))
        for word in index_words(q)
    )


def without_contact_words(q: str) -> str:
    """Return `q` without the words that ask for a contact; all of it if none does."""
    words = index_words(q)
    if _CONTACT.isdisjoint(map(stem, words)):
        return q
    return " ".join(word for word in words if stem(word) not in _CONTACT | _AROUND)


def may_name_a_place(question: Question) -> bool:
    """Tell whether names were found by more than a word of German that some begin with: `Raum`."""
    return any(
        one.strict and (one.strict[0].weight == 1 or word_frequency(one.text) < _GERMAN)
        for one in question.concepts
    )


def finds_only_pieces(question: Question) -> bool:
    """Tell whether but pieces of the words are found: `Ehrenamt` of `Ehrenamtskarte`."""
    ways = [way for concept in question.concepts for way in concept.alternatives]
    return bool(ways) and all(way.is_piece for way in ways)


def is_said(concept: Concept, name: str) -> bool:
    """Tell whether a name of a place says what is asked for."""
    tokens = set(index_tokens(name, compounds=False))
    return any(all(tokens.intersection(slot) for slot in way.slots) for way in concept.alternatives)


def is_called(question: Question | None, title: str) -> bool:
    """Tell whether `title` holds all words of a question, in any order and form.

    As words: who asks for a bank does not mean the `Datenbank`.
    """
    if not question or question.unknown:
        return False
    return set(question.stems) <= set(index_tokens(title, compounds=False))
