"""The month in which a member who is 16 or 17 turns 18.

Why: members under 18 are shown no finer than by region. The first day of that month is all that this rule needs; a date
of birth would say more. Whoever is an adult has none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_minor_until"
down_revision = "0007_audience_before"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("member", sa.Column("minor_until", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_member_minor_until"), "member", "extract(day from minor_until) = 1")


def downgrade():
    op.drop_constraint(op.f("ck_member_minor_until"), "member", type_="check")
    op.drop_column("member", "minor_until")
