"""The people near a member: how many there are in each group around the member's own home, and who they are.

No address names a zone: the home is read from the member's own settings, and nobody else can ask for it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.geo.zones import ZoneId
from mapservice.i18n.dates import today
from mapservice.i18n.labels import ROLES, zone_name
from mapservice.privacy import nearness
from mapservice.privacy.nearness import Nearness, Sought, Surrounding
from mapservice.privacy.visibility import Viewer
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.near import people
from mapservice.store.near.people import PersonNear
from mapservice.store.places import home_zones
from mapservice.store.tables import Condition, Member
from mapservice.store.zones import tree
from mapservice.web.accounts.access import member_required
from mapservice.web.near.forms import SoughtForm
from mapservice.web.near.words import GROUPS, LISTS
from mapservice.web.site import form_fields, pagination, people_limits

bp = Blueprint("near", __name__)

#: People per page.
PAGE = 20


@bp.get("/conditions/<slug>/nearby")
@member_required
def show(member: Member, slug: str) -> str:
    """Show how many people are near this member, by what those people show, and where to see who they are."""
    form_fields.allow_only_queries("role", "language", "looking_for", "duration")
    form = SoughtForm()
    sought = form.sought()
    condition, viewer, home = _situation(member, slug)
    if sought.of_profile and home is not None:
        people_limits.consume_list(member, f"near/{condition.id}/{sought}")
    return render_template(
        "near/show.html",
        condition=condition,
        form=form,
        has_joined=viewer.has_joined,
        groups=_groups(condition, viewer, home, sought) if home is not None else None,
        sought=_asked(sought),
        has_profile_filter=bool(sought.of_profile),
        minimum=nearness.MIN_COUNT,
        max_counted=people.MAX_COUNTED,
    )


@bp.get("/conditions/<slug>/nearby/<group>")
@member_required
def listed(member: Member, slug: str, group: str) -> str | Response:
    """List the people of one group around this member's home; their profile cards are opened one at a time."""
    form_fields.allow_only_queries("role", "language", "looking_for", "duration", "page")
    form = SoughtForm()
    sought = form.sought()
    if group not in set(Nearness):
        abort(404)
    condition, viewer, home = _situation(member, slug)
    surrounding = nearness.surroundings(home).get(Nearness(group)) if home is not None else None
    if surrounding is None:
        values: dict[str, Any] = {"slug": slug, **_asked(sought)}
        return redirect(url_for("near.show", **values))
    page = pagination.paginate(_in_order(condition, viewer, surrounding, sought), PAGE)
    people_limits.consume_list(member, f"near/{condition.id}/{group}/{sought}/{page.number}")
    return render_template(
        "near/list.html",
        condition=condition,
        form=form,
        group=group,
        words=LISTS[Nearness(group)],
        zone=_zone_names([surrounding]).get(surrounding.within) if surrounding.within else None,
        people=page,
        is_cut=page.total >= people.MAX_LISTED,
        roles=ROLES,
        sought=_asked(sought),
        has_numbers=not sought.of_profile,
    )


def _situation(member: Member, slug: str) -> tuple[Condition, Viewer, ZoneId | None]:
    """Return the condition, its viewer, and their own home, if they have stored one."""
    session = get_session()
    condition = conditions.get(session, slug)
    home = home_zones.home(session, member)
    return condition, memberships.viewer(session, member, condition), home.zone_id if home else None


def _groups(
    condition: Condition, viewer: Viewer, home: ZoneId, sought: Sought
) -> Sequence[tuple[Nearness, str, str | None, int | None]]:
    """Return the groups with their words, the name of their zone, and how many people they hold.

    With a filter of profiles there are numbers of the region and of the country only, and no small ones.
    """
    session, groups = get_session(), nearness.surroundings(home)
    numbers: Mapping[Nearness, int | None]
    if sought.of_profile:
        numbers = {
            near: nearness.shown_count(people.count(session, condition, groups[near], viewer, sought))
            for near in nearness.COUNTED
            if near in groups
        }
    else:
        numbers = people.counts(session, condition, home, viewer, sought.role)
    names = _zone_names(groups.values())
    return [
        (near, str(GROUPS[near]), names.get(group.within) if group.within else None, numbers.get(near))
        for near, group in groups.items()
    ]


def _zone_names(groups: Any) -> dict[ZoneId, str]:
    zones = [group.within for group in groups if group.within]
    return {zone: zone_name(zone, name) for zone, name in tree.names(get_session(), zones).items()}


def _in_order(condition: Condition, viewer: Viewer, group: Surrounding, sought: Sought) -> Sequence[PersonNear]:
    """Return the people of a group in the order of today, which is another one for each viewer and each day."""
    key = _order_key(condition, viewer)
    start = base64.urlsafe_b64encode(hmac.digest(key, b"start", hashlib.sha256)).decode()
    found = people.find(get_session(), condition, group, viewer, sought, start=start)
    by_id = {person.public_id: person for person in found}
    return [by_id[public_id] for public_id in nearness.order(key, by_id)]


def _order_key(condition: Condition, viewer: Viewer) -> bytes:
    secret = hashlib.sha256(f"near/v1:{current_app.config['SECRET_KEY']}".encode()).digest()
    return hmac.digest(secret, f"{today()}|{viewer.member}|{condition.id}".encode(), hashlib.sha256)


def _asked(sought: Sought) -> dict[str, str]:
    """Return the filters as the query of an address."""
    asked = {"role": sought.role, "language": sought.language, "looking_for": sought.looking_for}
    return {name: str(value) for name, value in {**asked, "duration": sought.duration}.items() if value}
