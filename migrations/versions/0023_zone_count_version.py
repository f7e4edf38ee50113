"""Which state the counts of a map have, for each audience.

Why: an open map asks again all the time. Whoever has the last answer need not be sent it again, nor need it be counted
again, as long as nothing has changed that they can see.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_zone_count_version"
down_revision = "0022_zone_level"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "zone_count_version",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_zone_count_version_condition_id")),
        sa.PrimaryKeyConstraint("condition_id", "audience", name=op.f("pk_zone_count_version")),
    )


def downgrade():
    op.drop_table("zone_count_version")
