"""People in memory of the demo: some invented caregivers let somebody be counted as remembered."""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Half of the caregivers who are not counted themselves: they stay for somebody else. The same seed gives the same rows.
_MEMORIALS = text("""
    insert into memorial (condition_id, id, member_id, person_id, choice, closed_on, country, due_on, is_final)
    select condition_id, md5('memorial' || public_id)::uuid, member_id, md5('person' || public_id)::uuid, 'memory',
           membership.joined, split_part(home_zone.zone_id, '.', 1), membership.joined + 31 + (h % 62)::integer, true
    from membership join member on member.id = membership.member_id join home_zone using (member_id)
    cross join lateral (select abs(hashtext(public_id)::bigint) as h) as hash
    where member.synthetic and member.password is null and role = 'caregiver' and counted_since is null and h % 2 = 0
""")


def invent(session: Session) -> None:
    """Let some of the invented caregivers keep somebody in memory."""
    session.execute(_MEMORIALS)
    session.execute(text("analyze memorial"))
