"""An attack on families: does a child's card, which shows a region, lead to that of the parent, who shows an area?"""

import uuid

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.cards import Told, paired, read_card
from bench.attacks.pages import send, sent_forms
from bench.attacks.table import Context, Outcome
from mapservice.geo.zones import Level
from mapservice.privacy.geomasking import coarsen
from mapservice.store.tables import Condition, Member, Membership
from testing.accounts import new_member

#: Families of one zone whose cards are to be paired, and the conditions of parent and child.
FAMILIES = 12
PARENT, CHILD = service.SLUG, "cystic-fibrosis"


def a29_children(context: Context) -> Outcome:
    """A member opens all cards of a region on two maps and pairs those of parents with those of their children.

    Nobody chooses a name: all are called as the service proposes.
    """
    with service.service(context) as (app, session, _connection):
        reader = service.browser(app, new_member(session, "reads@example.org"))
        groups = [_families(app, session, number) for number in range(max(1, context.scale.trials // 3_000))]
        share = float(np.mean([_paired(reader, *group) for group in groups]))
        finer = session.scalar(
            select(func.count()).select_from(Membership).where(
                Membership.for_minor, Membership.pin.is_not(None) | Membership.shown_zone.like("%.%.%"))
        )  # fmt: skip
        own = select(Member.pseudonym).where(Member.id == Membership.member_id).scalar_subquery()
        session.execute(update(Membership).values(pseudonym=own), execution_options={"synchronize_session": False})
        session.commit()
        broken = float(np.mean([_paired(reader, *group) for group in groups]))
    chance = 1 / FAMILIES
    return Outcome(
        "A29 a child's profile and the parent's",
        "pairs found by all that profiles show; children shown finer than a region",
        f"≤ chance ({chance:.3f}) + 0.02; 0", f"{share:.3f}; {finer}", share <= chance + 0.02 and finer == 0,
        "the account's name on both profiles", f"{broken:.3f}", broken > chance + 0.02,
    )  # fmt: skip


def _families(app: Flask, session: Session, number: int) -> tuple[list[str], list[str]]:
    """Public ids of parents and, in the same order, of their children."""
    area = service.freiburg(session)
    members = [new_member(session, f"a29-{number}-{at}@example.org", pseudonym=f"Family {uuid.uuid4().hex[:8]}")
               for at in range(FAMILIES)]  # fmt: skip
    for member in members:
        client = service.browser(app, member)
        _joined(client, PARENT, area, role="person")
        _joined(client, CHILD, coarsen(area, Level.REGION), role="caregiver", for_minor="yes")
    rows = session.execute(
        select(Condition.slug, Membership.member_id, Membership.public_id)
        .join(Condition, Condition.id == Membership.condition_id)
        .where(Membership.member_id.in_([member.id for member in members]))
    )
    ids = {(slug, member_id): public_id for slug, member_id, public_id in rows}
    return [ids[PARENT, member.id] for member in members], [ids[CHILD, member.id] for member in members]


def _joined(client: FlaskClient, slug: str, zone: str, **fields: str) -> None:
    """Join and be shown to all members, by the forms as they stand and without a name of one's own."""
    page = f"/conditions/{slug}"
    join = next(sent_forms(client.get(f"{page}/join"), f"{page}/join"))
    service.taken(send(client, join, {"consent": "yes", **fields}))
    place = next(sent_forms(client.get(f"{page}/place"), f"{page}/place"))
    service.taken(send(client, place, {"zone": zone, "audience": "members", "finer": "yes"}))


def _paired(reader: FlaskClient, parents: list[str], children: list[str]) -> float:
    """How often a parent's card is the most alike to that of their child."""
    return paired(_cards(reader, PARENT, parents), _cards(reader, CHILD, children))


def _cards(reader: FlaskClient, slug: str, ids: list[str]) -> list[Told]:
    return [read_card(reader, slug, public_id) for public_id in ids]


ATTACKS = (a29_children,)
