"""Return imports: why one was given back, and what taking one back did, stands with it."""

import sqlalchemy as sa
from alembic import op

revision = "return_imports"
down_revision = "create_subscriptions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_batch") as table:
        table.add_column(sa.Column("note", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("import_batch") as table:
        table.drop_column("note")
