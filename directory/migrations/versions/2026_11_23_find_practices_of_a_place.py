"""Find the published practices of a municipality by one index.

With an index for each of both SQLite took that of the status, and read the whole catalogue.
"""

from alembic import op

revision = "find_practices_of_a_place"
down_revision = "keep_access_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_practice_ags_status", "practice", ["ags", "status"])
    op.drop_index("ix_practice_ags", "practice")


def downgrade() -> None:
    op.create_index("ix_practice_ags", "practice", ["ags"])
    op.drop_index("ix_practice_ags_status", "practice")
