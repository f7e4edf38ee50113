"""Texts that members write for others, drafts of them, and thanks.

Why: members want to tell how they live with a condition, and to read it from others; each text has its own audience.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042_member_text"
down_revision = "0041_orphadata"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

PARTS = ("title", "first_signs", "diagnosis", "helped", "earlier_self", "body")


def of_membership(table):
    return sa.ForeignKeyConstraint(
        ["condition_id", "member_id"],
        ["membership.condition_id", "membership.member_id"],
        name=op.f(f"fk_{table}_condition_id_member_id_membership"),
        ondelete="CASCADE",
    )


def texts(name, default):
    return sa.Column(name, sa.ARRAY(sa.Text()), server_default=default, nullable=False)


def flag(name):
    return sa.Column(name, sa.Boolean(), server_default="false", nullable=False)


def upgrade():
    op.create_table(
        "member_text",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("pen_name", sa.Text(), nullable=True),
        *(sa.Column(part, sa.Text(), server_default="", nullable=False) for part in PARTS),
        texts("content_notes", "{}"),
        sa.Column("written_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        flag("is_edited"),
        texts("reasons", "{}"),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        flag("is_checked"),
        flag("shows_contacts"),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('story', 'experience')", name=op.f("ck_member_text_kind")),
        sa.CheckConstraint("audience in ('condition', 'members', 'public')", name=op.f("ck_member_text_audience")),
        sa.CheckConstraint("state in ('held', 'shown', 'removed', 'withdrawn')", name=op.f("ck_member_text_state")),
        sa.CheckConstraint("(kind = 'experience') = (topic is not null)", name=op.f("ck_member_text_topic")),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_on is not null)", name=op.f("ck_member_text_withdrawn_on")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (state_before is not null)", name=op.f("ck_member_text_state_before")
        ),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_member_text_condition_id_condition")),
        of_membership("member_text"),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_member_text")),
    )
    op.create_index(
        "ix_member_text_condition_id_kind",
        "member_text",
        ["condition_id", "kind", "topic", "state", "written_on", "id"],
    )
    op.create_index("ix_member_text_member_id", "member_text", ["member_id"])
    op.create_index("ix_member_text_state", "member_text", ["state", "written_on"])
    op.create_table(
        "text_draft",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("saved_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        of_membership("text_draft"),
        sa.PrimaryKeyConstraint("condition_id", "member_id", "kind", "topic", name=op.f("pk_text_draft")),
    )
    op.create_index("ix_text_draft_member_id", "text_draft", ["member_id"])
    op.create_table(
        "text_thanks",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id", "text_id"],
            ["member_text.condition_id", "member_text.id"],
            name=op.f("fk_text_thanks_condition_id_text_id_member_text"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_text_thanks_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("condition_id", "text_id", "member_id", name=op.f("pk_text_thanks")),
    )
    op.create_index("ix_text_thanks_member_id", "text_thanks", ["member_id"])


def downgrade():
    for table in ("text_thanks", "text_draft", "member_text"):
        op.drop_table(table)
