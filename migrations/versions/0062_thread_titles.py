"""The titles of discussions have an index by groups of three letters.

Why: while somebody types a title, the discussions that are alike are shown. Comparing it with each of 5,000 titles
takes 50 ms. A machine with the previous version does not read the index.
"""

from alembic import op

revision = "0062_thread_titles"
down_revision = "0061_source_link"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.execute("create index ix_member_text_title on member_text using gin (title gin_trgm_ops) where kind = 'thread'")


def downgrade():
    op.execute("drop index ix_member_text_title")
