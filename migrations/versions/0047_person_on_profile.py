"""What a caregiver says about the person for whom they speak, on the profile, each part with an audience of its own.

Why: like the other parts of a profile it can be shown to others, and is to nobody until the caregiver chooses so. It
moves from the table of speakers, where the previous version looks for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047_person_on_profile"
down_revision = "0046_memorial"
branch_labels = None
depends_on = None

NEEDS_THIS_VERSION = True

RELATIONSHIPS = "'parent', 'partner', 'child', 'sibling', 'relative', 'friend', 'professional', 'other'"
AGE_BANDS = "'0-5', '6-11', '12-17', '18-39', '40-64', '65+'"
AUDIENCES = "'nobody', 'contacts', 'condition', 'members'"
CHECKS = {
    "relationship": f"relationship is null or relationship in ({RELATIONSHIPS})",
    "age_band": f"age_band is null or age_band in ({AGE_BANDS})",
}


def upgrade():
    for part, check in CHECKS.items():
        op.add_column("profile", sa.Column(part, sa.Text(), nullable=True))
        audience = sa.Column(f"{part}_audience", sa.Text(), server_default="nobody", nullable=False)
        op.add_column("profile", audience)
        op.create_check_constraint(op.f(f"ck_profile_{part}"), "profile", check)
        op.create_check_constraint(op.f(f"ck_profile_{part}_audience"), "profile", f"{part}_audience in ({AUDIENCES})")
    op.execute("""
        insert into profile (condition_id, member_id, words, words_audience, languages, languages_audience,
                             looking_for, looking_for_audience, duration_audience, relationship, age_band)
        select condition_id, member_id, '', 'nobody', '{}', 'nobody', '{}', 'nobody', 'nobody', relationship, age_band
        from speaker where relationship is not null or age_band is not null
        on conflict (condition_id, member_id) do update
        set relationship = excluded.relationship, age_band = excluded.age_band
    """)
    for part in CHECKS:
        op.drop_constraint(op.f(f"ck_speaker_{part}"), "speaker")
        op.drop_column("speaker", part)


def downgrade():
    for part, check in CHECKS.items():
        op.add_column("speaker", sa.Column(part, sa.Text(), nullable=True))
        op.create_check_constraint(op.f(f"ck_speaker_{part}"), "speaker", check)
    op.execute("""
        insert into speaker (condition_id, member_id, person_id, relationship, age_band)
        select condition_id, member_id, gen_random_uuid(), relationship, age_band
        from profile where relationship is not null or age_band is not null
        on conflict (condition_id, member_id) do update
        set relationship = excluded.relationship, age_band = excluded.age_band
    """)
    for part in CHECKS:
        op.drop_column("profile", f"{part}_audience")
        op.drop_column("profile", part)
    # A profile that says nothing has no row.
    op.execute("delete from profile where words = '' and languages = '{}' and looking_for = '{}' and duration is null")
