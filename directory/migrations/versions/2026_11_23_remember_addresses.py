"""Remember what the geocoder answered, and whose turn it is to ask."""

import sqlalchemy as sa
from alembic import op

revision = "remember_addresses"
down_revision = "create_outbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "geocoded_address",
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("matches", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_geocoded_address"),
    )
    op.create_table(
        "geocoder_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_geocoder_turn"),
    )


def downgrade() -> None:
    op.drop_table("geocoder_turn")
    op.drop_table("geocoded_address")
