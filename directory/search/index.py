"""The full-text index over all kinds: written in the same transaction as the entries.

Both engines hold the same tokens of :mod:`directory.german.analysis`; only how they keep them
differs. Callers commit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from directory.db import insert_rows
from directory.german.analysis import index_words, term_token, token_text
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.practices.models import Practice, practice_term
from directory.publication.catalogue import get_state
from directory.publication.models import CatalogueState
from directory.search import answers, columns, postings
from directory.search.documents import Document, documents, documents_of
from directory.search.models import (
    SearchChange,
    SearchEntry,
    SearchPosting,
    SearchToken,
    Suggestion,
)
from directory.search.numbering import entry_id, ids_of, kind_token, number_of
from directory.search.postings import Keeper, Tokens

__all__ = ["RULES", "documents", "is_current", "rebuild", "refresh", "refresh_terms"]

# Changes whenever the same entry would be indexed with other tokens; /readyz compares it.
RULES = "2026-11-23.3"

_CHUNK = 1_000
_FIELDS = ("title", "summary", "terms", "body")
# How many words of a label a suggestion may begin with
_MOST_BEGINNINGS = 8
_LONGEST_BEGINNING = 60
# Steps of the index that are kept; who has missed more reads everything anew.
_MOST_STEPS = 5_000


def rebuild(session: Session, public: Iterable[Document] | None = None) -> int:
    """Make the whole index anew; returns the number of entries.

    `public` are the documents to index, kind by kind, by default all that are public now.
    """
    _wait_for_turn(session)
    for table in (SearchEntry, SearchToken, SearchPosting, Suggestion):
        session.execute(delete(table))
    total = 0
    source = documents(session) if public is None else public
    for kind, of_kind in groupby(source, key=lambda document: document.kind):
        total += _rebuild_kind(session, kind, of_kind)
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))
    get_state(session).index_rules = RULES
    _note(session, [None])
    return total


def _rebuild_kind(session: Session, kind: str, of_kind: Iterator[Document]) -> int:
    keeper, words = Keeper(session, kind), Counter[str]()
    number = 0
    while chunk := list(islice(of_kind, _CHUNK)):
        rows = []
        for document in chunk:
            found = _analysed(document)
            keeper.add(number, found.tokens)
            words.update(found.words)
            rows.append({"id": entry_id(kind, number), **found.row})
            number += 1
        insert_rows(session, SearchEntry, rows)
        _suggest(session, chunk)
    keeper.close()
    written = _most_written(words)
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
    known = {key: one for key in keys if (one := _remove(session, kind, key)) is not None}
    session.flush()
    added = [
        _add(session, document, known.get(document.key))
        for document in documents_of(session, kind, keys)
    ]
    if changed := sorted({*known.values(), *added}):
        _note(session, changed)


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


def is_current(session: Session) -> bool:
    """Return whether the index was made with the rules of this programme."""
    return session.scalar(select(CatalogueState.index_rules)) == RULES


def _wait_for_turn(session: Session) -> None:
    """Let one writer after the other change the index, so that its steps are seen in order."""
    session.flush()
    session.execute(select(CatalogueState.id).with_for_update())


def _note(session: Session, changed: Iterable[int | None]) -> None:
    """Write steps of the index, and let this process look at them."""
    last = session.scalar(select(func.max(SearchChange.id))) or 0
    steps = [{"id": last + place, "entry_id": one} for place, one in enumerate(changed, start=1)]
    insert_rows(session, SearchChange, steps)
    oldest = last + len(steps) - _MOST_STEPS
    session.execute(delete(SearchChange).where(SearchChange.id <= oldest))
    answers.forget(session)
    columns.forget(session)


@dataclass(frozen=True)
class _Analysed:
    """One document taken apart: its row, its tokens, its words as they are written."""

    row: dict[str, str]
    tokens: Tokens
    words: list[str]


def _analysed(document: Document) -> _Analysed:
    compounds = not document.is_name
    title = index_words(document.title)
    summary = index_words(document.summary)
    terms = index_words(document.terms)
    body = index_words(document.body)
    tags = [kind_token(document.kind), *(term_token(slug) for slug in document.tags)]
    row = {
        "kind": document.kind,
        "key": document.key,
        "title": token_text(title, compounds=compounds, exact=True),
        "summary": token_text(summary, compounds=compounds, exact=True),
        "terms": " ".join(filter(None, [token_text(terms, compounds=compounds), *tags])),
        "body": token_text(body, compounds=compounds),
    }
    tokens = postings.tokens_of(row["title"], row["summary"], row["terms"], row["body"])
    return _Analysed(row, tokens, [*title, *summary, *terms, *body])


def _most_written(words: Counter[str]) -> dict[str, str]:
    """Return stem → the word that most entries write for it."""
    written: dict[str, str] = {}
    for word, _ in words.most_common():
        written.setdefault(stem(word), word)
    return written


def _add(session: Session, document: Document, known: int | None) -> int:
    """Put one entry into the index, under the id it had before if that is `known`; returns it."""
    found = _analysed(document)
    kind = document.kind
    entry = SearchEntry(id=_next_id(session, kind) if known is None else known, **found.row)
    session.add(entry)
    session.flush()
    if _is_sqlite(session):
        _write_fts(session, "", entry)
    _suggest(session, [document])
    postings.change(session, kind, number_of(entry.id), found.tokens, is_there=True)
    counted = _count(session, kind, found.tokens, 1)
    words = {stem(word): word for word in found.words}
    new = [
        {"kind": kind, "token": token, "documents": 1, "word": words.get(token)}
        for token in sorted(found.tokens.entries | {""})
        if token not in counted
    ]
    insert_rows(session, SearchToken, new)
    return entry.id


def _next_id(session: Session, kind: str) -> int:
    first, last = ids_of(kind)
    highest = session.scalar(
        select(func.max(SearchEntry.id)).where(SearchEntry.id.between(first, last))
    )
    return first if highest is None else highest + 1


def _remove(session: Session, kind: str, key: str) -> int | None:
    """Take one entry out of the index; returns its id, None if it was not there."""
    entry = session.scalar(
        select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.key == key)
    )
    if entry is None:
        return None
    if _is_sqlite(session):
        _write_fts(session, "delete", entry)
    tokens = postings.tokens_of(entry.title, entry.summary, entry.terms, entry.body)
    postings.change(session, kind, number_of(entry.id), tokens, is_there=False)
    _count(session, kind, tokens, -1)
    session.execute(delete(Suggestion).where(Suggestion.kind == kind, Suggestion.key == key))
    session.delete(entry)
    return entry.id


def _count(session: Session, kind: str, tokens: Tokens, change: int) -> set[str]:
    """Count one entry more or less for each of its tokens; returns those that were known."""
    of_entry = (
        SearchToken.kind == kind,
        SearchToken.token.in_(sorted(tokens.entries | {""})),
    )
    known = set(session.scalars(select(SearchToken.token).where(*of_entry)))
    session.execute(
        update(SearchToken).where(*of_entry).values(documents=SearchToken.documents + change),
        execution_options={"synchronize_session": False},
    )
    return known


def _write_fts(session: Session, command: str, entry: SearchEntry) -> None:
    """Tell SQLite's table of an entry that comes (no command) or goes (`delete`)."""
    name, value = ("search_fts, ", ":command, ") if command else ("", "")
    session.execute(
        text(
            f"INSERT INTO search_fts({name}rowid, title, summary, terms, body) "  # noqa: S608
            f"VALUES ({value}:id, :title, :summary, :terms, :body)"
        ),
        {
            **({"command": command} if command else {}),
            "id": entry.id,
            **{field: getattr(entry, field) for field in _FIELDS},
        },
    )


def _suggest(session: Session, chunk: Iterable[Document]) -> None:
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
    insert_rows(session, Suggestion, list(rows.values()))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
