"""Remember how the addresses that entries lead to answered."""

import sqlalchemy as sa
from alembic import op

revision = "check_links"
down_revision = "create_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checked_link",
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(length=120), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("url", name="pk_checked_link"),
    )
    op.create_index("ix_checked_link_checked_at", "checked_link", ["checked_at"])
    op.create_index("ix_checked_link_failing_since", "checked_link", ["failing_since"])


def downgrade() -> None:
    op.drop_table("checked_link")
