"""Members follow the articles about a condition.

Why: they are told when an article was reviewed or withdrawn.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060_article_follow"
down_revision = "0059_article_feedback"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_table(
        "article_follow",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen_changes", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_article_follow_condition_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_article_follow_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f("pk_article_follow")),
    )
    op.create_index("ix_article_follow_member_id", "article_follow", ["member_id"])


def downgrade():
    op.drop_table("article_follow")
