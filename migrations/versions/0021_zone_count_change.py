"""Changes of the counts of a map are appended, and added up by one process at a time.

Why: whoever joined or hid held a lock of the condition until the commit had reached the disk, and everybody else who
joined or hid waited for it, and with them the threads that others needed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_zone_count_change"
down_revision = "0020_consent_kind"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "zone_count_change",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("zone_ids", sa.ARRAY(sa.Text(collation="C")), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_zone_count_change")),
    )
    # Its rows live for a moment: a share of the table says nothing about how many are dead.
    op.execute(
        "alter table zone_count_change set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
    )


def downgrade():
    op.execute("""
        insert into zone_count as counted (condition_id, zone_id, audience, role, n)
        select condition_id, zone_id, audience, role, sum(n) from (
            select condition_id, zone_id, audience, role, n from zone_count
            union all
            select condition_id, zone_id, audience, role, n from zone_count_change, unnest(zone_ids) as zone_id
        ) as current
        group by condition_id, zone_id, audience, role
        on conflict (condition_id, zone_id, audience, role) do update set n = excluded.n
    """)
    op.execute("delete from zone_count where n = 0")
    op.drop_table("zone_count_change")
