"""${message}

Why: say here what the change is for. Name the file after its revision, NNNN_noun (32 characters at most).
"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
