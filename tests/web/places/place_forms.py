"""Joining a community and saving a location by their forms: what tests of places share."""

import uuid

from sqlalchemy import select

from mapservice.store.tables import Membership
from testing.accounts import post

ALL = "/conditions/acute-lymphoblastic-leukaemia"


def save(client, zone, audience="condition", **fields):
    form = {"zone": zone, "audience": audience, "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/place", form)


def join(client, **fields):
    form = {"role": "person", "consent": "yes", "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/join", form)


def membership_of(session, member):
    return session.scalars(
        select(Membership).where(Membership.member_id == member.id).execution_options(populate_existing=True)
    ).one_or_none()
