"""Why an entry was found: the place in its text with the words marked, or what led to it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from directory.german.analysis import PART, holding, inner_stems, term_token
from directory.german.sentences import sentences
from directory.german.stems import stem
from directory.search.words.question import Concept, Question
from directory.text import WORD, join

_LONGEST, _BEFORE = 260, 80
# Alternatives from this weight on are the word itself, not another one for it.
_ITSELF = 0.5
_MOST_REASONS = 3
# Words remembered per question, with what each is a sign of
_MOST_WORDS = 20_000


@dataclass(frozen=True)
class Snippet:
    """A marked passage, and other words or topics that led here; each may be empty."""

    text: Markup
    found_by: str


# Title, summary, and slug → name of the terms an entry is described with (`Thema Vereine`)
Entry = tuple[str, str, Mapping[str, str]]
# Returns for some entries, named by their numbers, all other texts of each
Others = Callable[[Sequence[int]], Iterable[Sequence[str]]]


def snippets(question: Question, entries: Mapping[int, Entry], others: Others) -> list[Snippet]:
    """Return for each entry of a page the passage that shows most of `question`, words marked.

    That is the summary, shown whole; a passage of one of the `others` takes its place only if it
    says more. So these are asked for only where the summary does not say everything. The same
    question may be asked with another filter: what was found for an entry is remembered.
    """
    wanted = _wanted(question)
    if wanted.is_full:
        _wanted.cache_clear()
    shown = wanted.shown
    lacking = []
    for one, (_, summary, _) in entries.items():
        if one in shown:
            continue
        if wanted.is_said(wanted.signs_in(summary)):
            shown[one] = Snippet(wanted.marked(_cut(summary, wanted)), found_by="")
        else:
            lacking.append(one)
    if lacking:
        for one, texts in zip(lacking, others(lacking), strict=True):
            shown[one] = _snippet(wanted, entries[one], texts)
    return [shown[one] for one in entries]


def _snippet(wanted: "_Wanted", entry: Entry, others: Sequence[str]) -> Snippet:
    title, summary, terms = entry
    signs = wanted.signs_in(summary)
    passage, most = summary, wanted.said(signs)
    signs = [*wanted.signs_in(title), *signs]
    for text in others:
        found = wanted.signs_in(text)
        signs += found
        # Nor does one say more than its text.
        if _is_more(wanted.said(found), most):
            for sentence in sentences(text):
                said = wanted.said(wanted.signs_in(sentence))
                if _is_more(said, most):
                    passage, most = sentence, said
    return Snippet(wanted.marked(_cut(passage, wanted)), wanted.reasons(signs, terms))


def _is_more(said: float, most: float) -> bool:
    return round(said, 6) > round(most, 6)


class _Wanted:
    """The tokens of a question and what each stands for; one for all entries of a page."""

    def __init__(self, question: Question) -> None:
        self._concepts = question.concepts
        ways = [way for concept in question.concepts for way in concept.alternatives]
        self._every = frozenset(token for way in ways for token in way.tokens())
        # Number of an entry → what it was found by, as far as that was asked
        self.shown: dict[int, Snippet] = {}
        # What stands between blanks and was looked at, and the signs in it, if there are any
        self._known: set[str] = set()
        self._signs_in: dict[str, list[str]] = {}
        # Sign → concepts, and whether it is the word itself
        self._found: dict[str, dict[int, bool]] = {}
        # The same for tokens
        self._tokens: dict[str, dict[int, bool]] = {}
        # Other ways that take several words: only a compound can hold them all
        self._joint: list[tuple[int, tuple[frozenset[str], ...]]] = []
        for number, concept in enumerate(question.concepts):
            for way in concept.alternatives:
                if way.shown and len(way.slots) > 1:
                    self._joint.append((number, tuple(frozenset(slot) for slot in way.slots)))
                    continue
                if way.is_piece:
                    continue
                for token in way.tokens():
                    itself = way.weight > _ITSELF and not way.shown
                    known = self._tokens.setdefault(token, {})
                    known[number] = known.get(number, False) or itself

    def signs_in(self, text: str) -> list[str]:
        """Return the words of `text` that are a sign of any concept, in order."""
        # To split at blanks takes a tenth of looking for words, and most of a text is known soon.
        chunks = text.split()
        # What no entry is found by is no sign; of most words that is known at once.
        for chunk in holding(set(chunks).difference(self._known), self._every):
            if signs := [word for word in WORD.findall(chunk) if self._is_sign(word)]:
                self._signs_in[chunk] = signs
        self._known.update(chunks)
        telling = filter(self._signs_in.__contains__, chunks)
        return [sign for chunk in telling for sign in self._signs_in[chunk]]

    def _is_sign(self, word: str) -> bool:
        if word not in self._found and (concepts := self._look_at(word)):
            self._found[word] = concepts
        return word in self._found

    @property
    def is_full(self) -> bool:
        """Whether so many words are remembered that it is time to begin anew."""
        return len(self._known) > _MOST_WORDS

    def _look_at(self, word: str) -> dict[int, bool]:
        """Return the concepts that `word` is a sign of, and whether it is the word itself."""
        found: dict[int, bool] = {}
        plain = word.replace(".", "")
        tokens = {stem(plain), *(PART + part for part in inner_stems(plain))}
        for number, slots in self._joint:
            if all(tokens & slot for slot in slots):
                found[number] = False
        for token in self._tokens.keys() & tokens:
            for number, itself in self._tokens[token].items():
                found[number] = found.get(number, False) or itself
        return found

    def said(self, signs: Iterable[str]) -> float:
        """Return how much of the question these words say."""
        seen: dict[int, bool] = {}
        for word in signs:
            for number, itself in self._found[word].items():
                seen[number] = seen.get(number, False) or itself
        return sum(
            self._concepts[number].weight * (1 if itself else 0.5)
            for number, itself in seen.items()
        )

    def is_said(self, signs: Iterable[str]) -> bool:
        """Tell whether these words say everything, as a text does that holds all words typed."""
        return self.said(signs) >= sum(concept.weight for concept in self._concepts)

    def first(self, text: str) -> int:
        """Return where the first word stands that counts."""
        return next((m.start() for m in WORD.finditer(text) if m.group() in self._found), 0)

    def marked(self, text: str) -> Markup:
        """Return `text` escaped, with the words that count in `<mark>`."""
        parts: list[str] = []
        end = 0
        for match in WORD.finditer(text):
            if match.group() in self._found:
                parts += (escape(text[end : match.start()]), "<mark>", match.group(), "</mark>")
                end = match.end()
        # Letters, digits and points need no escaping.
        return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704

    def reasons(self, signs: Iterable[str], terms: Mapping[str, str]) -> str:
        """Return what stands for concepts whose own word is not among all the `signs`."""
        missing = dict.fromkeys(range(len(self._concepts)))
        others: dict[int, str] = {}
        for word in signs:
            for number, itself in self._found[word].items():
                if itself:
                    missing.pop(number, None)
                else:
                    others.setdefault(number, word)
        reasons: dict[str, None] = {}
        for number in missing:
            other = others.get(number, "")
            topic = _topic(self._concepts[number], terms)
            if other or topic:
                reasons[other or topic] = None
        return join(list(reasons)[:_MOST_REASONS])


@lru_cache(maxsize=4)
def _wanted(question: Question) -> _Wanted:
    return _Wanted(question)


def _topic(concept: Concept, terms: Mapping[str, str]) -> str:
    tokens = {token for way in concept.alternatives for token in way.tokens()}
    return next((label for slug, label in terms.items() if term_token(slug) in tokens), "")


def _cut(text: str, wanted: _Wanted) -> str:
    if len(text) <= _LONGEST:
        return text
    start = max(wanted.first(text) - _BEFORE, 0)
    start = text.find(" ", start) + 1 if start else 0
    cut = text[start : start + _LONGEST]
    if start + _LONGEST < len(text):
        cut = f"{cut.rpartition(' ')[0]} …"
    return f"… {cut}" if start else cut
