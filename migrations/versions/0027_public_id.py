"""The public id of a membership is unique in its condition.

Why: every unique key of a table of communities begins with the condition, so that the table can be distributed over
several servers by it. The ids are random and 128 bits long; the pages always look for one within a condition.
"""

from alembic import op

revision = "0027_public_id"
down_revision = "0026_consent_wording"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_unique_constraint(
        op.f("uq_membership_condition_id_public_id"), "membership", ["condition_id", "public_id"]
    )
    op.drop_constraint(op.f("uq_membership_public_id"), "membership", type_="unique")


def downgrade():
    op.create_unique_constraint(op.f("uq_membership_public_id"), "membership", ["public_id"])
    op.drop_constraint(op.f("uq_membership_condition_id_public_id"), "membership", type_="unique")
