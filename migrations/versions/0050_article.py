"""Articles, the answers of editors to questions about conditions, in versions; their editors.

Why: facts answer few of the questions with which people come. What a person writes needs sources, a second person who
reviews it, and a way back.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0050_article"
down_revision = "0049_reported_text"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

_KINDS = (
    "kind in ('symptoms', 'causes', 'hereditary', 'contagious', 'onset', 'diagnosis', 'life-expectancy', 'treatments', "
    "'natural-treatment', 'living-with-it', 'diet', 'work-and-school', 'pregnancy', 'travel', 'how-common', 'codes', "
    "'research', 'costs-and-rights', 'centres', 'public-figures')"
)
_STATES = "state in ('draft', 'in review', 'published', 'reviewed', 'replaced', 'withdrawn')"
_KEY = ("condition_id", "kind", "language", "number")


def key():
    return [
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
    ]


def upgrade():
    op.create_table(
        "article_version",
        *key(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("sources", JSONB(), nullable=False),
        sa.Column("made_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_article_version_kind")),
        sa.CheckConstraint(_STATES, name=op.f("ck_article_version_state")),
        sa.CheckConstraint("origin in ('editor', 'shipped', 'sample')", name=op.f("ck_article_version_origin")),
        sa.CheckConstraint(
            "length(short) <= 1200 and length(body) <= 30000 and length(next_steps) <= 6000",
            name=op.f("ck_article_version_length"),
        ),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_article_version_condition_id")),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_article_version")),
    )
    op.create_index(
        "uq_article_version_public",
        "article_version",
        ["condition_id", "kind", "language"],
        unique=True,
        postgresql_where=sa.text("state in ('published', 'reviewed')"),
    )
    op.create_table(
        "article_signature",
        *key(),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("profession", sa.Text(), server_default="", nullable=False),
        sa.Column("conflicts", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("part in ('author', 'reviewer')", name=op.f("ck_article_signature_part")),
        sa.ForeignKeyConstraint(
            list(_KEY),
            [f"article_version.{column}" for column in _KEY],
            name=op.f("fk_article_signature_version"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_article_signature_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*_KEY, "part", name=op.f("pk_article_signature")),
    )
    op.create_index("ix_article_signature_member_id", "article_signature", ["member_id"])
    op.create_table(
        "editor",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_editor_condition_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_editor_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("condition_id", "language", "member_id", name=op.f("pk_editor")),
    )
    op.create_index("ix_editor_member_id", "editor", ["member_id"])


def downgrade():
    for table in ("editor", "article_signature", "article_version"):
        op.drop_table(table)
