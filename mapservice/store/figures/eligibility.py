"""The counted members: updated when a release is made, and otherwise only to remove somebody.

Each affected person is counted once, however many members speak for them.
"""

import datetime as dt
import functools
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.privacy.disclosure import Profile, entry_delay

# Differences between counted and eligible members, found in one pass over everybody. A membership is eligible from the
# day on which all requirements are met: consent to be counted, verified e-mail, minimum age of the account. Only the
# first few conditions of a member count, by the day of the consent. The place is country and region of the home zone.
# After leaving any count, in whichever way, a cooldown delays entering others; existing counts stay. For the delay it
# is enough to check those for whom a release was made since they became eligible. A membership that was held back,
# because another one was counted for the same person, is eligible from the day after that release. Nobody is counted as
# living for a person whose death a caregiver told of.
_FIND = text("""
    create temp table count_difference on commit drop as
    with many as (
        select member_id from membership where counted_since is not null
        group by member_id having count(*) > :max_conditions
    ), ranked as (
        select condition_id, member_id,
               row_number() over (partition by member_id order by counted_since, condition_id) as rank
        from membership join many using (member_id) where counted_since is not null
    ), eligible as (
        select condition_id, member_id, membership.public_id,
               split_part(home_zone.zone_id, '.', 1) as country,
               case when home_zone.zone_id like '%.%'
                    then split_part(home_zone.zone_id, '.', 1) || '.' || split_part(home_zone.zone_id, '.', 2)
               end as region,
               greatest(membership.counted_since, member.joined + :account_days, member.confirmed_at::date) as since,
               greatest(member.left_count_on + :cooldown_days, uncounted_speaker.held_on + 1) as rested
        from membership join member on member.id = membership.member_id
        left join home_zone using (member_id)
        left join uncounted_speaker using (condition_id, member_id)
        left join ranked using (condition_id, member_id)
        where membership.counted_since <= :today and member.joined <= :today - :account_days
          and member.active and coalesce(ranked.rank, 0) <= :max_conditions
          and not exists (
              select from speaker join memorial using (condition_id, person_id)
              where (speaker.condition_id, speaker.member_id) = (membership.condition_id, membership.member_id)
          )
    )
    select condition_id, member_id, eligible.public_id, eligible.country, eligible.region,
           greatest(eligible.since, eligible.rested) as since,
           case when eligible.member_id is null then 'leaves' when counted.member_id is null then 'enters'
                else 'moves' end as what
    from (select * from eligible where since <= :today) as eligible
    full join counted_member as counted using (condition_id, member_id)
    where eligible.member_id is null
       or counted.member_id is null and greatest(eligible.since, eligible.rested) <= :ripe
       or (eligible.country, eligible.region) is distinct from (counted.country, counted.region)
          and counted.changed_on <= :today - :cooldown_days
""")

# Each person is counted once. Of those who speak for one person nobody enters while another is counted, and of several
# who could enter, the one who was eligible first. Their rows are locked before anybody looks: a pairing that is
# confirmed meanwhile waits for this transaction, and then keeps only the first in the count.
_LOCK_SPEAKERS = text("""
    select from membership join speaker using (condition_id, member_id)
    join count_difference as found using (condition_id, member_id)
    where found.what = 'enters' order by membership.condition_id, membership.member_id for key share of membership
""")

_HOLD_BACK = text("""
    delete from count_difference as found using speaker as mine, speaker as theirs
    where found.what = 'enters' and (mine.condition_id, mine.member_id) = (found.condition_id, found.member_id)
      and (theirs.condition_id, theirs.person_id) = (mine.condition_id, mine.person_id)
      and theirs.member_id <> mine.member_id
      and (exists (
               select from counted_member as counted
               where (counted.condition_id, counted.member_id) = (theirs.condition_id, theirs.member_id)
           ) or exists (
               select from count_difference as other
               where other.what = 'enters'
                 and (other.condition_id, other.member_id) = (theirs.condition_id, theirs.member_id)
                 and (other.since, other.public_id) < (found.since, found.public_id)
           ))
""")

_NOTE_HELD = text("""
    insert into uncounted_speaker (condition_id, member_id, held_on)
    select theirs.condition_id, theirs.member_id, :today
    from speaker as mine join counted_member using (condition_id, member_id)
    join speaker as theirs on (theirs.condition_id, theirs.person_id) = (mine.condition_id, mine.person_id)
         and theirs.member_id <> mine.member_id
    where mine.is_shared
    union
    select theirs.condition_id, theirs.member_id, cast(:today as date)
    from memorial as mine join speaker as theirs using (condition_id, person_id)
    join membership as open on (open.condition_id, open.member_id) = (theirs.condition_id, theirs.member_id)
    where open.closed_on is null
    order by 1, 2
    on conflict (condition_id, member_id) do update set held_on = excluded.held_on
""")

# The day has no effect once every delay after it is over.
_FORGET_HELD = text("delete from uncounted_speaker where held_on < :sure")

# How many people each bucket has before anybody is removed, moved or added. Counted before any row is locked: a member
# who is in this release would wait for it in order to leave.
_COUNT_BEFORE = text("""
    create temp table count_before on commit drop as
    with tally as (
        select condition_id, country, region, count(*) as n from counted_member group by 1, 2, 3
    )
    select condition_id, place, sum(n)::integer as people
    from tally, unnest(array['world', country, region]) as place
    where place is not null group by 1, 2
""")

