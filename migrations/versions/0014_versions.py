"""Which state a form was made from, which zone a consent names, and a random salt for each pin.

Why: a form that was opened before somebody hid, left or withdrew a consent must not bring that back, so each membership
counts its changes and forms carry the number; the member's own number keeps it rising over leaving and joining again.
A consent to be shown names the zone it was given for, and the figure of the second one stands in a column of its own,
so that forgetting a place can blank both: "about 8 people" fits few zones of the world.

Consents of before did not say their zone. Those that stand get the zone that is shown today, those that ended get none;
the figure goes out of the words of all, and is kept in its column where the consent stands. Memberships of before get
an empty salt, for which the pin is chosen as it was: no pin moves here, and whoever leaves and joins again gets a
random one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014_versions"
down_revision = "0013_restoring"
branch_labels = None
depends_on = None

_FIGURE = "we expect (about 1 person|about [0-9.,  ]+ people|fewer than 1 person) with this condition in this zone"


def upgrade():
    op.add_column("member", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("membership", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(
        "membership", sa.Column("salt", sa.LargeBinary(), server_default=sa.text("''::bytea"), nullable=False)
    )
    op.alter_column("membership", "salt", server_default=sa.text("uuid_send(gen_random_uuid())"))
    op.add_column("consent", sa.Column("zone_id", sa.Text(), nullable=True))
    op.add_column("consent", sa.Column("expected_people", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_consent_zone_id"), "consent", "zone", ["zone_id"], ["id"])
    op.execute("""
        update consent set zone_id = membership.shown_zone from membership
        where consent.kind in ('shown', 'finer') and consent.revoked_at is null
          and (consent.condition_id, consent.member_id) = (membership.condition_id, membership.member_id)
    """)
    _separate_the_figures()


def _separate_the_figures():
    figures = sa.text("""
        update consent set
            expected_people = case
                when revoked_at is not null then null
                when wording ~ 'fewer than 1 person' then 0
                else nullif(regexp_replace(substring(wording from :figure), '[^0-9]', '', 'g'), '')::integer
            end,
            wording = regexp_replace(wording, :figure, 'we expect {figure} with this condition in {zone}')
        where kind = 'finer' and wording ~ :figure
    """)
    op.get_bind().execute(figures, {"figure": _FIGURE})


def downgrade():
    # The words of before had the figure in them; it is not put back.
    op.execute("""
        update consent set wording = replace(replace(wording, '{figure}', 'few people'), '{zone}', 'this zone')
        where kind in ('shown', 'finer')
    """)
    op.drop_constraint(op.f("fk_consent_zone_id"), "consent", type_="foreignkey")
    op.drop_column("consent", "expected_people")
    op.drop_column("consent", "zone_id")
    op.drop_column("membership", "salt")
    op.drop_column("membership", "version")
    op.drop_column("member", "version")
