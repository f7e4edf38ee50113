"""What staff looked at or changed about each member, so that the member can read it.

Why: members read which statistics are exported, but not that a moderator opened a report about them. The table has a
day and what it was, and nobody of the staff.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045_staff_look"
down_revision = "0044_contact"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

KINDS = (
    "'your_report', 'report_about_you', 'text', 'suspended_list', 'suspended', 'reinstated', 'appointed', "
    "'dismissed', 'factor_removed', 'age_changed'"
)


def upgrade():
    op.create_table(
        "staff_look",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), server_default=sa.text("current_date"), nullable=False),
        sa.CheckConstraint(f"kind in ({KINDS})", name=op.f("ck_staff_look_kind")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_staff_look_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "kind", "seen_on", name=op.f("pk_staff_look")),
    )


def downgrade():
    op.drop_table("staff_look")
