"""For which affected person a membership speaks, and codes by which two agree that it is the same one.

Why: a mother and a father who take part for one child are one person in the published statistics. Without a row a
membership speaks for one person of its own, so that memberships from before need none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038_speaker"
down_revision = "0037_profile_languages"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

RELATIONSHIPS = "'parent', 'partner', 'child', 'sibling', 'relative', 'friend', 'professional', 'other'"
AGE_BANDS = "'0-5', '6-11', '12-17', '18-39', '40-64', '65+'"


def of_membership(table):
    return [
        sa.ForeignKeyConstraint(
            ["condition_id", "member_id"],
            ["membership.condition_id", "membership.member_id"],
            name=op.f(f"fk_{table}_condition_id_member_id_membership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f(f"pk_{table}")),
    ]


def upgrade():
    op.create_table(
        "speaker",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("relationship", sa.Text(), nullable=True),
        sa.Column("age_band", sa.Text(), nullable=True),
        sa.Column("is_shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("entered_hash", sa.LargeBinary(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"relationship is null or relationship in ({RELATIONSHIPS})", name=op.f("ck_speaker_relationship")
        ),
        sa.CheckConstraint(f"age_band is null or age_band in ({AGE_BANDS})", name=op.f("ck_speaker_age_band")),
        *of_membership("speaker"),
    )
    op.create_index("ix_speaker_condition_id_person_id", "speaker", ["condition_id", "person_id"])
    op.create_index(
        "ix_speaker_condition_id_entered_hash", "speaker", ["condition_id", "entered_hash"],
        postgresql_where=sa.text("entered_hash is not null"),
    )  # fmt: skip
    op.create_table(
        "person_code",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("for_whom", sa.Text(), nullable=False),
        sa.Column("is_used", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("for_whom in ('caregiver', 'person')", name=op.f("ck_person_code_for_whom")),
        *of_membership("person_code"),
        sa.UniqueConstraint("condition_id", "code_hash", name=op.f("uq_person_code_condition_id_code_hash")),
    )
    op.create_table(
        "uncounted_speaker",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        *of_membership("uncounted_speaker"),
    )


def downgrade():
    for table in ("uncounted_speaker", "person_code", "speaker"):
        op.drop_table(table)
