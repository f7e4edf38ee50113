"""The first tables: the ground, the catalogue, accounts, and who lives in which zone.

Why: the members' map, end to end. Every later capability stands on these keys.
"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "allowance",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowance")),
    )
    op.create_geospatial_table(
        "base_feature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("min_zoom", sa.SmallInteger(), nullable=False),
        sa.Column("max_zoom", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column(
            "geom",
            geoalchemy2.Geometry(
                srid=3857,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_feature")),
    )
    op.create_geospatial_index("ix_base_feature_geom", "base_feature", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "base_tile",
        sa.Column("z", sa.SmallInteger(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("z", "x", "y", name=op.f("pk_base_tile")),
    )
    op.create_table(
        "condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("prevalence", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition")),
        sa.UniqueConstraint("slug", name=op.f("uq_condition_slug")),
    )
    op.create_table(
        "loaded",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_loaded")),
    )
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_due_at"), "mail", ["due_at"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("joined", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("synthetic", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("email", name=op.f("uq_member_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_member_fs_uniquifier")),
    )
    op.create_table(
        "staff_role",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_staff_role")),
    )
    op.create_geospatial_table(
        "zone",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("tree", sa.SmallInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(collation="C"), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("appears", sa.SmallInteger(), nullable=False),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("box", sa.ARRAY(sa.REAL()), nullable=False),
        sa.Column(
            "anchor",
            geoalchemy2.Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column(
            "shape",
            geoalchemy2.Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("anchors", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("level in ('part', 'country', 'region', 'district', 'area')", name=op.f("ck_zone_level")),
        sa.ForeignKeyConstraint(["parent"], ["zone.id"], name=op.f("fk_zone_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
    )
    op.create_geospatial_index("ix_zone_anchor", "zone", ["anchor"], unique=False, postgresql_using="gist")
    op.create_index(op.f("ix_zone_appears"), "zone", ["appears"], unique=False)
    op.create_index(op.f("ix_zone_country"), "zone", ["country"], unique=False)
    op.create_index(op.f("ix_zone_opens"), "zone", ["opens"], unique=False)
    op.create_index(op.f("ix_zone_parent"), "zone", ["parent"], unique=False)
    op.create_table(
        "condition_code",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["condition.id"], name=op.f("fk_condition_code_condition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("condition_id", "system", "code", name=op.f("pk_condition_code")),
    )
    op.create_index("ix_condition_code_system_code", "condition_code", ["system", "code"], unique=False)
    op.create_table(
        "condition_name",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('name', 'synonym')", name=op.f("ck_condition_name_kind")),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["condition.id"], name=op.f("fk_condition_name_condition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("condition_id", "name", name=op.f("pk_condition_name")),
    )
    op.create_index("ix_condition_name_folded", "condition_name", ["folded"], unique=False)
    op.create_index(
        "ix_condition_name_folded_trgm",
        "condition_name",
        ["folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("condition_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_consent_condition_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_consent_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_member_id_condition_id", "consent", ["member_id", "condition_id"], unique=False)
    op.create_table(
        "home_zone",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("zone_id", sa.Text(collation="C"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_home_zone_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_home_zone_zone_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_home_zone")),
    )
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_login_session_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_member_id"), "login_session", ["member_id"], unique=False)
    op.create_index(op.f("ix_login_session_seen_at"), "login_session", ["seen_at"], unique=False)
    op.create_table(
        "member_staff_role",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("staff_role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_staff_role_member_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_role"], ["staff_role.name"], name=op.f("fk_member_staff_role_staff_role")),
        sa.PrimaryKeyConstraint("member_id", "staff_role", name=op.f("pk_member_staff_role")),
    )
    op.create_geospatial_table(
        "membership",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("for_minor", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), server_default="nobody", nullable=False),
        sa.Column("shown_zone", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "pin",
            geoalchemy2.Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("joined", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("counted_since", sa.Date(), nullable=True),
        sa.CheckConstraint("audience in ('nobody', 'condition', 'members')", name=op.f("ck_membership_audience")),
        sa.CheckConstraint(
            "role in ('person', 'caregiver', 'organisation', 'adviser', 'professional', 'researcher')",
            name=op.f("ck_membership_role"),
        ),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_membership_condition_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_membership_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["shown_zone"], ["zone.id"], name=op.f("fk_membership_shown_zone")),
        sa.PrimaryKeyConstraint("condition_id", "member_id", name=op.f("pk_membership")),
        sa.UniqueConstraint("public_id", name=op.f("uq_membership_public_id")),
    )
    op.create_index("ix_membership_condition_id_shown_zone", "membership", ["condition_id", "shown_zone"], unique=False)
    op.create_index("ix_membership_member_id", "membership", ["member_id"], unique=False)
    op.create_geospatial_index(
        "ix_membership_pin",
        "membership",
        ["pin"],
        unique=False,
        postgresql_using="gist",
        postgresql_where="pin is not null",
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_operation_member_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    op.create_index(op.f("ix_operation_done_at"), "operation", ["done_at"], unique=False)
    op.create_index(op.f("ix_operation_member_id"), "operation", ["member_id"], unique=False)
    op.create_table(
        "zone_count",
        sa.Column("condition_id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Text(collation="C"), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 0", name=op.f("ck_zone_count_n")),
        sa.ForeignKeyConstraint(["condition_id"], ["condition.id"], name=op.f("fk_zone_count_condition_id")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_count_zone_id")),
        sa.PrimaryKeyConstraint("condition_id", "zone_id", "audience", "role", name=op.f("pk_zone_count")),
    )
    op.create_index("ix_zone_count_zone_id", "zone_count", ["zone_id"], unique=False)


def downgrade():
    op.drop_index("ix_zone_count_zone_id", table_name="zone_count")
    op.drop_table("zone_count")
    op.drop_index(op.f("ix_operation_member_id"), table_name="operation")
    op.drop_index(op.f("ix_operation_done_at"), table_name="operation")
    op.drop_table("operation")
    op.drop_geospatial_index(
        "ix_membership_pin",
        table_name="membership",
        postgresql_using="gist",
        postgresql_where="pin is not null",
        column_name="pin",
    )
    op.drop_index("ix_membership_member_id", table_name="membership")
    op.drop_index("ix_membership_condition_id_shown_zone", table_name="membership")
    op.drop_geospatial_table("membership")
    op.drop_table("member_staff_role")
    op.drop_index(op.f("ix_login_session_seen_at"), table_name="login_session")
    op.drop_index(op.f("ix_login_session_member_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_table("home_zone")
    op.drop_index("ix_consent_member_id_condition_id", table_name="consent")
    op.drop_table("consent")
    op.drop_index(
        "ix_condition_name_folded_trgm",
        table_name="condition_name",
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.drop_index("ix_condition_name_folded", table_name="condition_name")
    op.drop_table("condition_name")
    op.drop_index("ix_condition_code_system_code", table_name="condition_code")
    op.drop_table("condition_code")
    op.drop_index(op.f("ix_zone_parent"), table_name="zone")
    op.drop_index(op.f("ix_zone_opens"), table_name="zone")
    op.drop_index(op.f("ix_zone_country"), table_name="zone")
    op.drop_index(op.f("ix_zone_appears"), table_name="zone")
    op.drop_geospatial_index("ix_zone_anchor", table_name="zone", postgresql_using="gist", column_name="anchor")
    op.drop_geospatial_table("zone")
    op.drop_table("staff_role")
    op.drop_table("member")
    op.drop_index(op.f("ix_mail_due_at"), table_name="mail")
    op.drop_table("mail")
    op.drop_table("loaded")
    op.drop_table("condition")
    op.drop_table("base_tile")
    op.drop_geospatial_index(
        "ix_base_feature_geom", table_name="base_feature", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("base_feature")
    op.drop_table("allowance")
