"""The full-text index over all kinds: written in the same transaction as the entries.

Both engines hold the same tokens of :mod:`directory.german.analysis`; only how they keep them
differs. Callers commit.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from directory.german.analysis import index_tokens, index_words, term_token
from directory.german.spelling import normal
from directory.german.stems import stem
from directory.practices.models import Practice, practice_term
from directory.publication.catalogue import get_state
from directory.publication.models import CatalogueState
from directory.search import answers
from directory.search.documents import Document, documents, documents_of
from directory.search.models import SearchEntry, SearchToken, Suggestion

__all__ = ["RULES", "documents", "is_current", "rebuild", "refresh", "refresh_terms"]

# Changes whenever the same entry would be indexed with other tokens; /readyz compares it.
RULES = "2026-11-23.2"

_CHUNK = 1_000
_FIELDS = ("title", "summary", "terms", "body")
# How many words of a label a suggestion may begin with
_MOST_BEGINNINGS = 8
_LONGEST_BEGINNING = 60


def rebuild(session: Session, public: Iterable[Document] | None = None) -> int:
    """Make the whole index anew; returns the number of entries.

    `public` are the documents to index, by default all that are public now.
    """
    for table in (SearchEntry, SearchToken, Suggestion):
        session.execute(delete(table))
    vocabulary = _Vocabulary()
    number = 0
    source = iter(documents(session) if public is None else public)
    while chunk := list(islice(source, _CHUNK)):
        rows = []
        for document in chunk:
            number += 1
            rows.append({"id": number, **_row(document)})
            vocabulary.add(document, rows[-1])
        session.execute(insert(SearchEntry), rows)
        _suggest(session, chunk)
    for part in _in_chunks(vocabulary.rows()):
        session.execute(insert(SearchToken), part)
    if _is_sqlite(session):
        session.execute(text("INSERT INTO search_fts(search_fts) VALUES ('rebuild')"))
    get_state(session).index_rules = RULES
    answers.forget(session)
    return number


def refresh(session: Session, kind: str, keys: Sequence[str]) -> None:
    """Bring the entries `keys` of one kind up to date: changed, published or gone."""
    for key in keys:
        _remove(session, kind, key)
    session.flush()
    for document in documents_of(session, kind, keys):
        _add(session, document)
    answers.forget(session)


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


def _row(document: Document) -> dict[str, str]:
    compounds = not document.is_name
    tags = [answers.kind_token(document.kind), *(term_token(slug) for slug in document.tags)]
    return {
        "kind": document.kind,
        "key": document.key,
        "title": _join(index_tokens(document.title, compounds=compounds, exact=True)),
        "summary": _join(index_tokens(document.summary, compounds=compounds, exact=True)),
        "terms": _join([*index_tokens(document.terms, compounds=compounds), *tags]),
        "body": _join(index_tokens(document.body, compounds=compounds)),
    }


def _join(tokens: Iterable[str]) -> str:
    return " ".join(tokens)


class _Vocabulary:
    """Counts in how many entries each token occurs, and how its word is written most."""

    def __init__(self) -> None:
        self.documents: dict[str, Counter[str]] = {}
        self.written: dict[str, Counter[tuple[str, str]]] = {}

    def add(self, document: Document, row: dict[str, Any]) -> None:
        counts = self.documents.setdefault(document.kind, Counter())
        counts.update({token for field in _FIELDS for token in row[field].split()})
        counts[""] += 1
        self.written.setdefault(document.kind, Counter()).update(
            (stem(word), word) for word in _all_words(document)
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        for kind, counts in self.documents.items():
            words: dict[str, str] = {}
            for (token, word), _ in self.written[kind].most_common():
                words.setdefault(token, word)
            for token, found in counts.items():
                yield {"kind": kind, "token": token, "documents": found, "word": words.get(token)}


def _all_words(document: Document) -> list[str]:
    texts = (document.title, document.summary, document.terms, document.body)
    return [word for text_ in texts for word in index_words(text_)]


def _add(session: Session, document: Document) -> None:
    row = _row(document)
    entry = SearchEntry(id=(session.scalar(select(func.max(SearchEntry.id))) or 0) + 1, **row)
    session.add(entry)
    session.flush()
    if _is_sqlite(session):
        _write_fts(session, "", entry)
    _suggest(session, [document])
    words = {stem(word): word for word in _all_words(document)}
    for token in _tokens(entry):
        known = session.get(SearchToken, (entry.kind, token))
        if known is None:
            session.add(
                SearchToken(kind=entry.kind, token=token, documents=1, word=words.get(token))
            )
        else:
            known.documents += 1
    session.flush()


def _remove(session: Session, kind: str, key: str) -> None:
    entry = session.scalar(
        select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.key == key)
    )
    if entry is None:
        return
    if _is_sqlite(session):
        _write_fts(session, "delete", entry)
    session.execute(
        update(SearchToken)
        .where(SearchToken.kind == kind, SearchToken.token.in_(_tokens(entry)))
        .values(documents=SearchToken.documents - 1)
    )
    session.execute(delete(Suggestion).where(Suggestion.kind == kind, Suggestion.key == key))
    session.delete(entry)


def _tokens(entry: SearchEntry) -> set[str]:
    return {token for field in _FIELDS for token in getattr(entry, field).split()} | {""}


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
    if rows:
        session.execute(insert(Suggestion), list(rows.values()))


def _in_chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
