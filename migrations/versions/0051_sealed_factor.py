"""What the codes of second factors are made from, encrypted.

Why: until now it was derived from the secret key itself, so that replacing this key ended every second factor. A salt
from before stays until its member gets new recovery codes, or the key is replaced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051_sealed_factor"
down_revision = "0050_article"
branch_labels = None
depends_on = None

# The version before it finds no salt.
NEEDS_THIS_VERSION = True


def upgrade():
    op.add_column("second_factor", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.alter_column("second_factor", "salt", nullable=True)
    op.create_check_constraint(op.f("ck_second_factor_one_form"), "second_factor", "(sealed is null) <> (salt is null)")


def downgrade():
    # Without a salt nobody can give a code.
    op.execute("delete from second_factor where salt is null")
    op.drop_constraint(op.f("ck_second_factor_one_form"), "second_factor", type_="check")
    op.alter_column("second_factor", "salt", nullable=False)
    op.drop_column("second_factor", "sealed")
