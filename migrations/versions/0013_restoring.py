"""What a restore needs: who has to look through their settings after it, and whose keys the database belongs to.

Why: a backup that is put back holds people as they were. Whoever took something back since comes back hidden, until
they have looked; and pins, figures and the log of withdrawals are worth nothing without the keys they were made with.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013_restoring"
down_revision = "0012_mail_failure"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("member", sa.Column("review_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "key_fingerprint",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_key_fingerprint")),
    )


def downgrade():
    op.drop_table("key_fingerprint")
    op.drop_column("member", "review_since")
