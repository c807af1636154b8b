"""What the index knows about words: how rare they are, how they go on, what was meant."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from directory.german.analysis import index_words
from directory.german.compounds import is_german, word_frequency
from directory.german.guesses import field_word, guesses
from directory.german.spelling import near, normal, slips_allowed
from directory.german.stems import stem
from directory.lookups import Lookup
from directory.publication.catalogue import grounded, prepared
from directory.search.lists.wholesale import read_rows
from directory.search.models import SearchToken, Suggestion

# More words than this are not looked through for what was meant.
_MOST_WORDS = 50_000
_MOST_ENDINGS = 12
# Names of this length are recognised with two slips.
_LONG_NAME = 8
# Digits of a postcode and of the key of a municipality
_KEYS = (5, 8)
# An AGS from a spreadsheet, which took it for a number
_WITHOUT_ZERO = 7
# A word of general German this frequent is meant as it stands, even if no entry holds it.
_REAL_WORD = 3.0


class _Words(NamedTuple):
    """Words of the index: in normal form, their tokens, as written, and how many entries hold them.

    The first of each list belong together, and so on.
    """

    plain: Sequence[str]
    tokens: Sequence[str]
    written: Sequence[str]
    documents: Sequence[int]


class _Names(NamedTuple):
    """Every name of a kind: in normal form without spaces, and as it is written."""

    plain: Sequence[str]
    written: Sequence[str]


_TOKENS = SearchToken.__table__.c
_COUNTS = Lookup(
    select(_TOKENS.token, _TOKENS.documents).where(
        _TOKENS.kind == bindparam("kind"),
        _TOKENS.token.in_(bindparam("tokens", expanding=True)),
        _TOKENS.documents > 0,
    )
)
_BEGINNING_WITH = Lookup(
    select(_TOKENS.token)
    .where(
        _TOKENS.kind == bindparam("kind"),
        _TOKENS.token >= bindparam("first"),
        _TOKENS.token < bindparam("last"),
        _TOKENS.word.is_not(None),
        _TOKENS.documents > 0,
    )
    .order_by(_TOKENS.documents.desc(), _TOKENS.token)
    .limit(_MOST_ENDINGS)
)
_IS_NAME = Lookup(
    select(_TOKENS.token).where(_TOKENS.kind == "municipality", _TOKENS.token == bindparam("token"))
)
_WRITTEN = Lookup(
    select(_TOKENS.token, _TOKENS.word).where(
        _TOKENS.kind == bindparam("kind"),
        _TOKENS.token.in_(bindparam("tokens", expanding=True)),
        _TOKENS.documents > 0,
    )
)


class IndexVocabulary:
    """The words of one kind of entries; `of_names`: they are names, not words of German."""

    def __init__(self, session: Session, kind: str, *, of_names: bool) -> None:
        self._session = session
        self._kind = kind
        self._of_names = of_names

    def counts(self, tokens: Iterable[str]) -> Mapping[str, int]:
        """Return token → number of entries, for those that occur; `""` counts all entries."""
        return dict(_COUNTS.rows(self._session, kind=self._kind, tokens=sorted(tokens)))

    def beginning_with(self, start: str) -> Sequence[str]:
        """Return tokens of written words that begin like this, the most frequent first."""
        last = start + "\U0010ffff"
        rows = _BEGINNING_WITH.rows(self._session, kind=self._kind, first=start, last=last)
        return [token for (token,) in rows]

    def correct(self, word: str, slips: int | None = None) -> str | None:
        """Return the written word that was probably meant, None if no other is like it.

        It is at most `slips` typing slips away and stands in an entry; by default as many as its
        length allows, and it may be any word that entries are found by.
        """
        typed = normal(word)
        only_written = self._of_names or slips is not None
        slips = slips_allowed(typed) if slips is None else slips
        if not slips or self._is_meant(word):
            return None
        # Names are those of municipalities.
        keep = grounded if self._of_names else prepared
        words = keep(self._session, f"words-{self._kind}", partial(_words, kind=self._kind))
        apart: dict[int, int] = {}
        for spelled, known in ((typed, words.plain), (stem(word), words.tokens)):
            for slipped, at in near(spelled, known, slips):
                apart[at] = min(slipped, apart.get(at, slipped))
        best = min(
            (
                (slipped, words.plain[at][:1] != typed[:1], -words.documents[at], words.written[at])
                for at, slipped in apart.items()
            ),
            default=None,
        )
        guessed = None if only_written else self._guess(word, best[0] - 1 if best else slips)
        return guessed or (best[-1] if best else None)

    def _guess(self, word: str, slips: int) -> str | None:
        """Return a word of German that is spelled like this and that entries are found by.

        The index knows one written form of each stem; slips in others are found here.
        """
        guessed = guesses(word, slips) if slips else []
        if not guessed:
            return None
        tokens = sorted(map(stem, guessed))
        written = dict(_WRITTEN.rows(self._session, kind=self._kind, tokens=tokens))
        found = (written.get(stem(one)) or field_word(one) for one in guessed)
        return next(filter(None, found), None)

    def _is_meant(self, word: str) -> bool:
        """Tell whether a word stands for itself: it is German, or the name of a municipality."""
        return self._is_german(word) or bool(_IS_NAME.rows(self._session, token=stem(word)))

    def _is_german(self, word: str) -> bool:
        # Among names, what ends like the form of a word is a slip: `Frechn` is no form of `frech`.
        if self._of_names:
            return word_frequency(word) >= _REAL_WORD
        return is_german(word, _REAL_WORD)

    def correct_name(self, q: str) -> str | None:
        """Return the whole name that was probably meant by `q`, None if `q` holds known words only.

        Spaces and hyphens do not count: `Mönchen Gladbach`.
        """
        written = index_words(q)
        typed = [normal(word) for word in written]
        known = self.counts({stem(word) for word in written})
        if all(stem(word) in known or self._is_german(word) for word in written):
            return None
        joined = "".join(typed)
        if joined.isdecimal() and len(joined) == _WITHOUT_ZERO:
            return f"0{joined}"
        if len(typed) > 1 and joined.isdecimal():
            return joined if len(joined) in _KEYS else None
        slips = 1 if len(joined) < _LONG_NAME else 2
        names = grounded(self._session, f"names-{self._kind}", partial(_names, kind=self._kind))
        found = near(joined, names.plain, slips)
        meant = [
            (apart, names.plain[at][:1] != joined[:1], names.written[at]) for apart, at in found
        ]
        return min(meant)[-1] if meant and len(joined) > 2 else None


def _names(session: Session, *, kind: str) -> _Names:
    rows = session.execute(
        select(Suggestion.beginning, Suggestion.label)
        .where(Suggestion.kind == kind, Suggestion.position == 0)
        .order_by(Suggestion.key)
    )
    plain = [(beginning.replace(" ", ""), label) for beginning, label in rows]
    return _Names([name for name, _ in plain], [label for _, label in plain])


def _words(session: Session, *, kind: str) -> _Words:
    statement = (
        select(SearchToken.word, SearchToken.token, SearchToken.documents)
        .where(SearchToken.kind == kind, SearchToken.word.is_not(None), SearchToken.documents > 0)
        .order_by(SearchToken.documents.desc())
        .limit(_MOST_WORDS)
    )
    rows = [
        (normal(word), token, word, documents)
        for word, token, documents in read_rows(session, statement)
        if word and len(token) > 2 and not token.isdecimal()
    ]
    return _Words(*zip(*rows, strict=True)) if rows else _Words((), (), (), ())
