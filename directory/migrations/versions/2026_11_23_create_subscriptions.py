"""Create subscriptions of anyone, and how often the desk writes to accounts."""

import sqlalchemy as sa
from alembic import op

revision = "create_subscriptions"
down_revision = "keep_handovers"
branch_labels = None
depends_on = None

_LISTS = ("kommunen", "praxisbeispiele", "veranstaltungen", "materialien")


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("handle", name="uq_subscriber_handle"),
        sa.UniqueConstraint("address", name="uq_subscriber_address"),
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("handle", sa.String(length=32), nullable=False),
        sa.Column("kind", _one_of("listkind", _LISTS), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("label", sa.String(length=400), nullable=False),
        sa.Column("rhythm", _one_of("rhythm", ("weekly", "monthly")), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name="fk_subscription_subscriber_id_subscriber",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscription"),
        sa.UniqueConstraint("handle", name="uq_subscription_handle"),
        sa.UniqueConstraint(
            "subscriber_id", "kind", "query", name="uq_subscription_subscriber_id_kind_query"
        ),
    )
    op.create_index("ix_subscription_created_at", "subscription", ["created_at"])
    op.create_table(
        "desk_notice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", _one_of("deskrhythm", ("daily", "weekly", "none")), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name="fk_desk_notice_account_id_account",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_desk_notice"),
    )


def downgrade() -> None:
    op.drop_table("desk_notice")
    op.drop_index("ix_subscription_created_at", table_name="subscription")
    op.drop_table("subscription")
    op.drop_table("subscriber")
