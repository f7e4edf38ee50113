"""To whom somebody was shown before they hid, in the row of their membership; what told of it elsewhere goes.

Why: the session kept it with the zone and the condition, and so past forgetting the place and past leaving. In the row
it goes with the zone. What stands in sessions is dropped and not carried over: it may be of a place that was forgotten
since; whoever hid before says anew to whom they want to be shown. For the same reason operations no longer say in
which condition a form was sent: nothing reads it, and it outlived leaving by up to 30 days.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007_audience_before"
down_revision = "0006_ledger"
branch_labels = None
depends_on = None

ONLY_WHILE_HIDDEN = (
    "audience_before is null or (audience_before in ('condition', 'members') and audience = 'nobody' "
    "and shown_zone is not null)"
)


def upgrade():
    op.add_column("membership", sa.Column("audience_before", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_membership_audience_before"), "membership", ONLY_WHILE_HIDDEN)
    op.execute("update login_session set data = data - 'shown_before' where data ? 'shown_before'")
    op.execute("update operation set result = '{}' where result <> '{}'")


def downgrade():
    op.drop_constraint(op.f("ck_membership_audience_before"), "membership", type_="check")
    op.drop_column("membership", "audience_before")
