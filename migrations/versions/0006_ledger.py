"""The ledger of exports and of what staff looked at; who is staff is the owner's to say.

Why: members may read who took which figures and what for. The role of the pages can add a line and read it, and can
neither change nor delete one; what is older than three years the owner deletes with the next release. Roles of staff
are given by a command, as the owner: a fault in a page can then make nobody an admin.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_ledger"
down_revision = "0005_second_factor"
branch_labels = None
depends_on = None

# Whoever may use the table besides its owner: the role of the pages, whatever its name here.
APPEND_ONLY = """
    do $$
    declare other record;
    begin
        for other in
            select distinct case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who
            from pg_class, aclexplode(relacl)
            where relname = 'ledger_entry' and relnamespace = current_schema()::regnamespace and grantee <> relowner
        loop
            execute format('revoke all on ledger_entry from %s', other.who);
            execute format('grant select on ledger_entry to %s', other.who);
            -- The moment is the database's own.
            execute format(
                'grant insert (id, actor, staff, act, subject, release, format, purpose) on ledger_entry to %s',
                other.who);
        end loop;
    end $$
"""


# The same roles read who is staff, and change nothing of it; what goes with a member goes by itself.
READ_ONLY = """
    do $$
    declare other record;
    begin
        for other in
            select distinct relname,
                   case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as who
            from pg_class, aclexplode(relacl)
            where relname in ('staff_role', 'member_staff_role') and relnamespace = current_schema()::regnamespace
              and grantee <> relowner
        loop
            execute format('revoke insert, update, delete on %I from %s', other.relname, other.who);
        end loop;
    end $$
"""

WRITABLE = READ_ONLY.replace("revoke insert, update, delete on %I from %s", "grant insert, update, delete on %I to %s")


def upgrade():
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index("ix_ledger_entry_act_made_at", "ledger_entry", ["act", "made_at"], unique=False)
    op.execute(APPEND_ONLY)
    op.execute(READ_ONLY)


def downgrade():
    op.execute(WRITABLE)
    op.drop_index("ix_ledger_entry_act_made_at", table_name="ledger_entry")
    op.drop_table("ledger_entry")
