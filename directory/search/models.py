"""The index over all kinds of entries."""

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Model


class SearchEntry(Model):
    """What one public entry can be found by, as tokens of :mod:`directory.text`.

    Beside this table each engine keeps its own full-text structure: SQLite the FTS5 table
    `search_fts`, PostgreSQL the generated column `vector`. Both see the same tokens.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(120))

    # Tokens, most telling field first
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
