"""What the operator sets in the browser: settings, texts with their versions, the logo.

Why: the name of a service, its imprint and its rules were in the environment or nowhere, and each change needed
somebody with access to the machine.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030_operator"
down_revision = "0029_block"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = False


def upgrade():
    op.create_table(
        "service_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_setting")),
    )
    op.create_table(
        "service_text",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('imprint', 'controller', 'terms', 'rules')", name=op.f("ck_service_text_kind")),
        sa.CheckConstraint("length(source) <= 30000", name=op.f("ck_service_text_source")),
        sa.PrimaryKeyConstraint("kind", "language", "number", name=op.f("pk_service_text")),
    )
    op.create_table(
        "service_picture",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "size", name=op.f("pk_service_picture")),
    )


def downgrade():
    op.drop_table("service_picture")
    op.drop_table("service_text")
    op.drop_table("service_setting")
