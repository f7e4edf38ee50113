"""What a caregiver chose after a death, who hears of it, and the published numbers of people who are remembered.

Why: after a death a caregiver removes the membership, or lets the person be counted as remembered, by country only.
The previous version would show a closed membership's conversations, and so must not run on these tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046_memorial"
down_revision = "0045_staff_look"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = True

KINDS = "kind in ('taking_part', 'joined', 'shown', 'finer', 'counted')"
KINDS_AFTER = "kind in ('taking_part', 'joined', 'shown', 'finer', 'counted', 'remembered')"


def upgrade():
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
    op.create_check_constraint(op.f("ck_consent_kind"), "consent", KINDS_AFTER)
    op.add_column("member", sa.Column("left_memory_on", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_membership_closed_on"), "membership", "closed_on is null or audience = 'nobody'"
    )
    op.create_index(
        "ix_membership_closed_on", "membership", ["closed_on"], postgresql_where=sa.text("closed_on is not null")
    )
    op.create_table(
        "memorial",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("was_shown", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("counted_since", sa.Date(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("is_final", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint("choice in ('memory', 'removal')", name=op.f("ck_memorial_choice")),
        sa.CheckConstraint(
            "choice = 'memory' or (due_on is null and not is_final)",
            name=op.f("ck_memorial_removal"),
        ),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_memorial_condition_id_condition")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_memorial_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_memorial")),
    )
    op.create_index("ix_memorial_condition_id_member_id", "memorial", ["condition_id", "member_id"])
    op.create_index("ix_memorial_member_id", "memorial", ["member_id"])
    op.create_index("ix_memorial_condition_id_person_id", "memorial", ["condition_id", "person_id"])
    op.create_table(
        "memorial_notice",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("memorial_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id", "member_id"],
            ["membership.condition_id", "membership.member_id"],
            name=op.f("fk_memorial_notice_condition_id_member_id_membership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f("pk_memorial_notice")),
    )
    op.create_table(
        "remembered_count",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(collation="C"), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["condition.id"], name=op.f("fk_remembered_count_condition_id_condition")
        ),
        sa.ForeignKeyConstraint(["release"], ["release.number"], name=op.f("fk_remembered_count_release_release")),
        sa.PrimaryKeyConstraint("condition_id", "release", "country", name=op.f("pk_remembered_count")),
    )
    op.create_table(
        "remembered_bucket",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(collation="C"), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["condition.id"], name=op.f("fk_remembered_bucket_condition_id_condition")
        ),
        sa.PrimaryKeyConstraint("condition_id", "country", name=op.f("pk_remembered_bucket")),
    )


def downgrade():
    for table in ("remembered_bucket", "remembered_count", "memorial_notice", "memorial"):
        op.drop_table(table)
    # What a caregiver closed is nowhere, and the version before has no word for that: it goes, as on leaving.
    op.execute(
        "delete from conversation using membership where membership.closed_on is not null "
        "and conversation.condition_id = membership.condition_id and exists (select from participant "
        "where participant.condition_id = conversation.condition_id "
        "and participant.conversation_id = conversation.id and participant.member_id = membership.member_id)"
    )
    op.execute(
        "delete from consent using membership where membership.closed_on is not null "
        "and consent.condition_id = membership.condition_id and consent.member_id = membership.member_id"
    )
    op.execute("delete from membership where closed_on is not null")
    op.execute("delete from consent where kind = 'remembered'")
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
    op.create_check_constraint(op.f("ck_consent_kind"), "consent", KINDS)
    op.drop_index("ix_membership_closed_on", "membership")
    op.drop_constraint(op.f("ck_membership_closed_on"), "membership")
    op.drop_column("membership", "closed_on")
    op.drop_column("member", "left_memory_on")
