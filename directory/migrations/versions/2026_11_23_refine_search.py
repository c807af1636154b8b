"""Refine the search: terms as a field of their own, tokens counted, suggestions, failed queries.

The index is emptied: it is derived, and `directory serve --init` or `reindex` make it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "refine_search"
down_revision = "create_catalogue"
branch_labels = None
depends_on = None

# Tokens come analysed from directory.german: the engines only look them up. No positions are kept,
# because ranking happens in directory.search.words.ranking, the same for both.
SQLITE_FULL_TEXT = """
CREATE VIRTUAL TABLE search_fts USING fts5(
  title, summary, terms, body,
  content='search_entry', content_rowid='id', tokenize='ascii', detail='none', columnsize=0
)
"""
POSTGRESQL_FULL_TEXT = """
ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  array_to_tsvector(array_remove(
    string_to_array(title || ' ' || summary || ' ' || terms || ' ' || body, ' '), ''
  ))
) STORED
"""
OLD_SQLITE_FULL_TEXT = """
CREATE VIRTUAL TABLE search_fts USING fts5(
  title, summary, body, content='search_entry', content_rowid='id', tokenize='ascii', prefix='2 3'
)
"""
OLD_POSTGRESQL_FULL_TEXT = """
ALTER TABLE search_entry ADD COLUMN vector tsvector GENERATED ALWAYS AS (
  setweight(to_tsvector('simple', title), 'A')
  || setweight(to_tsvector('simple', summary), 'B')
  || setweight(to_tsvector('simple', body), 'C')
) STORED
"""
BYTEWISE = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")


def upgrade() -> None:
    _drop_index()
    _create_entries(("title", "summary", "terms", "body"), SQLITE_FULL_TEXT, POSTGRESQL_FULL_TEXT)
    op.create_table(
        "search_token",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", BYTEWISE, nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("kind", "token", name="pk_search_token"),
    )
    op.create_table(
        "suggestion",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("beginning", BYTEWISE, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "beginning", "key", name="pk_suggestion"),
    )
    op.create_index("ix_suggestion_entry", "suggestion", ["kind", "key"])
    op.create_table(
        "failed_query",
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("words", "day", name="pk_failed_query"),
    )
    _forget_rules()


def downgrade() -> None:
    op.drop_table("failed_query")
    op.drop_table("suggestion")
    op.drop_table("search_token")
    _drop_index()
    _create_entries(("title", "summary", "body"), OLD_SQLITE_FULL_TEXT, OLD_POSTGRESQL_FULL_TEXT)
    _forget_rules()


def _drop_index() -> None:
    op.execute("DROP TABLE IF EXISTS search_fts")
    op.drop_table("search_entry")


def _create_entries(fields: tuple[str, ...], sqlite: str, postgresql: str) -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        *(sa.Column(field, sa.Text(), nullable=False) for field in fields),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
        sa.UniqueConstraint("kind", "key", name="uq_search_entry_kind_key"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(postgresql)
        op.execute("CREATE INDEX ix_search_entry_vector ON search_entry USING gin (vector)")
    else:
        op.execute(sqlite)


def _forget_rules() -> None:
    # Whoever asks is told that the index is stale, and --init rebuilds it.
    op.execute("UPDATE catalogue_state SET index_rules = NULL")
