"""An index of the level of zones.

Why: the table beside a map looked through all zones of the world to find the countries.
"""

from alembic import op

revision = "0022_zone_level"
down_revision = "0021_zone_count_change"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(op.f("ix_zone_level"), "zone", ["level"])


def downgrade():
    op.drop_index(op.f("ix_zone_level"), table_name="zone")
