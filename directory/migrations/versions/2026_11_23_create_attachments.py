"""Create stored files and the attachments of practices."""

import sqlalchemy as sa
from alembic import op

revision = "create_attachments"
down_revision = "remember_addresses"
branch_labels = None
depends_on = None


def _choice(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("variants", sa.JSON(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_stored_file"),
    )
    op.create_index("ix_stored_file_uploaded_at", "stored_file", ["uploaded_at"])

    op.create_table(
        "practice_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", _choice("image", "document", name="filekind"), nullable=False),
        sa.Column("caption", sa.String(length=300), nullable=True),
        sa.Column("alternative_text", sa.String(length=500), nullable=True),
        sa.Column("decorative", sa.Boolean(), nullable=False),
        sa.Column(
            "licence",
            _choice("CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "network", name="licence"),
            nullable=True,
        ),
        sa.Column("author", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"],
            ["practice.id"],
            name="fk_practice_attachment_practice_id_practice",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["stored_file.sha256"],
            name="fk_practice_attachment_sha256_stored_file",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_practice_attachment"),
    )
    op.create_index("ix_practice_attachment_practice_id", "practice_attachment", ["practice_id"])
    op.create_index("ix_practice_attachment_sha256", "practice_attachment", ["sha256"])


def downgrade() -> None:
    op.drop_table("practice_attachment")
    op.drop_table("stored_file")
