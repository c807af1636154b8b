"""Why an entry was found: the place in its text with the words marked, or what led to it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from directory.german.analysis import PART, inner_stems, term_token
from directory.german.stems import stem
from directory.search.question import Concept, Question
from directory.text import join

_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\s|$)|[.!?\n]|$)+")
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


# Title, texts, and slug → label of the terms an entry is described with
Entry = tuple[str, Sequence[str], Mapping[str, str]]


def snippet(
    question: Question, title: str, texts: Sequence[str], terms: Mapping[str, str]
) -> Snippet:
    """Return the passage of `texts` that shows most of `question`, words marked.

    The first of `texts` is the summary, shown whole; a passage of another one takes its place only
    if it says more. `terms` are the slugs and labels the entry is described with.
    """
    return snippets(question, [(title, texts, terms)])[0]


def snippets(question: Question, entries: Iterable[Entry]) -> list[Snippet]:
    """Return the snippet of each entry of a page; the question is looked up once for all."""
    wanted = _wanted(question)
    return [_snippet(wanted, *entry) for entry in entries]


def _snippet(
    wanted: "_Wanted", title: str, texts: Sequence[str], terms: Mapping[str, str]
) -> Snippet:
    summary, *others = texts
    passage, most = summary, wanted.said(summary)
    # No sentence says more than everything.
    if most < wanted.everything:
        for sentence in (part for text in others for part in _SENTENCE.findall(text)):
            if round(said := wanted.said(sentence), 6) > round(most, 6):
                passage, most = sentence.strip(), said
    return Snippet(
        text=wanted.marked(_cut(passage, wanted)),
        found_by=wanted.reasons([title, *texts], terms),
    )


class _Wanted:
    """The tokens of a question and what each stands for; one for all entries of a page."""

    def __init__(self, question: Question) -> None:
        self._concepts = question.concepts
        self._known: dict[str, dict[int, bool]] = {}
        # Token → concepts it is a sign of, and whether it is the word itself
        self._signs: dict[str, dict[int, bool]] = {}
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
                    known = self._signs.setdefault(token, {})
                    known[number] = known.get(number, False) or itself

    def of(self, word: str) -> dict[int, bool]:
        """Return the concepts that `word` is a sign of."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) > _MOST_WORDS:
                self._known.clear()
            found = self._known[word] = self._look_at(word)
        return found

    def _look_at(self, word: str) -> dict[int, bool]:
        found: dict[int, bool] = {}
        tokens = {stem(word), *(PART + part for part in inner_stems(word))}
        for number, slots in self._joint:
            if all(tokens & slot for slot in slots):
                found[number] = False
        for token in tokens:
            for number, itself in self._signs.get(token, {}).items():
                found[number] = found.get(number, False) or itself
        return found

    def said(self, text: str) -> float:
        """Return how much of the question a text says."""
        seen: dict[int, bool] = {}
        for word in _WORD.findall(text):
            for number, itself in self.of(word).items():
                seen[number] = seen.get(number, False) or itself
        return sum(
            self._concepts[number].weight * (1 if itself else 0.5)
            for number, itself in seen.items()
        )

    @property
    def everything(self) -> float:
        """What a text says that holds all words themselves."""
        return sum(concept.weight for concept in self._concepts)

    def first(self, text: str) -> int:
        """Return where the first word stands that counts."""
        return next((m.start() for m in _WORD.finditer(text) if self.of(m.group())), 0)

    def marked(self, text: str) -> Markup:
        """Return `text` escaped, with the words that count in `<mark>`."""
        parts: list[Markup] = []
        end = 0
        for match in _WORD.finditer(text):
            if self.of(match.group()):
                parts += [escape(text[end : match.start()]), _MARK.format(match.group())]
                end = match.end()
        return Markup("").join([*parts, escape(text[end:])])

    def reasons(self, texts: Iterable[str], terms: Mapping[str, str]) -> str:
        """Return what stands for concepts whose own word is nowhere in the entry."""
        missing = dict.fromkeys(range(len(self._concepts)))
        others: dict[int, str] = {}
        for text in texts:
            for word in _WORD.findall(text):
                for number, itself in self.of(word).items():
                    if itself:
                        missing.pop(number, None)
                    else:
                        others.setdefault(number, word)
            if not missing:
                # Most entries hold all words in title and summary already.
                return ""
        reasons: dict[str, None] = {}
        for number in missing:
            other = others.get(number, "")
            topic = _topic(self._concepts[number], terms)
            if other or topic:
                reasons[other or f"Thema {topic}"] = None
        return join(list(reasons)[:_MOST_REASONS])


@lru_cache(maxsize=4)
def _wanted(question: Question) -> _Wanted:
    return _Wanted(question)


_MARK = Markup("<mark>{}</mark>")


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
