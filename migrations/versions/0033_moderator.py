"""Moderators have a table of their own, which the pages can write.

Why: an operator should not need the machine for each new moderator, and a fault in the pages must not make anybody an
admin. So the role of the pages still has no right to write the table of the other roles.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033_moderator"
down_revision = "0032_offered"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_table(
        "moderator",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_moderator_member_id_member"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_moderator")),
    )
    op.execute("insert into moderator select member_id from member_staff_role where staff_role = 'moderator'")
    op.execute("delete from member_staff_role where staff_role = 'moderator'")


def downgrade():
    op.execute("""
        insert into staff_role values ('moderator', 'Reads what is held back, and releases or removes it.')
        on conflict do nothing
    """)
    op.execute("insert into member_staff_role select member_id, 'moderator' from moderator")
    op.drop_table("moderator")
