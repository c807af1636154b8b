"""The full-text index over all kinds: written in the same transaction as the entries.

Both engines hold the same tokens of :mod:`directory.german.analysis`; only how they keep them
differs. Callers commit.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, groupby, islice
from typing import Any

from sqlalchemy import String, bindparam, column, delete, func, select, table
from sqlalchemy.orm import Session

from directory.german.analysis import index_words, term_token, token_texts
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.lookups import Lookup
from directory.practices.models import Practice, practice_term
from directory.publication.catalogue import get_state
from directory.publication.models import CatalogueState
from directory.publication.saving import in_chunks
from directory.rows import insert_rows, merge_rows
from directory.search.documents import Document, documents, documents_of
from directory.search.lists import columns
from directory.search.lists.numbering import entry_id, ids_of, kind_token, number_of
from directory.search.models import (
    SearchChange,
    SearchEntry,
    SearchPosting,
    SearchToken,
    Suggestion,
)
from directory.search.words import answers, postings
from directory.search.words.postings import Keeper, Tokens

__all__ = ["RULES", "documents", "is_current", "rebuild", "refresh", "refresh_terms", "size"]

# Changes whenever the same entry would be indexed with other tokens; /readyz compares it.
RULES = "2026-11-24"

_CHUNK = 1_000
_FIELDS = ("title", "summary", "terms", "body")
_ROW = ("kind", "key", *_FIELDS)
# Plain tables: what the session knows of an entry of the index is never asked for again.
_ENTRY: Any = SearchEntry.__table__
_SUGGESTION: Any = Suggestion.__table__
_CHANGE: Any = SearchChange.__table__
# SQLite's full-text table, and the column that commands are written to
_FTS = table("search_fts", *map(column, ("search_fts", "rowid", *_FIELDS)))
# Written once: to build a statement takes several times as long as to run it.
_KIND: Any = bindparam("kind", type_=String)
_KEYS: Any = bindparam("keys", expanding=True)
_KNOWN = Lookup(select(_ENTRY).where(_ENTRY.c.kind == _KIND, _ENTRY.c.key.in_(_KEYS)))
_OF_KEYS = (_SUGGESTION.c.kind == _KIND, _SUGGESTION.c.key.in_(_KEYS))
_SUGGESTED = Lookup(select(_SUGGESTION).where(*_OF_KEYS))
_UNSUGGEST = delete(_SUGGESTION).where(*_OF_KEYS)
_WITHDRAW = delete(_ENTRY).where(_ENTRY.c.id.in_(bindparam("ids", expanding=True)))
_LAST_STEP = Lookup(select(func.max(_CHANGE.c.id)))
_FORGET_STEPS = delete(_CHANGE).where(_CHANGE.c.id <= bindparam("oldest"))
_LOCK = select(CatalogueState.id).with_for_update()
# How many words of a label a suggestion may begin with
_MOST_BEGINNINGS = 8
_LONGEST_BEGINNING = 60
# Steps of the index that are kept; who has missed more reads everything anew.
_MOST_STEPS = 5_000
# After more changed entries at once, reading everything anew takes less time.
_MOST_FOLLOWED = 1_000


def rebuild(session: Session, public: Iterable[Document] | None = None) -> int:
    """Make the whole index anew; returns the number of entries.

    `public` are the documents to index, kind by kind, by default all that are public now.
    """
    _wait_for_turn(session)
    for model in (SearchEntry, SearchToken, SearchPosting, Suggestion):
        session.execute(delete(model))
    total = 0
    source = documents(session) if public is None else public
    for kind, of_kind in groupby(source, key=lambda document: document.kind):
        total += _rebuild_kind(session, kind, of_kind)
    if _is_sqlite(session):
        insert_rows(session, _FTS, [{"search_fts": "rebuild"}])
    get_state(session).index_rules = RULES
    _note(session, [None])
    return total


def _rebuild_kind(session: Session, kind: str, of_kind: Iterator[Document]) -> int:
    keeper, runs = Keeper(session, kind), Counter[str]()
    number = 0
    while chunk := list(islice(of_kind, _CHUNK)):
        rows = []
        for document in chunk:
            found = _analysed(document)
            keeper.add(number, found.titles, found.summaries, found.others)
            runs.update(found.runs)
            rows.append({"id": entry_id(kind, number), **found.row})
            number += 1
        insert_rows(session, SearchEntry, rows)
        insert_rows(session, Suggestion, _suggestions(chunk))
    keeper.close()
    written = _most_written(runs)
    keeper.documents[""] = number
    tokens = (
        {"kind": kind, "token": token, "documents": found, "word": written.get(token)}
        for token, found in keeper.documents.items()
    )
    while part := list(islice(tokens, _CHUNK)):
        insert_rows(session, SearchToken, part)
    return number


def refresh(session: Session, kind: str, keys: Sequence[str]) -> None:
    """Bring the entries `keys` of one kind up to date: changed, published or gone."""
    _wait_for_turn(session)
    known = _known(session, kind, keys)
    come = _analyse(session, kind, keys, known)
    # Where only what is not searched has changed, the tokens are the same.
    same = {one for one, found in come.items() if known.get(one) == found.row}
    gone = {one: row for one, row in known.items() if one not in same}
    new = {one: found for one, found in come.items() if one not in same}
    _replace(session, gone, {one: found.row for one, found in new.items()})
    tokens_gone = {
        number_of(one): postings.tokens_of(*(row[name] for name in _FIELDS))
        for one, row in gone.items()
    }
    tokens_come = {number_of(one): found.tokens for one, found in new.items()}
    postings.change(session, kind, tokens_gone, tokens_come)
    _count(session, kind, tokens_gone.values(), new.values())
    changed = sorted({*known, *come})
    if changed:
        _note(session, changed if len(changed) <= _MOST_FOLLOWED else [None])


def refresh_terms(session: Session, slugs: Sequence[str]) -> None:
    """Bring terms and all practices described with them up to date, after names or synonyms change.

    Synonyms themselves are read with every new version of the catalogue and need no index.
    """
    refresh(session, "topic", slugs)
    keys = session.scalars(
        select(Practice.slug)
        .join(practice_term, practice_term.c.practice_id == Practice.id)
        .where(practice_term.c.term_slug.in_(slugs))
        .distinct()
    ).all()
    refresh(session, "practice", keys)


def size(session: Session, kind: str) -> int:
    """Return how many entries of a kind are in the index."""
    every = (SearchToken.kind == kind, SearchToken.token == "")
    return session.scalar(select(SearchToken.documents).where(*every)) or 0


def is_current(session: Session) -> bool:
    """Return whether the index was made with the rules of this programme."""
    return session.scalar(select(CatalogueState.index_rules)) == RULES


def _wait_for_turn(session: Session) -> None:
    """Let one writer after the other change the index, so that its steps are seen in order."""
    session.flush()
    # SQLite lets only one write at a time anyway.
    if not _is_sqlite(session):
        session.execute(_LOCK)


def _note(session: Session, changed: Iterable[int | None]) -> None:
    """Write steps of the index, and let this process look at them."""
    last = _LAST_STEP.rows(session)[0][0] or 0
    steps = [{"id": last + place, "entry_id": one} for place, one in enumerate(changed, start=1)]
    insert_rows(session, SearchChange, steps)
    session.execute(_FORGET_STEPS, {"oldest": last + len(steps) - _MOST_STEPS})
    answers.forget(session)
    columns.forget(session)


@dataclass(frozen=True)
class _Analysed:
    """One document taken apart: its row, the token texts of its fields, what it is written of."""

    row: dict[str, str]
    titles: list[str]
    summaries: list[str]
    others: list[str]
    runs: list[str]

    @cached_property
    def tokens(self) -> Tokens:
        """All its tokens."""
        row = self.row
        return postings.tokens_of(row["title"], row["summary"], row["terms"], row["body"])

    @property
    def words(self) -> list[str]:
        """Its words as they are written, in order."""
        return index_words(" ".join(self.runs))


def _analysed(document: Document) -> _Analysed:
    compounds = not document.is_name
    title, summary = document.title.split(), document.summary.split()
    terms, body = document.terms.split(), document.body.split()
    titles = token_texts(title, compounds=compounds, exact=True)
    summaries = token_texts(summary, compounds=compounds, exact=True)
    tags = (kind_token(document.kind), *map(term_token, document.tags))
    of_terms = [*token_texts(terms, compounds=compounds), *tags]
    of_body = token_texts(body, compounds=compounds)
    row = {
        "kind": document.kind,
        "key": document.key,
        "title": " ".join(titles),
        "summary": " ".join(summaries),
        "terms": " ".join(of_terms),
        "body": " ".join(of_body),
    }
    runs = [*title, *summary, *terms, *body]
    return _Analysed(row, titles, summaries, of_terms + of_body, runs)


def _most_written(runs: Counter[str]) -> dict[str, str]:
    """Return stem → the word that is written most often for it."""
    words = Counter[str]()
    for run, times in runs.items():
        for word in index_words(run):
            words[word] += times
    written: dict[str, str] = {}
    for word, _ in words.most_common():
        written.setdefault(stem(word), word)
    return written


def _known(session: Session, kind: str, keys: Sequence[str]) -> dict[int, dict[str, str]]:
    """Return id → row of those of these entries that are in the index."""
    known = {}
    for chunk in in_chunks(keys):
        for one, *row in _KNOWN.rows(session, kind=kind, keys=chunk):
            known[one] = dict(zip(_ROW, row, strict=True))
    return known


def _analyse(
    session: Session, kind: str, keys: Sequence[str], known: Mapping[int, Mapping[str, str]]
) -> dict[int, _Analysed]:
    """Analyse and suggest these entries; return them by id, the old one for those `known`."""
    ids = {row["key"]: one for one, row in known.items()}
    unused = _unused_ids(session, kind)
    come: dict[int, _Analysed] = {}
    suggestions: list[dict[str, Any]] = []
    public = documents_of(session, kind, keys)
    while documents_at_once := list(islice(public, _CHUNK)):
        for document in documents_at_once:
            one = ids.get(document.key)
            come[next(unused) if one is None else one] = _analysed(document)
        suggestions += _suggestions(documents_at_once)
    _suggest(session, kind, keys, suggestions)
    return come


def _suggest(
    session: Session, kind: str, keys: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Put `rows` in place of the suggestions of these entries; they seldom change."""
    chunks = list(in_chunks(keys))
    present = {row for some in chunks for row in _SUGGESTED.rows(session, kind=kind, keys=some)}
    if present != {tuple(row.values()) for row in rows}:
        for some in chunks:
            session.execute(_UNSUGGEST, {"kind": kind, "keys": some})
        insert_rows(session, Suggestion, rows)


