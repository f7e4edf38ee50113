"""How often a home was corrected, when a deleted one was last changed, and names for the cards of children.

Why: corrections were free all day, and deleting a place made the next choice free at once: both let somebody near a
border show two zones in turn. The day is kept without the zone, with the member, until the rest is over. Homes that are
stored have used no correction yet.

The card for somebody under 18 without a name of its own had the name of the account, which is on the card of the
parent as well, and so joined the two.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015_home_changes"
down_revision = "0014_versions"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("home_zone", sa.Column("corrections", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("member", sa.Column("home_changed_on", sa.Date(), nullable=True))
    op.add_column("member", sa.Column("home_corrections", sa.SmallInteger(), server_default="0", nullable=False))
    op.execute("""
        update membership set pseudonym = 'Member ' || (10000 + floor(random() * 90000))::integer
        where for_minor and pseudonym is null
    """)


def downgrade():
    op.drop_column("member", "home_corrections")
    op.drop_column("member", "home_changed_on")
    op.drop_column("home_zone", "corrections")
