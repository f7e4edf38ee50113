"""An attack on what is left of a place and of a condition, once somebody has hidden, forgotten the place and left."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, session
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice.db import get_session
from mapservice.geo.zones import path
from mapservice.store.community import memberships
from mapservice.store.tables import Base, Member, Membership
from mapservice.web.accounts import login
from testing.accounts import new_member, post

#: A second condition, in which the member stays.
OTHER = "/conditions/marfan-syndrome"


def a19_leaving(context: Context) -> Outcome:
    """With a dump of somebody who hid, forgot their place and left, one looks for where they were, and for what."""
    left_over, hidden = _left_behind(context)
    broken, _hidden = _left_behind(context, keep_in_session)
    return Outcome(
        "A19 hide, forget, leave", f"zone, pin or condition in a dump, of {hidden} before", "0", str(left_over),
        left_over == 0 and hidden > 0, "a session that keeps how one was shown", str(broken), broken > 0,
    )  # fmt: skip


def keep_in_session(app: Flask) -> None:
    """The bad design: hiding leaves in the session to whom and where one was shown."""
    hide = app.view_functions["place.hide"]

    def hide_and_keep(slug: str) -> Any:
        member = login.current_member()
        assert member is not None
        joined = memberships.list_for_member(get_session(), member)
        session["shown_before"] = {
            condition.slug: [membership.audience, membership.shown_zone]
            for membership, condition in joined
            if condition.slug == slug
        }
        return hide(slug=slug)

    app.view_functions["place.hide"] = hide_and_keep


def _left_behind(context: Context, plant: Callable[[Flask], None] = lambda _app: None) -> tuple[int, int]:
    """How many traces a dump has after forgetting and after leaving together, and how many while hidden."""
    with service.service(context) as (app, stored, connection):
        plant(app)
        member = new_member(stored, "leaves@example.org", pseudonym="Leaves")
        phone, desk = (service.browser(app, member) for _ in range(2))
        area = service.freiburg(stored)
        steps = [(f"{OTHER}/join", {"role": "person", "consent": "yes"}),
                 (f"{service.PAGE}/join", {"role": "person", "consent": "yes", "counted": "yes"}),
                 (f"{service.PAGE}/place", {"zone": area, "audience": "members", "finer": "yes"}),
                 (f"{service.PAGE}/hide", {})]  # fmt: skip
        for address, form in steps:
            needs = {} if address.endswith("hide") else {"operation": str(uuid.uuid4())}
            service.taken(post(phone, address, form | needs))
        place = [*path(area)[1:], _pin(stored, member)]
        hidden = _hits(connection, place)
        # From another browser, which cannot reach what is kept for the first.
        service.taken(post(desk, "/me/place/forget"))
        left_over = _hits(connection, place)
        service.taken(post(desk, f"{service.PAGE}/leave", {"sure": "yes"}))
        left_over += _hits(connection, [*place, service.SLUG]) + _rows_there(stored, member)
    return left_over, hidden


def _pin(stored: Session, member: Member) -> str:
    """The member's pin as COPY writes it."""
    return stored.scalars(
        select(func.upper(func.encode(func.ST_AsEWKB(Membership.pin), "hex"))).where(
            Membership.member_id == member.id, Membership.pin.is_not(None)
        )
    ).one()


def _hits(connection: Connection, needles: list[str]) -> int:
    held = service.dump(connection)
    return sum(needle in held for needle in needles)


def _rows_there(stored: Session, member: Member) -> int:
    """How many rows still say that the member belongs, or belonged, to the condition."""
    here = service.condition(stored).id
    tables = [
        table for table in Base.metadata.tables.values() if {"condition_id", "member_id"} <= set(table.columns.keys())
    ]
    return sum(
        stored.scalar(
            select(func.count()).select_from(table).where(table.c.condition_id == here, table.c.member_id == member.id)
        )
        or 0
        for table in tables
    )


ATTACKS = (a19_leaving,)
