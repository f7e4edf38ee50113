"""The index of the names of conditions is kept in order at once.

Why: new names waited in a list until the next vacuum. As long as they did, every search read the list, and the planner
preferred to compare all names without the index.
"""

from alembic import op

revision = "0024_condition_name_index"
down_revision = "0023_zone_count_version"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("alter index ix_condition_name_folded_trgm set (fastupdate = off)")
    op.execute("select gin_clean_pending_list('ix_condition_name_folded_trgm')")


def downgrade():
    op.execute("alter index ix_condition_name_folded_trgm reset (fastupdate)")
