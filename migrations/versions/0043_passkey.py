"""Passkeys of members: the public key of each, and how often it was used.

Why: a member can sign in with a passkey, which counts as password and second factor. The private key never leaves the
member's device.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043_passkey"
down_revision = "0042_member_text"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_on", sa.Date(), server_default=sa.text("current_date"), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_passkey_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_member_id"), "passkey", ["member_id"])


def downgrade():
    op.drop_table("passkey")
