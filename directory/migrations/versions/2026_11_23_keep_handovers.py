"""Keep handovers: that somebody gave their work away, and whether it has found its new place."""

import sqlalchemy as sa
from alembic import op

revision = "keep_handovers"
down_revision = "take_hints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("successor", sa.String(length=120), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_handover"),
    )
    op.create_index("ix_handover_settled_at", "handover", ["settled_at"])


def downgrade() -> None:
    op.drop_table("handover")
