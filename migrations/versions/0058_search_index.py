"""The words by which a text is found have one index, that of whole words.

Why: similar words are compared with those of the newest texts only, so nothing reads the indexes by groups of three
letters, which each text that is written had to be entered in. A machine with the previous version reads them neither.
"""

from alembic import op

revision = "0058_search_index"
down_revision = "0057_newest_texts"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

TABLES = "member_text", "public_text", "article_version"


def upgrade():
    for table in TABLES:
        op.execute(f"drop index ix_{table}_search_trgm")


def downgrade():
    for table in TABLES:
        op.execute(
            f"create index ix_{table}_search_trgm on {table} using gin ((strip(search)::text) gin_trgm_ops)"
            " with (fastupdate = off)"
        )
