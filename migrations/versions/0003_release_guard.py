"""Releases are written by the owner of the tables alone, and who leaves a condition is forgotten there at once.

Why: a fault in a page can then neither change a published figure, nor read the exact counts behind it, nor count
somebody. Pages may only count less: take somebody out, or forget where they live. And a row that says who is counted
goes with the membership it is about, not at the next release. A bucket keeps the release since which its changes wait,
in place of how many they waited: thousands of buckets that only wait are then not written again each week.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_release_guard"
down_revision = "0002_releases"
branch_labels = None
depends_on = None

# Whoever may use the tables besides their owner: the role of the pages, whatever its name here.
GUARD = """
    do $$
    declare other record;
    begin
        for other in
            select distinct relname, case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
                as who
            from pg_class, aclexplode(relacl)
            where relname in ('release', 'released_count', 'count_bucket', 'counted_member')
              and relnamespace = current_schema()::regnamespace and grantee <> relowner
        loop
            execute format('revoke all on %I from %s', other.relname, other.who);
            if other.relname in ('release', 'released_count') then
                execute format('grant select on %I to %s', other.relname, other.who);
            elsif other.relname = 'counted_member' then
                execute format('grant select, delete on counted_member to %s', other.who);
                execute format('grant update (country, region, changed_on) on counted_member to %s', other.who);
            end if;
        end loop;
    end $$
"""

UNGUARD = """
    do $$
    declare other record;
    begin
        for other in
            select distinct quote_ident(pg_get_userbyid(grantee)) as who
            from pg_class, aclexplode(relacl)
            where relname = 'release' and relnamespace = current_schema()::regnamespace
              and grantee not in (0, relowner)
        loop
            execute format(
                'grant select, insert, update, delete on release, released_count, count_bucket, counted_member to %s',
                other.who);
        end loop;
    end $$
"""


def upgrade():
    op.execute(GUARD)
    op.alter_column("count_bucket", "waited", new_column_name="waits_since", type_=sa.Integer())
    op.execute("update count_bucket set waits_since = (select max(number) from release) - waits_since + 1")
    op.drop_index("ix_counted_member_member_id", table_name="counted_member")
    op.drop_constraint("fk_counted_member_condition_id", "counted_member", type_="foreignkey")
    op.drop_constraint("fk_counted_member_member_id", "counted_member", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_counted_member_condition_id_member_id"),
        "counted_member",
        "membership",
        ["condition_id", "member_id"],
        ["condition_id", "member_id"],
        ondelete="CASCADE",
    )


def downgrade():
    op.execute("update count_bucket set waits_since = (select max(number) from release) - waits_since + 1")
    op.alter_column("count_bucket", "waits_since", new_column_name="waited", type_=sa.SmallInteger())
    op.drop_constraint("fk_counted_member_condition_id_member_id", "counted_member", type_="foreignkey")
    op.create_foreign_key(
        op.f("fk_counted_member_condition_id"), "counted_member", "condition", ["condition_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_counted_member_member_id"), "counted_member", "member", ["member_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("ix_counted_member_member_id", "counted_member", ["member_id"], unique=False)
    op.execute(UNGUARD)
