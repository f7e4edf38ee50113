"""The stamp that sessions and links in e-mails carry, under a name of our own.

Why: the column was named after a package that is gone. What sessions held had that package's names too, so all of them
end here: whoever is signed in signs in again.
"""

from alembic import op

revision = "0009_security_stamp"
down_revision = "0008_minor_until"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("member", "fs_uniquifier", new_column_name="security_stamp")
    op.execute("alter table member rename constraint uq_member_fs_uniquifier to uq_member_security_stamp")
    op.execute("delete from login_session")


def downgrade():
    op.execute("delete from login_session")
    op.execute("alter table member rename constraint uq_member_security_stamp to uq_member_fs_uniquifier")
    op.alter_column("member", "security_stamp", new_column_name="fs_uniquifier")
