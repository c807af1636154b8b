"""The index over all kinds of entries, and what visitors looked for in vain."""

import datetime as dt

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model

# Text that compares by its bytes on every database, so that a range of it is a prefix.
_BYTEWISE = String(120).with_variant(String(120, collation="C"), "postgresql")


class SearchEntry(Model):
    """What one public entry can be found by, as tokens of :mod:`directory.german.analysis`.

    Beside this table each engine keeps its own full-text structure: SQLite the FTS5 table
    `search_fts`, PostgreSQL the generated column `vector`. Both see the same tokens.

    `id` is made of kind and number (:func:`directory.search.lists.numbering.entry_id`): entries of
    one place have neighbouring numbers, so that what they share lies close together in bitmaps.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(120))

    # Tokens, most telling field first; `terms` are topics, place and names around the entry
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class SearchToken(Model):
    """One token of one kind of entries: how telling it is, and how people write it.

    The empty token counts all entries of its kind.
    """

    __tablename__ = "search_token"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    token: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)
    documents: Mapped[int]
    # A written form of the word, None for tokens that are no words of their own
    word: Mapped[str | None] = mapped_column(String(120))


class SearchPosting(Model):
    """Which entries hold one frequent token, for one block of their numbers, as bitmaps.

    A token is kept like this since the last rebuild, or not at all; those that are not are few
    entries' tokens, which the engine finds as fast. Each bitmap is packed by zlib, empty for none.
    """

    __tablename__ = "search_posting"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    token: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)
    # In any field, in the title, in the summary
    entries: Mapped[bytes]
    titles: Mapped[bytes]
    summaries: Mapped[bytes]


class SearchChange(Model):
    """One step of the index, so that every process can bring what it keeps up to date.

    `id` rises with each step, without gaps. A step names the entry that came, changed or went;
    without one the index was made anew. Only the latest steps are kept.
    """

    __tablename__ = "search_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int | None]


class Suggestion(Model):
    """One beginning under which an entry is suggested while somebody types.

    `beginning` is its label from one word on, in normal form: an entry has a row per word.
    """

    __tablename__ = "suggestion"
    __table_args__ = (Index("ix_suggestion_entry", "kind", "key"),)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    beginning: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    label: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(String(120))
    # 0 where the label itself begins like that
    position: Mapped[int]


class FailedQuery(Model):
    """How often on one day words found nothing; kept without address, account or time of day."""

    __tablename__ = "failed_query"

    words: Mapped[str] = mapped_column(String(200), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    count: Mapped[int]
