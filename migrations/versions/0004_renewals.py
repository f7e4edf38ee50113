"""Every bucket gets a new version at fixed releases of its own; who left a count rests before entering one anew.

Why: a bucket in which changes waited got one after twelve releases, and a quiet one got none, so that a new version by
itself told that somebody had come. The releases since which changes waited need not be known any more. Buckets that are
there already are spread evenly, by their names alone; changes that wait are published at the next renewal.

And who left a condition and joined it again was counted anew at once, since leaving erases all that said so. The day
alone, with the member and without the condition, makes them rest as those do who only take back their consent.

And with this change the smallest figure became 15: the 10s of the rules before it would be copied from release to
release until each was renewed, so that one release followed both rules. No release was ever made under both.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_renewals"
down_revision = "0003_release_guard"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("count_bucket", sa.Column("renewal", sa.SmallInteger(), nullable=True))
    op.execute(
        "update count_bucket set renewal = ('x' || left(md5(condition_id || '/' || place), 7))::bit(28)::integer % 12"
    )
    op.alter_column("count_bucket", "renewal", nullable=False)
    op.drop_column("count_bucket", "waits_since")
    op.add_column("member", sa.Column("left_count_on", sa.Date(), nullable=True))
    op.execute("update count_bucket set shown = null where shown < 15")


def downgrade():
    op.drop_column("member", "left_count_on")
    op.add_column("count_bucket", sa.Column("waits_since", sa.Integer(), nullable=True))
    # As if all that waits had come with the newest release.
    op.execute("update count_bucket set waits_since = (select max(number) from release)")
    op.alter_column("count_bucket", "waits_since", nullable=False)
    op.drop_column("count_bucket", "renewal")
