"""What Orphanet's own files say, if the operator loads them: genes that cause a condition, symptoms.

Why: the facts of the service itself name no genes, because their sources do not say which one is the cause.
"""

import sqlalchemy as sa
from alembic import op

revision = "0041_orphadata"
down_revision = "0040_my_conversation"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

_FREQUENCIES = "frequency in ('obligate', 'very frequent', 'frequent', 'occasional', 'very rare', '')"


def upgrade():
    op.create_table(
        "orphanet_release",
        sa.Column("product", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("product", name=op.f("pk_orphanet_release")),
    )
    op.create_table(
        "orphanet_gene",
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("somatic", sa.Boolean(), nullable=False),
        sa.Column("disease", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cited", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("entry", "symbol", "somatic", name=op.f("pk_orphanet_gene")),
    )
    op.create_table(
        "orphanet_symptom",
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("term_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("disease", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.CheckConstraint(_FREQUENCIES, name=op.f("ck_orphanet_symptom_frequency")),
        sa.PrimaryKeyConstraint("entry", "term_id", name=op.f("pk_orphanet_symptom")),
    )


def downgrade():
    for table in ("orphanet_symptom", "orphanet_gene", "orphanet_release"):
        op.drop_table(table)