def _replace(
    session: Session,
    gone: Mapping[int, Mapping[str, str]],
    come: Mapping[int, Mapping[str, str]],
) -> None:
    """Put rows into the index in place of others; both by id."""
    for chunk in in_chunks(one for one in gone if one not in come):
        session.execute(_WITHDRAW, {"ids": chunk})
    rows = [{"id": one, **row} for one, row in come.items()]
    if _is_sqlite(session):
        insert_rows(session, _FTS, [{"search_fts": "delete", **_fts(*one)} for one in gone.items()])
        insert_rows(session, _FTS, [_fts(*one) for one in come.items()])
    merge_rows(session, SearchEntry, rows, _put_in_place)


def _fts(one: int, row: Mapping[str, str]) -> dict[str, Any]:
    return {"rowid": one, **{name: row[name] for name in _FIELDS}}


def _put_in_place(_: Any, new: Any) -> Mapping[str, Any]:
    return {name: new[name] for name in _FIELDS}


def _unused_ids(session: Session, kind: str) -> Iterator[int]:
    """Yield ids that entries of a kind may get; looks for them when the first one is asked for."""
    first, last = ids_of(kind)
    highest = session.scalar(select(func.max(_ENTRY.c.id)).where(_ENTRY.c.id.between(first, last)))
    yield from count(first if highest is None else highest + 1)