# What this release changes of each bucket: how many people entered it, and by how much its number of people differs.
_CREATE_CHANGES = text("""
    create temp table count_change (condition_id integer, place text, entered integer, people integer) on commit drop
""")

_LEAVE = text("""
    with gone as (
        delete from counted_member as counted using count_difference as found
        where found.what = 'leaves'
          and (counted.condition_id, counted.member_id) = (found.condition_id, found.member_id)
        returning counted.condition_id, counted.country, counted.region
    )
    insert into count_change
    select condition_id, place, 0, -1 from gone, unnest(array['world', country, region]) as place
    where place is not null
""")

# A member who moves enters the new places, but not a country in which they stay.
_MOVE = text("""
    with here as (
        select counted.condition_id, counted.member_id, counted.country, counted.region
        from counted_member as counted join count_difference as found using (condition_id, member_id)
        where found.what = 'moves' for update of counted
    ), moved as (
        update counted_member as counted set country = found.country, region = found.region, changed_on = :today
        from count_difference as found join here using (condition_id, member_id)
        where (counted.condition_id, counted.member_id) = (found.condition_id, found.member_id)
        returning counted.condition_id, array[here.country, here.region] as old, array[counted.country, counted.region]
            as new
    )
    insert into count_change
    select condition_id, place, 1, 1 from moved, unnest(new) as place
    where place is not null and array_position(old, place) is null
    union all
    select condition_id, place, 0, -1 from moved, unnest(old) as place
    where place is not null and array_position(new, place) is null
""")

_UNDECIDED = text("select public_id, since from count_difference where what = 'enters' and since > :sure")

_WAIT = text("delete from count_difference where public_id in (select unnest(cast(:waiting as text[])))")

# A member who leaves or revokes the consent at the same moment does not enter.
_ENTER = text("""
    with come as (
        select found.condition_id, found.member_id, found.country, found.region
        from count_difference as found join membership using (condition_id, member_id)
        where found.what = 'enters' and membership.counted_since is not null
        order by found.condition_id, found.member_id
        for key share of membership
    ), entered as (
        insert into counted_member (condition_id, member_id, country, region, changed_on)
        select condition_id, member_id, country, region, :today from come
        returning condition_id, country, region
    ), tally as (select condition_id, country, region, count(*) as n from entered group by 1, 2, 3)
    insert into count_change
    select condition_id, place, n, n from tally, unnest(array['world', country, region]) as place
    where place is not null
""")

# Once the cooldown and every delay after it are over, the day has no effect. A member whose row is locked by a page is
# left to the next release, because that page may in turn wait for this transaction.
_END_COOLDOWNS = text("""
    update member set left_count_on = null
    where id in (select id from member where left_count_on + :cooldown_days <= :sure for no key update skip locked)
""")

_DROP_DIFFERENCES = text("drop table count_difference")


def update_counted_members(
    session: Session, today: dt.date, release_days: Sequence[dt.date], *, key: bytes, profile: Profile
) -> None:
    """Remove members who left, move those whose cooldown is over, and add those whose secret delay is over.

    ``release_days`` are the days of the earlier releases, newest first. Until the end of the transaction, the temporary
    table ``count_before`` has the number of people of each bucket before, and ``count_change`` what changed. Somebody
    who leaves while this runs may still be in these numbers, and is not in those of the next release.
    """
    values = {
        "today": today,
        "account_days": profile.account_days,
        "max_conditions": profile.max_conditions,
        "cooldown_days": profile.cooldown_days,
        "ripe": _day(release_days, profile.min_delay),
    }
    session.execute(_FIND, values)
    sure = _day(release_days, profile.max_delay)
    session.execute(_WAIT, {"waiting": _waiting(session, sure, release_days, key=key, profile=profile)})
    session.execute(_LOCK_SPEAKERS)
    session.execute(_HOLD_BACK)
    session.execute(_COUNT_BEFORE)
    session.execute(_CREATE_CHANGES)
    session.execute(_LEAVE)
    session.execute(_MOVE, {"today": today})
    session.execute(_ENTER, {"today": today})
    session.execute(_NOTE_HELD, {"today": today})
    session.execute(_FORGET_HELD, {"sure": sure})
    session.execute(_DROP_DIFFERENCES)


def end_cooldowns(session: Session, release_days: Sequence[dt.date], *, profile: Profile) -> None:
    """Delete the days of leaving that no longer delay anybody.

    It comes last in a release: members whose rows it locks could not hide until the transaction ends.
    """
    values = {"cooldown_days": profile.cooldown_days, "sure": _day(release_days, profile.max_delay)}
    session.execute(_END_COOLDOWNS, values)


def _waiting(
    session: Session, sure: dt.date, release_days: Sequence[dt.date], *, key: bytes, profile: Profile
) -> list[str]:
    """Return the public ids of those whose secret delay is not over."""
    passed = functools.cache(lambda since: sum(day >= since for day in release_days))
    return [
        candidate.public_id
        for candidate in session.execute(_UNDECIDED, {"sure": sure})
        if entry_delay(key, candidate.public_id, profile) > passed(candidate.since)
    ]


def _day(release_days: Sequence[dt.date], releases: int) -> dt.date:
    """Return the last day since which ``releases`` releases were made; the earliest date if there were fewer."""
    return release_days[releases - 1] if len(release_days) >= releases else dt.date.min
