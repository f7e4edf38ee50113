"""An attack by somebody who watches two live maps: who acts on all of their conditions in one moment is noticed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.pages import send, sent_forms
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.db import get_session
from mapservice.geo.tiles import Tile, tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.places.clusters import PIN_ZOOM
from mapservice.store.tables import Condition, Membership
from testing.accounts import new_member
from testing.locations import put, zone_called
from testing.members_map import people_behind, tile_content

#: The two maps, and the people of one area who are on both under a name of their own on each.
MAPS = (service.SLUG, "multiple-sclerosis")
PEOPLE = 6

#: Looks at the maps, half a minute apart, among which people choose when they act: those of an evening.
LOOKS = 240


class Person(NamedTuple):
    """Somebody on both maps: their browser, and their public ids."""

    client: FlaskClient
    ids: tuple[str, ...]


#: Does something on some maps (by their slugs) by the pages.
Act = Callable[[FlaskClient, Sequence[str]], None]


def a27_moments(context: Context) -> Outcome:
    """A member watches two maps, which ask again every half minute, and takes those who go from both together for one.

    Reported: hiding, moving, forgetting and deleting take effect at once, and the pages say that acting on all
    conditions together can be noticed and offer one after the other.
    """
    chance = np.random.default_rng([context.seed, 27])
    together = {act.__name__.strip("_").replace("_", " "): _linked(context, act, chance) for act in EVERYWHERE}
    rounds = 1 if context.scale is SMALL else context.scale.trials // 1_000
    apart = float(np.mean([_linked(context, _hide, chance, is_apart=True) for _ in range(rounds)]))
    words = ", ".join(f"{name} {share:.2f}" for name, share in together.items())
    return Outcome(
        "A27 one person on two live maps: the moment of acting", "found by the moment, one condition at a time in an "
        f"evening (chance {1 / PEOPLE:.2f}); all at once", "reported; reported", f"{apart:.2f}; {words}", True,
        "all at once, against a chance of 0.5", f"{min(together.values()):.2f}", min(together.values()) > 0.5,
    )  # fmt: skip


def _linked(context: Context, act: Act, chance: np.random.Generator, *, is_apart: bool = False) -> float:
    """How often somebody's two ids are found to be one person's by when they go from the two maps."""
    with service.service(context) as (app, session, _connection):
        area = service.freiburg(session)
        people = list(_on_both(app, session, area))
        watcher = service.browser(app, new_member(session, "a27-watches@example.org"))
        first = chance.choice(LOOKS, PEOPLE, replace=False)
        second = chance.choice(LOOKS, PEOPLE, replace=False) if is_apart else first
        went: tuple[dict[str, int], ...] = ({}, {})
        tiles = _tiles(session)
        shown = [_drawn(watcher, slug, tiles) for slug in MAPS]
        # Between two looks without an act nothing goes, so only those after one are made.
        for look in sorted({*first, *second}):
            for person, *when in zip(people, first, second, strict=True):
                maps = [slug for slug, at in zip(MAPS, when, strict=True) if at == look]
                if maps:
                    act(person.client, maps)
            for number, slug in enumerate(MAPS):
                now = _drawn(watcher, slug, tiles)
                went[number].update(dict.fromkeys(shown[number] - now, look))
                shown[number] = now
    return float(np.mean([_guess(person, *went) for person in people]))


def _guess(person: Person, first: dict[str, int], second: dict[str, int]) -> float:
    """The chance that the id which goes from the second map the nearest in time is that of the same person."""
    away = {public_id: abs(look - first[person.ids[0]]) for public_id, look in second.items()}
    nearest = [public_id for public_id, far in away.items() if far == min(away.values())]
    return (person.ids[1] in nearest) / len(nearest)


def _on_both(app: Flask, session: Session, area: str) -> Iterator[Person]:
    for at in range(PEOPLE):
        member = new_member(session, f"a27-{at}@example.org", pseudonym=f"Somebody {at}")
        for slug in MAPS:
            put(session, member, conditions.get(session, slug), area, level=Level.AREA, audience=Audience.MEMBERS)
        rows = session.execute(
            select(Condition.slug, Membership.public_id)
            .join(Condition, Condition.id == Membership.condition_id)
            .where(Membership.member_id == member.id)
        )
        ids = {row.slug: row.public_id for row in rows}
        yield Person(service.browser(app, member), tuple(ids[slug] for slug in MAPS))


def _drawn(watcher: FlaskClient, slug: str, tiles: Iterable[Tile]) -> set[str]:
    """The public ids behind the pins that a live map draws, when it asks for its tiles again."""
    page = f"/conditions/{slug}"
    answers = (tile_content(watcher, page, tile) for tile in tiles)
    pins = [pin for answer in answers if answer for pin in answer["pins"]]
    return {public_id for pin in pins for public_id in people_behind(watcher, page, pin)}


def _tiles(session: Session) -> set[Tile]:
    """The tiles on which somebody is drawn."""
    pins = session.execute(select(func.st_x(Membership.pin), func.st_y(Membership.pin)))
    return {tile_at(lng, lat, PIN_ZOOM) for lng, lat in pins if lng is not None}


def _press(client: FlaskClient, page: str, ending: str, **fields: str) -> None:
    service.taken(send(client, next(sent_forms(client.get(page), ending)), fields))


def _hide(client: FlaskClient, maps: Sequence[str]) -> None:
    for slug in maps:
        _press(client, "/me", f"/conditions/{slug}/hide")


def _move(client: FlaskClient, maps: Sequence[str]) -> None:
    with client.application.app_context():
        there = zone_called(get_session(), "Bern", Level.AREA, "CH")
    agreed = {"zone": there, "finer": "yes", "moved": "yes"}
    _press(client, f"/conditions/{maps[0]}/place", f"/conditions/{maps[0]}/place", **agreed)


def _forget_the_place(client: FlaskClient, _maps: Sequence[str]) -> None:
    _press(client, "/me/place/forget", "/me/place/forget")


def _delete_the_account(client: FlaskClient, _maps: Sequence[str]) -> None:
    _press(client, "/account/delete", "/account/delete", sure="yes")


EVERYWHERE: tuple[Act, ...] = (_hide, _move, _forget_the_place, _delete_the_account)

ATTACKS = (a27_moments,)
