"""Know the ground: which version last changed what entries stand on."""

import sqlalchemy as sa
from alembic import op

revision = "know_the_ground"
down_revision = "find_practices_of_a_place"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("catalogue_state") as table:
        table.add_column(sa.Column("ground", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE catalogue_state SET ground = version")
    with op.batch_alter_table("catalogue_state") as table:
        table.alter_column("ground", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("catalogue_state") as table:
        table.drop_column("ground")
