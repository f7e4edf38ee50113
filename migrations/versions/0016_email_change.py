"""Changes of an e-mail address, for as long as they can be confirmed or frozen.

Why: an address is changed only where its owner reads it, and for seven days the old one can freeze that, so that
somebody who came into an account cannot take it over for good.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_email_change"
down_revision = "0015_home_changes"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "email_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("old_email", sa.Text(), nullable=False),
        sa.Column("new_email", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_email_change_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
    )
    op.create_index(op.f("ix_email_change_member_id"), "email_change", ["member_id"])


def downgrade():
    op.drop_table("email_change")
