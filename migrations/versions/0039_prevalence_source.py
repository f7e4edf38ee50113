"""Where the prevalence of a condition in the catalogue comes from.

Why: the page about how common a condition is names the source of the number.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039_prevalence_source"
down_revision = "0038_speaker"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_table(
        "prevalence_source",
        sa.Column("condition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("condition_id", name=op.f("pk_prevalence_source")),
    )


def downgrade():
    op.drop_table("prevalence_source")
