"""The conversations of the member of a transaction, for row-level security of the tables of conversations.

Why: the pages can then use no conversation but those of the member who has signed in, whatever a statement asks for.
The policies are set with the rights of the pages, by ``mapservice load``, and read this view. The version before names
no member in its transactions, and would find no conversation.
"""

from alembic import op

revision = "0040_my_conversation"
down_revision = "0039_prevalence_source"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = True

TABLES = ("conversation", "participant", "message", "draft")

VIEW = """
    create view my_conversation with (security_barrier) as
    select condition_id, conversation_id from participant
    where member_id = nullif(current_setting('mapservice.member', true), '')::uuid
"""

NO_POLICIES = """
    do $$
    declare policy record;
    begin
        for policy in
            select policyname, tablename from pg_policies where schemaname = current_schema() and tablename = '{table}'
        loop
            execute format('drop policy %I on %I', policy.policyname, policy.tablename);
        end loop;
    end
    $$
"""


def upgrade():
    op.execute(VIEW)


def downgrade():
    for table in TABLES:
        op.execute(NO_POLICIES.format(table=table))
        op.execute(f"alter table {table} disable row level security")
    op.execute("drop view my_conversation")
