"""Create imports: what became of each file and each of its rows, so that it can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "create_imports"
down_revision = "create_attachments"
branch_labels = None
depends_on = None


def one_of(name: str, *values: str) -> sa.Enum:
    """Text that holds one of `values`, held to them by a CHECK called `name`."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind", one_of("importkind", "practices", "contacts", "memberships"), nullable=False
        ),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            one_of("batchstate", "uploaded", "prepared", "released", "undone", "discarded"),
            nullable=False,
        ),
        sa.Column("table", sa.JSON(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("prepared_by", sa.String(length=120), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.String(length=120), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> prepared_by OR released_by = 'befehl'",
            name="ck_import_batch_four_eyes",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_batch"),
    )
    op.create_index("ix_import_batch_state", "import_batch", ["state"])
    op.create_table(
        "import_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", one_of("outcome", "created", "changed", "unchanged"), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("version_before", sa.Integer(), nullable=False),
        sa.Column(
            "status_before",
            one_of("status", "draft", "submitted", "published", "archived"),
            nullable=True,
        ),
        sa.Column("fields_before", sa.JSON(), nullable=True),
        sa.Column("version_after", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name="fk_import_row_batch_id_import_batch",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name="pk_import_row"),
    )


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_index("ix_import_batch_state", "import_batch")
    op.drop_table("import_batch")
