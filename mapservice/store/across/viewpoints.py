"""What a map has to know before it shows anybody: the login, the condition, and what its viewer shows of themselves."""

import uuid
from dataclasses import dataclass

from mapservice.geo.zones import ZoneId
from mapservice.privacy.visibility import Audience, Viewer, audiences_seen, contacts_seen
from mapservice.store.accounts import login_sessions
from mapservice.store.accounts.login_sessions import LOGIN, LOGIN_COLUMNS, Lifetime, Login
from mapservice.store.blocks.blocks import APART
from mapservice.store.contacts.contacts import CONTACTS
from mapservice.store.transactions.execution import Read

_MINE = CONTACTS.format(condition="condition.id", member="login.member_id")

# One statement, because every open map asks for it every few seconds. The version of an audience is the sum of the ids
# of all its changes, whether they were added to the counts or not: adding them up changes nothing.
_LOAD = f"""
    select login.*, condition.id, own.role, own.audience, own.public_id, own.shown_zone, st_x(own.pin), st_y(own.pin),
    (select digest from loaded where subject = 'zones'), (
        select json_object_agg(audience, version) from (
            select audience, sum(version) as version from (
                select audience, version from zone_count_version where condition_id = condition.id
                union all
                select audience, id from zone_count_change where condition_id = condition.id
            ) as change group by audience
        ) as current
    ), array({APART.format(condition="condition.id", member="login.member_id")}), array({_MINE}), (
        select json_object_agg(member_id, concat_ws('/', public_id, role, shown_zone, pin::text))
        from membership
        where condition_id = condition.id and member_id in ({_MINE})
          and audience = 'contacts' and shown_zone is not null
    )
    from ({LOGIN}) as login
    left join condition on condition.slug = %(slug)s and condition.is_offered
    left join membership as own on own.condition_id = condition.id and own.member_id = login.member_id
        and own.closed_on is null
"""  # noqa: S608 -- the statement is a constant


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A member who looks at the map of a condition.

    ``role`` and ``public_id`` are those with which they have joined it, if they have; ``shown_zone`` and ``pin``
    (lng, lat) are what they show there themselves, if anybody can see them. ``tree`` is the digest of the zones that
    are loaded. ``versions`` are those of the audiences that they can see: other numbers after every change of what the
    map shows them. ``shown_to_contacts`` are the people whom they see because these show themselves to their contacts,
    with what they show; there are no stored counts of these.
    """

    condition_id: int
    viewer: Viewer
    role: str | None
    public_id: str | None
    shown_zone: ZoneId | None
    pin: tuple[float, float] | None
    tree: str | None
    versions: tuple[tuple[str, int], ...]
    shown_to_contacts: tuple[str, ...]


def load(read: Read, token_hash: bytes, slug: str, *, member: Lifetime) -> tuple[Login | None, Viewpoint | None]:
    """Return the login of a token, and how its member looks at the map of a condition; None without a condition."""
    rows = read(_LOAD, {"token_hash": token_hash, "slug": slug})
    login = login_sessions.login_of(rows[0][:LOGIN_COLUMNS], member=member) if rows else None
    if login is None or login.member_id is None:
        return login, None
    condition_id, role, audience, public_id, shown_zone, lng, lat, tree, versions, *people = rows[0][LOGIN_COLUMNS:]
    if condition_id is None:
        return login, None
    apart, contacts, shown = people
    is_shown = role is not None and audience != Audience.NOBODY
    seen_by_self = {login.member_id} if audience == Audience.CONTACTS else set()
    viewer = Viewer(login.member_id, role is not None, frozenset(apart), frozenset(contacts) | seen_by_self)
    seen = tuple((audience, (versions or {}).get(audience, 0)) for audience in audiences_seen(viewer))
    zone, pin = (shown_zone, (lng, lat) if lng is not None else None) if is_shown else (None, None)
    to_contacts = {uuid.UUID(member_id): what for member_id, what in (shown or {}).items()}
    if seen_by_self and zone is not None:
        to_contacts[login.member_id] = f"{public_id}/{role}/{zone}/{pin}"
    to_viewer = tuple(sorted(to_contacts[member_id] for member_id in contacts_seen(viewer) & to_contacts.keys()))
    return login, Viewpoint(condition_id, viewer, role, public_id, zone, pin, tree, seen, to_viewer)
