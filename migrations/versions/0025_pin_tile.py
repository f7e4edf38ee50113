"""Pins are found by their condition and tile.

Why: the index of their points held the pins of all conditions, so that a tile of a town read those of everybody there,
and an index of points costs a writer more. A machine with the previous version finds pins without an index: slowly.
"""

from alembic import op

revision = "0025_pin_tile"
down_revision = "0024_condition_name_index"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""
        create index ix_membership_condition_id_pin_tile on membership (condition_id, (
            floor((st_x(pin) + 180) / 360 * 2048)::integer * 2048
            + floor((1 - asinh(tan(radians(st_y(pin)))) / pi()) / 2 * 2048)::integer
        )) where pin is not null
    """)
    op.execute("drop index ix_membership_pin")


def downgrade():
    op.execute("create index ix_membership_pin on membership using gist (pin) where pin is not null")
    op.execute("drop index ix_membership_condition_id_pin_tile")
