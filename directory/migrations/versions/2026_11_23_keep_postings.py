"""Keep bitmaps of frequent tokens and the steps of the index.

The index is emptied: it is derived, its entries are numbered anew, and `directory serve --init` or
`reindex` make it anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "keep_postings"
down_revision = "create_imports"
branch_labels = None
depends_on = None

BYTEWISE = sa.String(120).with_variant(sa.String(120, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "search_posting",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("token", BYTEWISE, nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("titles", sa.LargeBinary(), nullable=False),
        sa.Column("summaries", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "token", "block", name="pk_search_posting"),
    )
    op.create_table(
        "search_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_search_change"),
    )
    _empty_index()


def downgrade() -> None:
    op.drop_table("search_change")
    op.drop_table("search_posting")
    _empty_index()


def _empty_index() -> None:
    for table in ("search_entry", "search_token", "suggestion"):
        op.execute(sa.delete(sa.table(table)))
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO search_fts(search_fts) VALUES ('rebuild')")
    # Whoever asks is told that the index is stale, and --init rebuilds it.
    op.execute("UPDATE catalogue_state SET index_rules = NULL")
