"""Discussions in the forum of each condition, the texts in them, and the members who follow them.

Why: members ask and answer. A discussion outlives its first text, so that answers stay where that was deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052_forum_thread"
down_revision = "0051_sealed_factor"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

KIND = op.f("ck_member_text_kind")
THREAD = op.f("ck_member_text_thread_id")


def upgrade():
    op.create_table(
        "forum_thread",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("audience in ('condition', 'members', 'public')", name=op.f("ck_forum_thread_audience")),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_forum_thread_condition_id")),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_forum_thread")),
    )
    for table in ("member_text", "public_text"):
        op.add_column(table, sa.Column("thread_id", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column("number", sa.Integer(), server_default="0", nullable=False))
        op.add_column(table, sa.Column("quotes_id", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column("is_helpful", sa.Boolean(), server_default="false", nullable=False))
        op.create_index(f"ix_{table}_condition_id_thread_id", table, ["condition_id", "thread_id", "number"])
    op.drop_constraint(KIND, "member_text", type_="check")
    op.create_check_constraint(KIND, "member_text", "kind in ('story', 'experience', 'thread', 'answer')")
    op.create_check_constraint(THREAD, "member_text", "(kind in ('thread', 'answer')) = (thread_id is not null)")
    op.create_foreign_key(
        op.f("fk_member_text_condition_id_thread_id"),
        "member_text",
        "forum_thread",
        ["condition_id", "thread_id"],
        ["condition_id", "id"],
        ondelete="CASCADE",
    )
    op.create_table(
        "thread_follow",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("seen_number", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id", "member_id"],
            ["membership.condition_id", "membership.member_id"],
            name=op.f("fk_thread_follow_condition_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["condition_id", "thread_id"],
            ["forum_thread.condition_id", "forum_thread.id"],
            name=op.f("fk_thread_follow_condition_id_thread_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "thread_id", "member_id", name=op.f("pk_thread_follow")),
    )
    op.create_index("ix_thread_follow_member_id", "thread_follow", ["member_id"])


def downgrade():
    op.drop_table("thread_follow")
    op.execute("delete from text_draft where kind in ('thread', 'answer')")
    op.execute("delete from member_text where kind in ('thread', 'answer')")
    op.drop_constraint(KIND, "member_text", type_="check")
    op.create_check_constraint(KIND, "member_text", "kind in ('story', 'experience')")
    op.drop_constraint(THREAD, "member_text", type_="check")
    for table in ("public_text", "member_text"):
        op.drop_index(f"ix_{table}_condition_id_thread_id", table)
        if table == "member_text":
            op.drop_constraint(op.f("fk_member_text_condition_id_thread_id"), table, type_="foreignkey")
        for column in ("is_helpful", "quotes_id", "number", "thread_id"):
            op.drop_column(table, column)
    op.drop_table("forum_thread")
