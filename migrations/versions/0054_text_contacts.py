"""Whether there are contact details in a text.

Why: moderators list the texts whose contact details are hidden, and show them or not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0054_text_contacts"
down_revision = "0053_contacts_index"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

# A text from before that only looks like having some is listed once, for nothing.
_LOOKS_LIKE_IT = r"""
    update member_text set has_contacts = true
    where concat_ws(' ', title, first_signs, diagnosis, helped, earlier_self, body)
        ~* '@|\(at\)|www\.|https?://|[a-z]\.(org|com|net|de|es|info)|[0-9][0-9 ()./-]{6,}[0-9]'
"""


def upgrade():
    op.add_column("member_text", sa.Column("has_contacts", sa.Boolean(), server_default="false", nullable=False))
    op.execute(_LOOKS_LIKE_IT)
    op.create_index(
        "ix_member_text_has_contacts",
        "member_text",
        ["written_on"],
        postgresql_where=sa.text("has_contacts and not is_checked and state = 'shown'"),
    )


def downgrade():
    op.drop_index("ix_member_text_has_contacts", "member_text")
    op.drop_column("member_text", "has_contacts")
