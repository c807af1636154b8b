"""Create working copies: what editors write beside what readers see, and its way to them."""

import sqlalchemy as sa
from alembic import op

revision = "create_working_copies"
down_revision = "refine_search"
branch_labels = None
depends_on = None

KINDS = (
    "municipality",
    "membership",
    "contact",
    "term",
    "practice",
    "series",
    "event",
    "resource",
)
STAGES = ("draft", "submitted", "returned", "scheduled", "published", "discarded")
OPEN = sa.text("stage NOT IN ('published', 'discarded')")


def one_of(name: str, *values: str) -> sa.Enum:
    """Text that holds one of `values`, held to them by a CHECK called `name`."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def copy_id() -> sa.Column[int]:
    """The working copy that a row belongs to."""
    return sa.Column("copy_id", sa.Integer(), nullable=False)


def belongs_to_copy(table: str) -> sa.ForeignKeyConstraint:
    """What makes the rows of `table` go with their working copy."""
    return sa.ForeignKeyConstraint(
        ["copy_id"],
        ["working_copy.id"],
        name=f"fk_{table}_copy_id_working_copy",
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "working_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("entrykind", *KINDS), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("ags", sa.String(length=8), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", one_of("stage", *STAGES), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("contributors", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ags"], ["municipality.ags"], name="fk_working_copy_ags_municipality"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_working_copy"),
    )
    op.create_index("ix_working_copy_ags", "working_copy", ["ags"])
    op.create_index("ix_working_copy_author", "working_copy", ["author"])
    op.create_index("ix_working_copy_stage", "working_copy", ["stage", "submitted_at"])
    op.create_index(
        "ix_working_copy_open",
        "working_copy",
        ["kind", "key"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "working_copy_state",
        copy_id(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        belongs_to_copy("working_copy_state"),
        sa.PrimaryKeyConstraint("copy_id", "version", name="pk_working_copy_state"),
    )
    op.create_table(
        "stage_change",
        sa.Column("id", sa.Integer(), nullable=False),
        copy_id(),
        sa.Column("before", one_of("before", *STAGES), nullable=True),
        sa.Column("after", one_of("after", *STAGES), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        belongs_to_copy("stage_change"),
        sa.PrimaryKeyConstraint("id", name="pk_stage_change"),
    )
    op.create_index("ix_stage_change_copy_id", "stage_change", ["copy_id"])
    op.create_table(
        "field_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        copy_id(),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        belongs_to_copy("field_comment"),
        sa.PrimaryKeyConstraint("id", name="pk_field_comment"),
    )
    op.create_index("ix_field_comment_copy_id", "field_comment", ["copy_id"])


def downgrade() -> None:
    for table in ("field_comment", "stage_change", "working_copy_state", "working_copy"):
        op.drop_table(table)
