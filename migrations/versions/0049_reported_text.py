"""Reports of texts.

Why: members can report a story or an experience, and moderators find it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049_reported_text"
down_revision = "0048_public_text"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

KIND = op.f("ck_report_kind")


def upgrade():
    op.add_column("report", sa.Column("text_id", sa.Uuid(), nullable=True))
    op.drop_constraint(KIND, "report", type_="check")
    op.create_check_constraint(KIND, "report", "kind in ('card', 'messages', 'text')")


def downgrade():
    op.execute("delete from report where kind = 'text'")
    op.drop_constraint(KIND, "report", type_="check")
    op.create_check_constraint(KIND, "report", "kind in ('card', 'messages')")
    op.drop_column("report", "text_id")
