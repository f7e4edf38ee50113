"""The people of a country are found in the order in which a list has them, page by page.

Why: the list of people in one's country read all of them to show the first. A machine with the previous version reads
them all, as before.
"""

from alembic import op

revision = "0056_country_index"
down_revision = "0055_search"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.execute("""
        create index ix_membership_country on membership (condition_id, "left"(shown_zone, 2), public_id)
        where shown_zone is not null
    """)


def downgrade():
    op.execute("drop index ix_membership_country")
