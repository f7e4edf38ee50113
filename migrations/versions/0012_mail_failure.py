"""How many e-mails could not be sent, by day, kind and reason.

Why: an e-mail that was given up left only a line in the log, so that nobody saw it. Nothing is kept of whom they were
for. An e-mail in the queue says its kind, to be counted by it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012_mail_failure"
down_revision = "0011_hidden_by"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("mail", sa.Column("kind", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "mail_failure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("emails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "reason", name=op.f("pk_mail_failure")),
    )


def downgrade():
    op.drop_table("mail_failure")
    op.drop_column("mail", "kind")
