"""Who is counted: brought up to date when a release is made, and at no other moment."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from mapservice.privacy.disclosure import Profile, entry_delay

# Somebody is eligible from the day on which all holds: the consent to be counted, a verified e-mail, an account of
# some age. The first few conditions count, by the day of the consent. The place is that of the home: country, region.
_ELIGIBLE = """
    select membership.condition_id, membership.member_id, membership.public_id,
           (string_to_array(home_zone.zone_id, '.'))[1] as country,
           case when home_zone.zone_id like '%.%'
                then array_to_string((string_to_array(home_zone.zone_id, '.'))[1:2], '.') end as region,
           greatest(membership.counted_since, member.joined + :account_days, member.confirmed_at::date) as since,
           row_number() over (partition by membership.member_id
                              order by membership.counted_since, membership.condition_id) as rank
    from membership join member on member.id = membership.member_id
    left join home_zone on home_zone.member_id = member.id
    where membership.counted_since is not null and member.confirmed_at is not null and member.active
"""

_LEAVE = text(f"""
    with eligible as ({_ELIGIBLE})
    delete from counted_member as counted where not exists (
        select from eligible
        where (eligible.condition_id, eligible.member_id) = (counted.condition_id, counted.member_id)
          and eligible.since <= :today and eligible.rank <= :conditions_most)
""")  # noqa: S608 -- the text above

_MOVE = text(f"""
    with eligible as ({_ELIGIBLE})
    update counted_member as counted
    set country = eligible.country, region = eligible.region, changed_on = :today
    from eligible
    where (eligible.condition_id, eligible.member_id) = (counted.condition_id, counted.member_id)
      and (eligible.country, eligible.region) is distinct from (counted.country, counted.region)
      and counted.changed_on <= :today - :rest_days
    returning counted.condition_id, counted.country, counted.region
""")  # noqa: S608 -- the text above

_WAITING = text(f"""
    with eligible as ({_ELIGIBLE})
    select eligible.condition_id, eligible.member_id, eligible.public_id, eligible.country, eligible.region,
           (select count(*) from release where made_on >= eligible.since) + 1 as releases
    from eligible left join counted_member as counted using (condition_id, member_id)
    where counted.member_id is null and eligible.since <= :today and eligible.rank <= :conditions_most
    order by eligible.condition_id, eligible.public_id
""")  # noqa: S608 -- the text above

_ENTER = text("""
    insert into counted_member (condition_id, member_id, country, region, changed_on)
    select *, cast(:today as date) from unnest(
        cast(:conditions as integer[]), cast(:members as uuid[]), cast(:countries as text[]), cast(:regions as text[]))
""")


def bring_up_to_date(session: Session, today: dt.date, *, key: bytes, profile: Profile) -> None:
    """Let those leave who left, those move who moved long enough ago, and those enter whose secret delay is over."""
    values = {
        "today": today,
        "account_days": profile.account_days,
        "conditions_most": profile.conditions_most,
        "rest_days": profile.rest_days,
    }
    session.execute(_LEAVE, values)
    session.execute(_MOVE, values)
    waiting = session.execute(_WAITING, values)
    _enter(session, [row for row in waiting if row.releases > entry_delay(key, row.public_id, profile)], today)


def _enter(session: Session, rows: Sequence[Row[Any]], today: dt.date) -> None:
    if rows:
        session.execute(
            _ENTER,
            {
                "today": today,
                "conditions": [row.condition_id for row in rows],
                "members": [row.member_id for row in rows],
                "countries": [row.country for row in rows],
                "regions": [row.region for row in rows],
            },
        )
