"""Create the outbox: letters that wait for delivery, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "create_outbox"
down_revision = "check_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unsubscribe_url", sa.String(length=500), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unique_key", sa.String(length=200), nullable=True),
        sa.Column("reference", sa.String(length=200), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("bounce_token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounce_status", sa.String(length=11), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_mail"),
        sa.UniqueConstraint("unique_key", name="uq_outbox_mail_unique_key"),
        sa.UniqueConstraint("message_id", name="uq_outbox_mail_message_id"),
        sa.UniqueConstraint("bounce_token", name="uq_outbox_mail_bounce_token"),
    )
    op.create_index("ix_outbox_mail_reference", "outbox_mail", ["reference"])
    op.create_index(
        "ix_outbox_mail_waiting", "outbox_mail", ["sent_at", "given_up_at", "next_try_at"]
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_mail_waiting", table_name="outbox_mail")
    op.drop_index("ix_outbox_mail_reference", table_name="outbox_mail")
    op.drop_table("outbox_mail")
