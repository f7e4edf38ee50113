"""The token of a login before the last one, and accounts that a restore locked.

Why: giving the password renews the token of a login, and the map of another tab asked at that moment as nobody. And a
backup knows an e-mail address that a member has left since: a link to choose a password would go to somebody else.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019_logins_and_locks"
down_revision = "0018_language"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("login_session", sa.Column("previous_hash", sa.LargeBinary(), nullable=True))
    op.add_column("login_session", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_login_session_previous_hash"), "login_session", ["previous_hash"])
    op.add_column("member", sa.Column("locked_on", sa.Date(), nullable=True))
    op.create_index("ix_member_locked_on", "member", ["locked_on"], postgresql_where=sa.text("locked_on is not null"))


def downgrade():
    op.drop_column("member", "locked_on")
    op.drop_column("login_session", "renewed_at")
    op.drop_column("login_session", "previous_hash")
