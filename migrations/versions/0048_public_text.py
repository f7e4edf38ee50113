"""Copies of the texts that everybody can read.

Why: pages for visitors and search engines read these, and so nothing about members. Texts from before are for members.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048_public_text"
down_revision = "0047_person_on_profile"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

PARTS = ("title", "first_signs", "diagnosis", "helped", "earlier_self", "body")


def upgrade():
    op.create_table(
        "public_text",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        *(sa.Column(part, sa.Text(), nullable=False) for part in PARTS),
        sa.Column("content_notes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("is_edited", sa.Boolean(), nullable=False),
        sa.Column("shows_contacts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id", "id"],
            ["member_text.condition_id", "member_text.id"],
            name=op.f("fk_public_text_condition_id_id_member_text"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["condition_id", "member_id"],
            ["membership.condition_id", "membership.member_id"],
            name=op.f("fk_public_text_condition_id_member_id_membership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_public_text")),
    )
    op.create_index("ix_public_text_member_id", "public_text", ["member_id"])
    op.create_index(
        "ix_public_text_condition_id_kind", "public_text", ["condition_id", "kind", "topic", "written_on", "id"]
    )


def downgrade():
    op.drop_table("public_text")
