"""What readers say about articles: that one helped, and what is wrong with one.

Why: editors learn what to mend. Neither is shown to readers, and both are deleted with the account.
"""

import sqlalchemy as sa
from alembic import op

revision = "0059_article_feedback"
down_revision = "0058_search_index"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

KINDS = (
    "kind in ('symptoms', 'causes', 'hereditary', 'contagious', 'onset', 'diagnosis', 'life-expectancy', 'treatments',"
    " 'natural-treatment', 'living-with-it', 'diet', 'work-and-school', 'pregnancy', 'travel', 'how-common', 'codes',"
    " 'research', 'costs-and-rights', 'centres', 'public-figures')"
)


def upgrade():
    create("article_helped")
    create(
        "article_remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("written_on", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("length(body) <= 1000", name=op.f("ck_article_remark_length")),
        sa.UniqueConstraint("condition_id", "id", name=op.f("uq_article_remark_condition_id_id")),
    )


def create(table, *more):
    op.create_table(
        table,
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f(f"ck_{table}_kind")),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f(f"fk_{table}_condition_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f(f"fk_{table}_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("condition_id", "kind", "language", "member_id", name=op.f(f"pk_{table}")),
        *more,
    )
    op.create_index(f"ix_{table}_member_id", table, ["member_id"])


def downgrade():
    op.drop_table("article_remark")
    op.drop_table("article_helped")
