"""The people who show themselves to their contacts are found without reading their rows.

Why: each view of the map looks for up to hundreds of contacts among the members of a condition. A machine with the
previous version finds them as before.
"""

from alembic import op

revision = "0053_contacts_index"
down_revision = "0052_forum_thread"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.execute("""
        create index ix_membership_contacts on membership (condition_id, member_id) include (shown_zone, role)
        where audience = 'contacts' and shown_zone is not null
    """)


def downgrade():
    op.execute("drop index ix_membership_contacts")
