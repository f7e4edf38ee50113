"""Reports to the moderators, and accounts that they suspend.

Why: members need a way to tell the people who run the service of somebody who sells cures or harasses others, and these
need a way to stop that account at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_report"
down_revision = "0033_moderator"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def to_member(table, column):
    return sa.ForeignKeyConstraint(
        [column], ["member.id"], name=op.f(f"fk_{table}_{column}_member"), ondelete="CASCADE"
    )


def upgrade():
    op.create_table(
        "report",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("reported_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("is_answer_read", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("kind in ('card', 'messages')", name=op.f("ck_report_kind")),
        sa.CheckConstraint(
            "reason in ('selling', 'harassment', 'impostor', 'privacy', 'danger', 'other')",
            name=op.f("ck_report_reason"),
        ),
        sa.CheckConstraint("state in ('open', 'dismissed', 'acted', 'suspended')", name=op.f("ck_report_state")),
        sa.CheckConstraint("(state = 'open') = (decided_on is null)", name=op.f("ck_report_decided_on")),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_report_condition_id_condition")),
        to_member("report", "member_id"),
        to_member("report", "reported_id"),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_report")),
    )
    op.create_index("ix_report_member_id", "report", ["member_id"])
    op.create_index("ix_report_reported_id", "report", ["reported_id"])
    op.create_index("ix_report_state", "report", ["state", "made_at"])
    op.create_table(
        "suspension",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        sa.Column("act", sa.Uuid(), nullable=False),
        to_member("suspension", "member_id"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_suspension")),
        sa.UniqueConstraint("public_id", name=op.f("uq_suspension_public_id")),
    )


def downgrade():
    op.drop_table("suspension")
    op.drop_table("report")