def _count(
    session: Session, kind: str, gone: Iterable[Tokens], come: Collection[_Analysed]
) -> None:
    """Count entries less and more for each of their tokens."""
    changes = Counter[str]()
    words: dict[str, str] = {}
    for found in come:
        changes.update(found.tokens.entries | {""})
        words |= {stem(word): word for word in found.words}
    for tokens in gone:
        changes.subtract(tokens.entries | {""})
    rows = [
        {"kind": kind, "token": token, "documents": found, "word": words.get(token)}
        for token, found in sorted(changes.items())
        if found
    ]
    merge_rows(session, SearchToken, rows, _added_up)


def _added_up(old: Any, new: Any) -> Mapping[str, Any]:
    return {"documents": old.documents + new.documents}


def _suggestions(chunk: Iterable[Document]) -> list[dict[str, Any]]:
    """Return the rows under which these entries are suggested, in the order of the columns."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for document in chunk:
        if document.detail is None:
            continue
        plain = [normal(word) for word in index_words(document.title)]
        for position in range(min(len(plain), _MOST_BEGINNINGS)):
            beginning = " ".join(plain[position:])[:_LONGEST_BEGINNING]
            rows.setdefault(
                (document.kind, beginning, document.key),
                {
                    "kind": document.kind,
                    "beginning": beginning,
                    "key": document.key,
                    "label": document.title[:200],
                    "detail": document.detail[:120],
                    "position": position,
                },
            )
    return list(rows.values())


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
