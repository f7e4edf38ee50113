"""Each wording of consents is stored once, and a consent is known by its member, kind and moment.

Why: the words stood in every row, and every row had a random id that nothing looked for, with an index of its own: a
third of all bytes of a member. A machine with the previous version cannot read or store consents on these tables.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0026_consent_wording"
down_revision = "0025_pin_tile"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = True

KINDS = "kind in ('taking_part', 'joined', 'shown', 'finer', 'counted')"

# Of several consents of one kind at the same moment, each is a microsecond later than the one before.
KEEP_ROWS = """
    insert into consent (member_id, condition_id, kind, wording_id, zone_id, expected_people, given_at, revoked_at)
    select member_id, condition_id, kind, consent_wording.id, zone_id, expected_people,
           given_at + interval '1 microsecond' * (
               row_number() over (partition by member_id, kind, given_at order by former_consent.id) - 1
           ), revoked_at
    from former_consent join consent_wording using (wording)
    order by member_id, given_at
"""

RESTORE_ROWS = """
    insert into consent (id, member_id, condition_id, kind, wording, zone_id, expected_people, given_at, revoked_at)
    select gen_random_uuid(), member_id, condition_id, kind, wording, zone_id, expected_people, given_at, revoked_at
    from former_consent join consent_wording on consent_wording.id = wording_id
"""


def upgrade():
    op.create_table(
        "consent_wording",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_wording")),
        sa.UniqueConstraint("wording", name=op.f("uq_consent_wording_wording")),
    )
    # A new table, because a dropped column leaves room in every row. From here on nobody else stores a consent.
    op.rename_table("consent", "former_consent")
    store_wordings()
    create_table(sa.Column("wording_id", sa.Integer(), nullable=False))
    op.execute(KEEP_ROWS)
    op.drop_table("former_consent")
    op.create_primary_key(op.f("pk_consent"), "consent", ["member_id", "kind", "given_at"])
    add_constraints()
    op.create_foreign_key(op.f("fk_consent_wording_id"), "consent", "consent_wording", ["wording_id"], ["id"])


def downgrade():
    op.rename_table("consent", "former_consent")
    create_table(sa.Column("wording", sa.Text(), nullable=False), sa.Column("id", sa.Uuid(), nullable=False))
    op.execute(RESTORE_ROWS)
    op.drop_table("former_consent")
    op.drop_table("consent_wording")
    op.create_primary_key(op.f("pk_consent"), "consent", ["id"])
    add_constraints()
    op.create_index("ix_consent_member_id_condition_id", "consent", ["member_id", "condition_id"])


def store_wordings():
    """Store each wording once, with an id made from its words."""
    connection, used = op.get_bind(), set()
    for (wording,) in connection.execute(sa.text("select distinct wording from former_consent")).all():
        digest = hashlib.sha256(wording.encode()).digest()
        ids = (int.from_bytes(digest[at : at + 4], signed=True) for at in range(0, len(digest), 4))
        id_ = next(id_ for id_ in ids if id_ not in used)
        used.add(id_)
        connection.execute(
            sa.text("insert into consent_wording values (:id, :wording)"), {"id": id_, "wording": wording}
        )


def create_table(wording, *more):
    """Create the table without keys, which are made faster when its rows are there."""
    op.create_table(
        "consent",
        *more,
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("condition_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        wording,
        sa.Column("zone_id", sa.Text(), nullable=True),
        sa.Column("expected_people", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    )


def add_constraints():
    op.create_check_constraint(op.f("ck_consent_kind"), "consent", KINDS)
    op.create_foreign_key(op.f("fk_consent_condition_id"), "consent", "condition", ["condition_id"], ["id"])
    op.create_foreign_key(op.f("fk_consent_member_id"), "consent", "member", ["member_id"], ["id"], ondelete="CASCADE")
    op.create_foreign_key(op.f("fk_consent_zone_id"), "consent", "zone", ["zone_id"], ["id"])
