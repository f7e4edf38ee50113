"""Devices on which a member has signed in, so that tries of others use up nothing of theirs.

Why: limits by account let anybody keep a member out, and so from hiding. Only the hash of a random token is kept, whose
it is, and the day on which it was last used.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017_known_device"
down_revision = "0016_email_change"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "known_device",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("used_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_known_device_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_known_device")),
    )
    op.create_index(op.f("ix_known_device_member_id"), "known_device", ["member_id"])


def downgrade():
    op.drop_table("known_device")
