"""Who has blocked whom.

Why: members need a way to stop somebody from seeing them and writing to them. Two tables, because what a member blocked
is theirs to read, and where else it holds would tell them which communities the other has joined.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029_block"
down_revision = "0028_profile"
branch_labels = None
depends_on = None

# A version that knows no blocks would show people to each other who are blocked.
NEEDS_THIS_VERSION = True


def keys(table):
    return [
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f(f"fk_{table}_condition_id_condition")),
        *(
            sa.ForeignKeyConstraint(
                [column], ["member.id"], name=op.f(f"fk_{table}_{column}_member"), ondelete="CASCADE"
            )
            for column in ("member_id", "blocked_id")
        ),
    ]


def upgrade():
    op.create_table(
        "block",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("everywhere", sa.Boolean(), server_default="false", nullable=False),
        *keys("block"),
        sa.PrimaryKeyConstraint("condition_id", "member_id", "blocked_id", name=op.f("pk_block")),
    )
    op.create_index("ix_block_blocked_id", "block", ["blocked_id"])
    op.create_index("ix_block_member_id", "block", ["member_id"])
    op.create_table(
        "block_elsewhere",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("blocked_id", sa.Uuid(), nullable=False),
        sa.Column("made_in", sa.Integer(), nullable=False),
        *keys("block_elsewhere"),
        sa.ForeignKeyConstraint(["made_in"], ["condition.id"], name=op.f("fk_block_elsewhere_made_in_condition")),
        sa.PrimaryKeyConstraint("condition_id", "member_id", "blocked_id", "made_in", name=op.f("pk_block_elsewhere")),
    )
    op.create_index("ix_block_elsewhere_blocked_id", "block_elsewhere", ["blocked_id"])
    op.create_index("ix_block_elsewhere_member_id", "block_elsewhere", ["member_id"])


def downgrade():
    op.drop_table("block_elsewhere")
    op.drop_table("block")
