"""Profiles of invented people of the demo, drawn by a hash of their public id: the same people say the same."""

from sqlalchemy import text
from sqlalchemy.orm import Session

#: What they say; each text says that it is invented.
WORDS = (
    "I went back to work last year and would like to hear how others did it. (Invented text)",
    "I like gardens and long walks, on good days. Write to me if you do too. (Invented text)",
    "The diagnosis is new for us. I would be glad to listen and to be listened to. (Invented text)",
    "After many years I know a lot about daily life with it. Ask me. (Invented text)",
    "Me gustaría hablar con otras personas que estudian. (Texto inventado)",
    "Vivo con mi familia y busco consejos para el día a día. (Texto inventado)",
)

# A third of them says something. Whole numbers from the hash choose the text, the languages and so on.
_PROFILES = text("""
    insert into profile (condition_id, member_id, words, words_audience, languages, languages_audience,
                         looking_for, looking_for_audience, duration, duration_audience,
                         relationship, relationship_audience, age_band, age_band_audience)
    select condition_id, member_id,
           (cast(:words as text[]))[1 + word], case when h % 2 = 0 then 'condition' else 'members' end,
           case when word >= 4 then array['es'] when h % 5 = 0 then array['en', 'fr'] else array['en'] end,
           'members',
           case h % 4 when 0 then array['nearby'] when 1 then array['listener', 'daily-life']
                      when 2 then array['work'] else array['longer'] end,
           'condition',
           (array['undiagnosed', 'under-1', '1-5', '5-10', 'over-10', 'always'])[1 + h / 7 % 6], 'condition',
           case when role = 'caregiver' then case when for_minor then 'parent'
                else (array['parent', 'partner', 'child', 'sibling'])[1 + h / 11 % 4] end end,
           case when h % 2 = 0 then 'condition' else 'members' end,
           case when role = 'caregiver' then case when for_minor
                then (array['0-5', '6-11', '12-17'])[1 + h / 13 % 3]
                else (array['18-39', '40-64', '65+'])[1 + h / 13 % 3] end end, 'condition'
    from (
        select condition_id, member_id, role, for_minor, h, h % cast(:number as integer) as word
        from membership join member on member.id = membership.member_id
        cross join lateral (select (abs(hashtext(public_id)::bigint) / 3)::integer as h) as hash
        where member.synthetic and member.password is null and hashtext(public_id) % 3 = 0
    ) as those
""")


def invent(session: Session) -> None:
    """Give some of the invented people a profile."""
    session.execute(_PROFILES, {"words": list(WORDS), "number": len(WORDS)})
    session.execute(text("analyze profile"))
