"""The second factor of staff, and the recovery codes for who lost the phone.

Why: a password alone can be guessed, seen or given away, and staff may do more than members. The row holds no secret:
a copy of the database makes no code without the service's key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_second_factor"
down_revision = "0004_renewals"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "second_factor",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_second_factor_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["second_factor.member_id"], name=op.f("fk_recovery_code_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "code_hash", name=op.f("pk_recovery_code")),
    )


def downgrade():
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
