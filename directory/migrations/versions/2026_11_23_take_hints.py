"""Take hints at entries: what visitors say is out of date, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "take_hints"
down_revision = "vouch_for_contacts"
branch_labels = None
depends_on = None

# With their rules at the columns: SQLite then needs no copy of the table, which would lose others.
CHOICES = (
    ("kind", "messagekind", "NOT NULL DEFAULT 'barrier'", ("barrier", "hint")),
    (
        "entry_kind",
        "entry_kind",
        "",
        (
            "municipality",
            "membership",
            "contact",
            "term",
            "practice",
            "series",
            "event",
            "resource",
        ),
    ),
    ("outcome", "outcome", "", ("done", "declined")),
)


def upgrade() -> None:
    for name, rule, more, values in CHOICES:
        allowed = ", ".join(f"'{value}'" for value in values)
        op.execute(
            f"ALTER TABLE feedback_message ADD COLUMN {name} VARCHAR(40) {more} "
            f"CONSTRAINT ck_feedback_message_{rule} CHECK ({name} IN ({allowed}))"
        )
    op.execute(
        "ALTER TABLE feedback_message ADD COLUMN ags VARCHAR(8) "
        "CONSTRAINT fk_feedback_message_ags_municipality REFERENCES municipality (ags)"
    )
    for column in (
        sa.Column("entry_key", sa.String(length=120), nullable=True),
        sa.Column("suggestion", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.String(length=120), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
    ):
        op.add_column("feedback_message", column)
    op.create_index("ix_feedback_message_ags", "feedback_message", ["ags"])


def downgrade() -> None:
    # The older programme knows no hints and would show them as barriers.
    op.execute("DELETE FROM feedback_message WHERE kind = 'hint'")
    op.drop_index("ix_feedback_message_ags", "feedback_message")
    for name in ("reply", "outcome", "taken_by", "suggestion", "entry_key", "entry_kind", "kind"):
        op.drop_column("feedback_message", name)
    # SQLite drops no column that refers to another table, so it gets a copy without it.
    with op.batch_alter_table("feedback_message") as table:
        table.drop_column("ags")
