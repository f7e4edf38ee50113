"""Contacts, and the audience of contacts.

Why: members want to be seen by the few people whom they have come to know, and by nobody else. The table has two rows
for two people who are contacts, and one where only one of them has chosen anything.
"""

import sqlalchemy as sa
from alembic import op

revision = "0044_contact"
down_revision = "0043_passkey"
branch_labels = None
depends_on = None

# A version that does not know the audience cannot read the membership of somebody who has chosen it.
NEEDS_THIS_VERSION = True

BEFORE = "'condition', 'members'"
AFTER = f"'contacts', {BEFORE}"
PARTS = ("words", "languages", "looking_for", "duration")


def checks(audiences):
    """The constraints on audiences, by table and name."""
    while_hidden = f"audience_before in ({audiences}) and audience = 'nobody' and shown_zone is not null"
    return {
        ("membership", "audience"): f"audience in ('nobody', {audiences})",
        ("membership", "audience_before"): f"audience_before is null or ({while_hidden})",
        **{("profile", f"{part}_audience"): f"{part}_audience in ('nobody', {audiences})" for part in PARTS},
    }


def replace_checks(audiences):
    for (table, name), condition in checks(audiences).items():
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def upgrade():
    replace_checks(AFTER)
    op.create_table(
        "contact",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.CheckConstraint("choice in ('asked', 'refused', 'agreed')", name=op.f("ck_contact_choice")),
        sa.CheckConstraint("member_id <> contact_id", name=op.f("ck_contact_contact_id")),
        *(
            sa.ForeignKeyConstraint(
                ["condition_id", column],
                ["membership.condition_id", "membership.member_id"],
                name=op.f(f"fk_contact_condition_id_{column}_membership"),
                ondelete="CASCADE",
            )
            for column in ("member_id", "contact_id")
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", "contact_id", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_condition_id_contact_id", "contact", ["condition_id", "contact_id"])
    op.create_index("ix_contact_contact_id", "contact", ["contact_id"])
    op.create_index("ix_contact_member_id", "contact", ["member_id"])


def downgrade():
    op.drop_table("contact")
    # Nobody is shown to more people than before.
    op.execute("update membership set audience = 'nobody' where audience = 'contacts'")
    op.execute("update membership set audience_before = null where audience_before = 'contacts'")
    for part in PARTS:
        op.execute(f"update profile set {part}_audience = 'nobody' where {part}_audience = 'contacts'")
    replace_checks(BEFORE)
