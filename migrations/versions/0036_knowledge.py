"""What public sources say about conditions: symptoms, inheritance, age of onset, codes of other systems.

Why: a condition's page said nothing about the condition but its name. Everything here is loaded from committed data.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036_knowledge"
down_revision = "0035_notification"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

_KINDS = "kind in ('symptom', 'inheritance', 'onset')"
_FREQUENCIES = "frequency in ('obligate', 'very frequent', 'frequent', 'occasional', 'very rare', '')"


def upgrade():
    op.create_table(
        "phenotype_term",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("spanish", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phenotype_term")),
    )
    op.create_table(
        "plain_name",
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("term_id", "language", "position", name=op.f("pk_plain_name")),
    )
    op.create_table(
        "source_entry",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_source_entry")),
    )
    op.create_table(
        "source_release",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_release")),
    )
    op.create_table(
        "condition_fact",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("cited", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_condition_fact_kind")),
        sa.CheckConstraint(_FREQUENCIES, name=op.f("ck_condition_fact_frequency")),
        sa.PrimaryKeyConstraint(
            "condition_id", "kind", "term_id", "entry", "frequency", name=op.f("pk_condition_fact")
        ),
    )
    op.create_table(
        "condition_crosswalk",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("condition_id", "system", "code", name=op.f("pk_condition_crosswalk")),
    )
    op.create_table(
        "curated_symptom",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("seen", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("condition_id", "term_id", name=op.f("pk_curated_symptom")),
    )


def downgrade():
    for table in (
        *("curated_symptom", "condition_crosswalk", "condition_fact", "source_release", "source_entry", "plain_name"),
        "phenotype_term",
    ):
        op.drop_table(table)
