"""Whether the links to the sources of articles answered.

Why: editors learn which source has moved or is gone. Only a command writes it, if the operator allows that.
"""

import sqlalchemy as sa
from alembic import op

revision = "0061_source_link"
down_revision = "0060_article_follow"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_table(
        "source_link",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("first_failed_on", sa.Date(), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_source_link")),
    )


def downgrade():
    op.drop_table("source_link")
