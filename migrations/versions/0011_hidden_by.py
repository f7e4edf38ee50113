"""By which act a membership was hidden, as a random id.

Why: "undo" restores what was hidden together, and nothing else. The id says nothing of a person, a condition or a zone.
The session of a browser keeps the same id with its time, and with it the right to undo for some minutes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011_hidden_by"
down_revision = "0010_pending_sign_up"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("membership", sa.Column("hidden_by", sa.Uuid(), nullable=True))


def downgrade():
    op.drop_column("membership", "hidden_by")
