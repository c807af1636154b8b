"""Vouch for contacts: who is asked when, what came back, and names only with a legal basis."""

import sqlalchemy as sa
from alembic import op

revision = "vouch_for_contacts"
down_revision = "park_texts"
branch_labels = None
depends_on = None

PERSON_BASIS = """
ALTER TABLE contact_point ADD COLUMN person_basis VARCHAR(200)
CONSTRAINT ck_contact_point_person_has_basis
CHECK ((person_name IS NULL) = (person_basis IS NULL))
"""
OPEN = sa.text("answered_at IS NULL")


def upgrade() -> None:
    for column in (
        sa.Column("fallback_email", sa.String(length=200), nullable=True),
        sa.Column("person_name", sa.String(length=120), nullable=True),
        sa.Column("undeliverable_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("contact_point", column)
    # With its rule at the column: SQLite then needs no copy of the table, which would lose others.
    op.execute(PERSON_BASIS)
    op.create_table(
        "confirmation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fallback_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "answer",
            sa.Enum(
                "confirmed",
                "corrected",
                "successor",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact_point.id"],
            name="fk_confirmation_request_contact_id_contact_point",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation_request"),
    )
    op.create_index("ix_confirmation_request_contact_id", "confirmation_request", ["contact_id"])
    op.create_index(
        "ix_confirmation_request_open",
        "confirmation_request",
        ["contact_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "confirmation_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["confirmation_request.id"],
            name="fk_confirmation_link_request_id_confirmation_request",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation_link"),
        sa.UniqueConstraint("token_hash", name="uq_confirmation_link_token_hash"),
    )
    op.create_index("ix_confirmation_link_request_id", "confirmation_link", ["request_id"])
    op.create_index("ix_confirmation_link_expires_at", "confirmation_link", ["expires_at"])


def downgrade() -> None:
    op.drop_table("confirmation_link")
    op.drop_table("confirmation_request")
    for name in ("person_basis", "person_name", "undeliverable_at", "fallback_email"):
        op.drop_column("contact_point", name)
