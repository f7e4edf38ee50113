"""What the cards and lists of the members' map tell of people who are on two maps under a name of their own in each."""

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from unittest.mock import patch

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.attacks import community, service
from bench.attacks.table import Context, Outcome
from mapservice.geo.zones import Level
from mapservice.i18n.profile_words import CardWords
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, Membership
from mapservice.web.members_map import members_map as pages
from testing.accounts import new_member, post

#: People of one zone and role who are all in both conditions, and the months over which they came.
TOGETHER, MONTHS = 12, 60

#: The conditions that they join.
BOTH = (service.SLUG, "multiple-sclerosis")

#: People of the lists whose order is looked at, and how often they are parted into dozens: so many that chance alone
#: finds hardly more of them than it should (the standard deviation is 0.0044).
LISTED, PARTED = 600, 20

Told = tuple[tuple[str, str], ...]


def a17_months(context: Context) -> Outcome:
    """Another member opens the cards of twelve people who joined both conditions in one sitting, and pairs them."""
    groups = context.scale.trials // 1_500
    with service.service(context) as (app, session, _connection):
        reader = service.browser(app, new_member(session, "reads@example.org"))
        cards, cards_with_month = zip(*(_cards(app, session, reader, at) for at in range(groups)), strict=True)
        order = _by_order(session, reader, np.random.default_rng([context.seed, 171]))
    by_cards, broken = (float(np.mean(shares)) for shares in (cards, cards_with_month))
    chance = 1 / TOGETHER
    return Outcome(
        "A17 one person on two maps: profiles viewed in one sitting",
        "found by the profiles; by the order of the lists",
        f"≤ chance ({chance:.3f}) + 0.02", f"{by_cards:.3f}; {order:.3f}", max(by_cards, order) <= chance + 0.02,
        "a profile that shows the month", f"{broken:.3f}", broken > chance + 0.02,
    )  # fmt: skip


def _cards(app: Flask, session: Session, reader: FlaskClient, number: int) -> tuple[float, float]:
    """How often somebody of a group is found by what the cards have in common, and by the month if a card told it."""
    zone, chance = service.freiburg(session), np.random.default_rng(number)
    people = [_joined(app, session, zone, f"{number}-{at}", int(chance.integers(MONTHS))) for at in range(TOGETHER)]
    first, second = ([memberships_of_one[at] for memberships_of_one in people] for at in range(len(BOTH)))
    months = {row[0]: row[1] for row in session.execute(select(Membership.public_id, Membership.joined))}
    share = paired(
        [read_card(reader, *membership) for membership in first],
        [read_card(reader, *membership) for membership in second],
    )
    card = pages._card

    def with_month(row: CardWords) -> dict[str, object]:
        return card(row) | {"since": f"{months[row.public_id]:%Y-%m}"}

    with patch.object(pages, "_card", with_month):
        broken = paired(
            [read_card(reader, *membership) for membership in first],
            [read_card(reader, *membership) for membership in second],
        )
    return share, broken


def _joined(app: Flask, session: Session, zone: str, name: str, months_ago: int) -> list[tuple[str, str]]:
    """Somebody who joins both conditions in one sitting, with a name for each: slugs and public ids."""
    member = new_member(session, f"two-maps-{name}@example.org", pseudonym=uuid.uuid4().hex)
    client = service.browser(app, member)
    for slug in BOTH:
        fields = {"role": "person", "consent": "yes", "pseudonym": uuid.uuid4().hex[:12]}
        place = {"zone": zone, "audience": "members", "finer": "yes"}
        for path, form in (("join", fields), ("place", place)):
            service.taken(post(client, f"/conditions/{slug}/{path}", form | {"operation": str(uuid.uuid4())}))
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=30 * months_ago)
    session.execute(update(Membership).where(Membership.member_id == member.id).values(joined=day))
    session.commit()
    ids = select(Condition.slug, Membership.public_id).join(Condition).where(Membership.member_id == member.id)
    held = {row.slug: row.public_id for row in session.execute(ids)}
    return [(slug, held[slug]) for slug in BOTH]


def read_card(reader: FlaskClient, slug: str, public_id: str) -> Told:
    """All that a card tells, as data and as a page: names of fields with their values, marks of copies included."""
    path = f"/conditions/{slug}/people/{public_id}"
    data, page = reader.get(path, headers={"Accept": "application/json"}), reader.get(path)
    assert data.status_code == page.status_code == 200
    values = {name: str(value) for name, value in data.get_json().items()}
    [article] = re.findall(r"<article.*</article>", page.text, re.DOTALL)
    values |= {f"word {at}": text for at, text in enumerate(re.findall(r">\s*([^<>\s][^<>]*)<", article)[1:])}
    values |= {name: data.headers.get(name, "") for name in ("ETag", "Last-Modified")}
    return tuple(values.items())


def paired(first: Sequence[Told], second: Sequence[Told]) -> float:
    """How often the card of the same person is among those that are the most alike, the rarest values counting most."""
    often = Counter(value for card in second for value in card)
    hits = 0.0
    for at, card in enumerate(first):
        alike = [sum(1 / often[value] for value in set(card) & set(other)) for other in second]
        best = [number for number, likeness in enumerate(alike) if likeness > max(alike) - 1e-9]
        hits += (at in best) / len(best)
    return hits / len(first)


def _by_order(session: Session, reader: FlaskClient, chance: np.random.Generator) -> float:
    """How often somebody stands at the same place in both lists, among twelve whom the reader knows to be in both."""
    both, zone = (
        [conditions.get(session, slug) for slug in BOTH],
        service.zone_called(session, "Bern", Level.AREA, "CH"),
    )
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=at) for at in range(LISTED)]
    ids = community.settle(session, both, [zone] * LISTED, prefix="listed", joined=days)
    who = {row[0]: row[1] for row in session.execute(select(Membership.public_id, Membership.member_id))}
    first, second = (_places(service.listed(reader, slug, zone), who, ids) for slug in BOTH)
    dozens = np.vstack([chance.permutation(LISTED).reshape(-1, TOGETHER) for _ in range(PARTED)])
    return float((_ranks(first[dozens]) == _ranks(second[dozens])).mean())


def _places(listed: Sequence[str], who: Mapping[str, uuid.UUID], ids: Sequence[uuid.UUID]) -> np.ndarray:
    """Where in a list each person stands."""
    at = {who[public_id]: number for number, public_id in enumerate(listed)}
    return np.array([at[member_id] for member_id in ids])


def _ranks(places: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(places, axis=1), axis=1)


ATTACKS = (a17_months,)
