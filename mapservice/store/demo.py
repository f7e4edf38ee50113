"""The demo community in the database: by COPY, seconds for hundreds of thousands."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from mapservice.catalogue import DemoCondition, read_demo
from mapservice.demo import Community, DemoMember, Ground
from mapservice.geo.zones import Level
from mapservice.geo.zones import Zone as ZoneOfTree
from mapservice.privacy.geomasking import MaskedPlace, jitter
from mapservice.privacy.visibility import Audience, Role
from mapservice.store import counts, memberships, places, zones
from mapservice.store.tables import SRID, Condition, Member, Zone

Progress = Callable[[int, int], None]

#: Addresses that no mail ever reaches (RFC 2606).
ADDRESS = "demo-{}@community.invalid"

#: Where the demo's member lives.
HOME = "Freiburg"

#: People held in memory at a time.
BATCH = 20_000

_COPIES = {
    "member": "id, email, pseudonym, active, fs_uniquifier, confirmed_at, joined, synthetic",
    "home_zone": "member_id, zone_id, since",
    "membership": "condition_id, member_id, public_id, role, for_minor, audience, shown_zone, pin, joined",
    "consent": "id, member_id, condition_id, kind, wording, given_at",
}


def ground(session: Session) -> Ground:
    """The zones that people can live in, as the demo draws from them."""
    rows = session.execute(
        select(Zone.id, Zone.tree, Zone.level, Zone.name, Zone.people, Zone.anchors).where(Zone.level != Level.PART)
    )
    return Ground([ZoneOfTree(row[0], row[1], Level(row[2]), *row[3:]) for row in rows])


def communities(session: Session, wanted: Iterable[DemoCondition]) -> list[Community]:
    """The conditions of the demo with their ids and prevalence."""
    weights = {each.slug: each.weight for each in wanted}
    rows = session.execute(
        select(Condition.slug, Condition.id, Condition.prevalence)
        .where(Condition.slug.in_(weights))
        .order_by(Condition.slug)
    )
    return [Community(row.id, weights[row.slug], row.prevalence) for row in rows]


def is_made(session: Session) -> bool:
    """Whether the demo community is there."""
    return session.scalar(select(Member.id).where(Member.synthetic, Member.password.is_(None)).limit(1)) is not None


def settle(session: Session, member: Member, *, key: bytes) -> None:
    """Give the demo's member a condition and a place, if they have none: as a person of the first condition."""
    condition = session.scalars(select(Condition).where(Condition.slug == next(read_demo()).slug)).one()
    if memberships.find(session, member, condition) is not None:
        return
    area = session.scalars(
        select(Zone).where(Zone.level == Level.AREA, Zone.name == HOME, Zone.country == "DE")
    ).first()
    membership = memberships.join(session, member, condition, Role.PERSON, pseudonym=None, for_minor=False)
    memberships.agree(session, member, condition.id, "joined", "Invented for the demo.")
    if area is None:
        return
    home = zones.get(session, area.id)
    masked = MaskedPlace(home.id, {condition.id: jitter(home, member.id, condition.id, key=key)})
    places.save(session, member, masked, since=dt.datetime.now(dt.UTC))
    places.show_to(session, membership, Audience.CONDITION)
    for kind in ("shown", "finer"):
        memberships.agree(session, member, condition.id, kind, "Invented for the demo.")


def remove(session: Session) -> None:
    """Remove the invented people, and what they added to the counts."""
    session.execute(delete(Member).where(Member.synthetic, Member.password.is_(None)))
    counts.rebuild(session)


def has_any(session: Session) -> bool:
    """Whether anybody invented is there, be it only a login that everybody knows."""
    return session.scalar(select(Member.id).where(Member.synthetic).limit(1)) is not None


def remove_all(session: Session) -> None:
    """Remove the invented people and the logins that everybody knows, and what they added to the counts."""
    session.execute(delete(Member).where(Member.synthetic))
    counts.rebuild(session)


def load(session: Session, people: Iterator[DemoMember], total: int, progress: Progress) -> None:
    """Add invented people to the database, then count everybody anew."""
    connection: Any = session.connection().connection.driver_connection
    done = 0
    while batch := list(islice(people, BATCH)):
        for table, columns in _COPIES.items():
            with connection.cursor() as cursor, cursor.copy(f"copy {table} ({columns}) from stdin") as copy:
                for row in _rows(table, batch):
                    copy.write_row(row)
        done += len(batch)
        progress(done, total)
    counts.rebuild(session)
    session.execute(text("analyze member, membership, home_zone, zone_count, consent"))


def _rows(table: str, people: Sequence[DemoMember]) -> Iterator[tuple]:
    for each in people:
        moment = dt.datetime.combine(each.joined, dt.time(12), dt.UTC)
        if table == "member":
            address = ADDRESS.format(each.number)
            yield each.id, address, each.pseudonym, True, f"demo-{each.public_id}", moment, each.joined, True
        elif table == "home_zone" and each.home is not None:
            yield each.id, each.home, moment
        elif table == "membership":
            pin = each.pin and f"SRID={SRID};POINT({each.pin.lng!r} {each.pin.lat!r})"
            who = (each.condition, each.id, each.public_id, each.role, each.for_minor, each.audience)
            yield *who, each.shown_zone, pin, each.joined
        elif table == "consent":
            for kind in _consents(each):
                yield (
                    uuid.uuid5(each.id, f"{each.condition}/{kind}"),
                    each.id,
                    each.condition,
                    kind,
                    "Invented for the demo.",
                    moment,
                )


def _consents(person: DemoMember) -> Iterator[str]:
    yield "joined"
    if person.audience != "nobody":
        yield "shown"
        if person.agrees_to_finer:
            yield "finer"
