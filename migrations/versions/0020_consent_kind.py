"""A consent is of one of five kinds, which the database checks.

Why: the kinds were texts in many places, and a mistyped one would have been a consent that nothing ends.
"""

from alembic import op

revision = "0020_consent_kind"
down_revision = "0019_logins_and_locks"
branch_labels = None
depends_on = None


def upgrade():
    op.create_check_constraint(
        op.f("ck_consent_kind"), "consent", "kind in ('taking_part', 'joined', 'shown', 'finer', 'counted')"
    )


def downgrade():
    op.drop_constraint(op.f("ck_consent_kind"), "consent", type_="check")
