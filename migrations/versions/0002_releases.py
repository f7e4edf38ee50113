"""Releases: frozen figures, what the next one depends on, and who is counted.

Why: public pages and exports read released figures only; a live count never leaves the members' map.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_releases"
down_revision = "0001_first"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "release",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("tree", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_release")),
    )
    op.create_table(
        "count_bucket",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(collation="C"), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("waited", sa.SmallInteger(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_count_bucket_condition_id")),
        sa.PrimaryKeyConstraint("condition_id", "place", name=op.f("pk_count_bucket")),
    )
    op.create_table(
        "counted_member",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_counted_member_condition_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_counted_member_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f("pk_counted_member")),
    )
    op.create_index("ix_counted_member_member_id", "counted_member", ["member_id"], unique=False)
    op.create_table(
        "released_count",
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(collation="C"), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_released_count_condition_id")),
        sa.ForeignKeyConstraint(["release"], ["release.number"], name=op.f("fk_released_count_release")),
        sa.PrimaryKeyConstraint("release", "condition_id", "place", name=op.f("pk_released_count")),
    )
    op.create_index(
        "ix_released_count_condition_id_release", "released_count", ["condition_id", "release"], unique=False
    )


def downgrade():
    op.drop_index("ix_released_count_condition_id_release", table_name="released_count")
    op.drop_table("released_count")
    op.drop_index("ix_counted_member_member_id", table_name="counted_member")
    op.drop_table("counted_member")
    op.drop_table("count_bucket")
    op.drop_table("release")
