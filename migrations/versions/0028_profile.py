"""What members say about themselves in a community, and who can read each part of it.

Why: a card with nothing but a role and a zone gives nobody a reason to write. A table of its own, because most members
say nothing, and maps and counts never read it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028_profile"
down_revision = "0027_public_id"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

PARTS = ("words", "languages", "looking_for", "duration")
AUDIENCES = "('nobody', 'condition', 'members')"
DURATIONS = "('undiagnosed', 'under-1', '1-5', '5-10', 'over-10', 'always')"


def upgrade():
    op.create_table(
        "profile",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_audience", sa.Text(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages_audience", sa.Text(), nullable=False),
        sa.Column("looking_for", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("looking_for_audience", sa.Text(), nullable=False),
        sa.Column("duration", sa.Text(), nullable=True),
        sa.Column("duration_audience", sa.Text(), nullable=False),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_profile_words")),
        sa.CheckConstraint(f"duration is null or duration in {DURATIONS}", name=op.f("ck_profile_duration")),
        *(
            sa.CheckConstraint(f"{part}_audience in {AUDIENCES}", name=op.f(f"ck_profile_{part}_audience"))
            for part in PARTS
        ),
        sa.ForeignKeyConstraint(
            ["condition_id", "member_id"],
            ["membership.condition_id", "membership.member_id"],
            name=op.f("fk_profile_condition_id_membership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f("pk_profile")),
    )


def downgrade():
    op.drop_table("profile")
