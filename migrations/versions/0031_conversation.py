"""Conversations of two members in a condition, what they write, and who may write to whom.

Why: everything that is written is encrypted. The data key of a conversation is stored with it, encrypted by a key that
is not in the database, so that a conversation that was deleted cannot be read in a backup once that key is destroyed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031_conversation"
down_revision = "0030_operator"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False

CONVERSATION = ["conversation.condition_id", "conversation.id"]


def of_member(table):
    return sa.ForeignKeyConstraint(
        ["member_id"], ["member.id"], name=op.f(f"fk_{table}_member_id_member"), ondelete="CASCADE"
    )


def of_conversation(table):
    return sa.ForeignKeyConstraint(
        ["condition_id", "conversation_id"], CONVERSATION, name=op.f(f"fk_{table}_condition_id_conversation"),
        ondelete="CASCADE",
    )  # fmt: skip


def upgrade():
    op.create_table(
        "conversation",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("messages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("state in ('draft', 'sent', 'accepted')", name=op.f("ck_conversation_state")),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["condition.id"], name=op.f("fk_conversation_condition_id_condition")
        ),
        of_member("conversation"),
        sa.PrimaryKeyConstraint("condition_id", "id", name=op.f("pk_conversation")),
    )
    op.create_index(op.f("ix_conversation_member_id"), "conversation", ["member_id"])
    op.create_index(op.f("ix_conversation_key_id"), "conversation", ["key_id"])
    op.create_index(
        op.f("ix_conversation_unanswered"), "conversation", ["active_at"],
        postgresql_where=sa.text("state <> 'accepted'"),
    )  # fmt: skip
    op.create_table(
        "participant",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("has_joined", sa.Boolean(), nullable=False),
        sa.Column("has_declined", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("messages_read", sa.Integer(), server_default="0", nullable=False),
        of_conversation("participant"),
        of_member("participant"),
        sa.PrimaryKeyConstraint("condition_id", "conversation_id", "member_id", name=op.f("pk_participant")),
    )
    op.create_index(op.f("ix_participant_member_id"), "participant", ["member_id"])
    op.create_table(
        "message",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        sa.Column("encrypted", sa.LargeBinary(), nullable=False),
        of_conversation("message"),
        of_member("message"),
        sa.PrimaryKeyConstraint("condition_id", "conversation_id", "number", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_member_id"), "message", ["member_id"])
    op.create_table(
        "draft",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("saved_on", sa.Date(), server_default=sa.func.current_date(), nullable=False),
        sa.Column("encrypted", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id", "conversation_id", "member_id"],
            ["participant.condition_id", "participant.conversation_id", "participant.member_id"],
            name=op.f("fk_draft_condition_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "conversation_id", "member_id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_member_id"), "draft", ["member_id"])
    op.create_table(
        "message_settings",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("writers", sa.Text(), nullable=False),
        sa.CheckConstraint("writers in ('nobody', 'condition', 'members')", name=op.f("ck_message_settings_writers")),
        sa.ForeignKeyConstraint(
            ["condition_id", "member_id"],
            ["membership.condition_id", "membership.member_id"],
            name=op.f("fk_message_settings_condition_id_membership"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f("pk_message_settings")),
    )
    op.create_table(
        "first_message",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        of_member("first_message"),
        sa.PrimaryKeyConstraint("member_id", "place", name=op.f("pk_first_message")),
    )
    op.create_table(
        "accepted_count",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("accepted", sa.SmallInteger(), nullable=False),
        of_member("accepted_count"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_accepted_count")),
    )
    op.create_table(
        "message_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unused_since", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_key")),
    )


def downgrade():
    for table in (
        "message_key", "accepted_count", "first_message", "message_settings", "draft", "message", "participant",
        "conversation",
    ):  # fmt: skip
        op.drop_table(table)
