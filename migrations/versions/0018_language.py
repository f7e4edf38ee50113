"""The language in which a member wants to read.

Why: pages of a member have one address, so that their language cannot stand in it; that of a borrowed browser is not
theirs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018_language"
down_revision = "0017_known_device"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("member", sa.Column("language", sa.Text(), nullable=True))


def downgrade():
    op.drop_column("member", "language")
