"""E-mails that something new waits for a member, and how often they want them.

Why: without a word from the service nobody comes back to read an answer. The tables say that there is news, not what it
is. The day of the last sign-in is kept so that nobody who stayed away for long gets any. All columns may be empty, so
that the version before this one can still write.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035_notification"
down_revision = "0034_report"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

FREQUENCIES = "('daily', 'hourly', 'never')"


def upgrade():
    op.create_table(
        "notification_setting",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("off_token", sa.Text(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"frequency in {FREQUENCIES}", name=op.f("ck_notification_setting_frequency")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_notification_setting_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_notification_setting")),
        sa.UniqueConstraint("off_token", name=op.f("uq_notification_setting_off_token")),
    )
    op.create_table(
        "pending_notification",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_pending_notification_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_pending_notification")),
    )
    op.create_index(op.f("ix_pending_notification_due_at"), "pending_notification", ["due_at"])
    op.add_column("mail", sa.Column("off_url", sa.Text(), nullable=True))
    op.add_column("member", sa.Column("signed_in_on", sa.Date(), nullable=True))


def downgrade():
    op.drop_column("member", "signed_in_on")
    op.drop_column("mail", "off_url")
    op.drop_table("pending_notification")
    op.drop_table("notification_setting")
