"""Sign-ups that wait for the link in their e-mail; an account is made behind it, and so is always confirmed.

Why: an account that was made before its address was confirmed told at sign-in that it was there, and belonged to
whoever had typed the address first. Such rows are deleted: they belong to nobody, and their links no longer work.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010_pending_sign_up"
down_revision = "0009_security_stamp"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "pending_sign_up",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("condition_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id"],
            ["condition.id"],
            name=op.f("fk_pending_sign_up_condition_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pending_sign_up")),
    )
    op.create_index(op.f("ix_pending_sign_up_email"), "pending_sign_up", ["email"])
    op.create_index(op.f("ix_pending_sign_up_created_at"), "pending_sign_up", ["created_at"])
    op.execute("delete from member where confirmed_at is null")
    op.alter_column("member", "confirmed_at", nullable=False, server_default=sa.text("now()"))


def downgrade():
    op.alter_column("member", "confirmed_at", nullable=True, server_default=None)
    op.drop_table("pending_sign_up")
