"""Park texts: what somebody sent after their session had ended, kept for a day."""

import sqlalchemy as sa
from alembic import op

revision = "park_texts"
down_revision = "keep_postings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parked_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name="fk_parked_text_account_id_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_parked_text"),
    )
    op.create_index("ix_parked_text_account_id", "parked_text", ["account_id"])
    op.create_index("ix_parked_text_at", "parked_text", ["at"])


def downgrade() -> None:
    op.drop_table("parked_text")
