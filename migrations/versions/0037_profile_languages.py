"""An index of the languages of profiles.

Why: somebody who looks for people near them with a rare language would otherwise wait until every profile of the
condition was read.
"""

from alembic import op

revision = "0037_profile_languages"
down_revision = "0036_knowledge"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_index(
        "ix_profile_languages", "profile", ["languages"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )


def downgrade():
    op.drop_index("ix_profile_languages", "profile")
