"""Place contacts: the point of a contact point's address, where somebody set it."""

import sqlalchemy as sa
from alembic import op

revision = "place_contacts"
down_revision = "return_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact_point", sa.Column("lat", sa.Double(), nullable=True))
    op.add_column("contact_point", sa.Column("lon", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact_point", "lon")
    op.drop_column("contact_point", "lat")
