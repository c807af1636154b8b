"""Count the questions of programmes, so that nobody puts them without end."""

import sqlalchemy as sa
from alembic import op

revision = "count_questions"
down_revision = "place_contacts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_count",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("window", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "window", name="pk_request_count"),
    )


def downgrade() -> None:
    op.drop_table("request_count")
