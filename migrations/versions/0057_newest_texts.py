"""The newest texts of all conditions are found in their order.

Why: a search for a frequent word ranks the newest of its texts, and read all of them to know which those are. A machine
with the previous version reads them all, as before.
"""

from alembic import op

revision = "0057_newest_texts"
down_revision = "0056_country_index"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

TABLES = "member_text", "public_text"


def upgrade():
    for table in TABLES:
        op.create_index(f"ix_{table}_written_on", table, ["written_on"])


def downgrade():
    for table in TABLES:
        op.drop_index(f"ix_{table}_written_on", table)
