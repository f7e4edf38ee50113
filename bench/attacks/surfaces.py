"""Attacks on what the service writes and answers: twins, routes, what the routes ask for."""

import io
import re
import uuid
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
from geoalchemy2 import WKTElement
from sqlalchemy import text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bench.attacks import service
from bench.attacks.people import locate, neighbours, world
from bench.attacks.table import SMALL, Context, Outcome
from mapservice import logs
from mapservice.config import HOME
from mapservice.privacy.visibility import Role
from mapservice.store.community import memberships
from mapservice.store.places import homes as places
from mapservice.store.tables import Member
from mapservice.web.accounts import access
from testing.accounts import post
from testing.inputs import (
    SHAPES_IN_A_BOX,
    WHERE_A_BOX_IS_READ,
    coordinates_asked_for,
    coordinates_in_code,
    inputs_of_code,
    inputs_of_rules,
    inputs_of_template,
    is_coordinate,
)

#: How often a twin saves the same place in the full profile, and how often they then change its level.
SAVES, TOGGLES = 200, 20

#: The same in the small profile: every level twice.
FEW_SAVES, FEW_TOGGLES = 20, 6


def a0_twins(context: Context) -> Outcome:
    """Somebody with dump, answers and logs of two members of one zone asks which of two homes is whose."""
    where = world(context)
    chance = np.random.default_rng([context.seed, 0])
    area = int(chance.integers(len(where.areas)))
    homes = neighbours(context, area, 200, chance)
    countries = np.array(where.countries)
    areas = locate(where.tree, homes, countries, countries[np.full(len(homes), area)])
    twins = [(homes[at], where.areas[areas[at]]) for at in np.flatnonzero(areas == area)[:2]]
    saves, toggles = (FEW_SAVES, FEW_TOGGLES) if context.scale is SMALL else (SAVES, TOGGLES)
    first, second = (_life(context, zone, saves, toggles) for _home, zone in twins)
    differing = sum(a != b for a, b in zip(first, second, strict=False)) + abs(len(first) - len(second))

    def with_home(home: np.ndarray) -> Callable:
        return lambda _pin: WKTElement(f"POINT({home[0]} {home[1]})", srid=4326)

    planted = []
    for home, zone in twins:
        with patch.object(places, "_point", with_home(home)):
            planted.append(_life(context, zone, min(saves, 10), toggles))
    broken = sum(a != b for a, b in zip(*planted, strict=False))
    return Outcome(
        "A0 twins: two homes of one zone", "differing lines of answers, dumps, logs", f"0 of {len(first)}",
        str(differing), differing == 0, "any coordinate stored", str(broken), broken > 0,
    )  # fmt: skip


def _life(context: Context, zone: str, saves: int, toggles: int) -> list[str]:
    """All that is answered, stored and logged of a member who joins, saves, toggles, hides, shows and leaves."""
    seen, stream = [], io.StringIO()
    with service.service(context) as (app, session, connection), patch("uuid.uuid4", _counted_ids()):
        logs.configure(stream)
        member, name = _twin(session)
        client = service.browser(app, member)

        def note(answer: TestResponse) -> None:
            seen.extend(
                service.masked(f"{answer.status} {answer.headers.get('Location')}\n{answer.text}", name).split()
            )

        steps = [zone.rsplit(".", depth)[0] for depth in (0, 1, 2)]
        for at in range(saves + toggles):
            target = zone if at < saves else steps[at % 3]
            form = {"zone": target, "audience": "members", "finer": "yes", "operation": f"{at:032x}"}
            note(service.taken(post(client, f"{service.PAGE}/place", form)))
        note(client.get(f"{service.PAGE}/map"))
        note(client.get(f"{service.PAGE}/place"))
        seen += sorted(service.masked(service.dump(connection), name, member.security_stamp).splitlines())
        for path in (f"{service.PAGE}/hide", f"{service.PAGE}/show-again", "/me/place/forget", "/account/delete"):
            note(service.taken(post(client, path, {"sure": "yes"} if path == "/account/delete" else {})))
            seen += sorted(service.masked(service.dump(connection), name, member.security_stamp).splitlines())
    return seen + re.sub(r'"(ms|timestamp|duration_ms|at|time)": ?"?[\d.:TZ+-]+"?', "", stream.getvalue()).split()


def _twin(session: Session) -> tuple[Member, str]:
    """Somebody who has joined the condition, always with the same id and salt, and their public id."""
    member = Member(id=uuid.UUID(int=7), email="twin@example.org", pseudonym="Twin")
    session.add(member)
    session.execute(update(Member).values(confirmed_at=text("now()")))
    own = memberships.join(session, member, service.condition(session), Role.PERSON, pseudonym=None, for_minor=False)
    own.salt = bytes(range(16))
    session.commit()
    return member, own.public_id


def _counted_ids() -> Callable[[], uuid.UUID]:
    numbers = iter(range(1_000, 10**6))
    return lambda: uuid.UUID(int=next(numbers))


def a10_inputs(context: Context) -> Outcome:
    """Somebody reads all routes, forms and the source for a way to ask the map about a point."""
    with service.service(context) as (app, _session, _connection):
        names = inputs_of_rules(app)
        for path in (HOME / "templates").rglob("*.html"):
            names |= inputs_of_template(path.read_text())
        coordinates: set[str | tuple[str, str]] = {name for name in names if is_coordinate(name)}
        for path in (HOME / "mapservice" / "web").rglob("*.py"):
            names |= inputs_of_code(path.read_text())
        # But for the box in which a GIS asks for the shapes of countries and regions.
        coordinates |= coordinates_in_code() - WHERE_A_BOX_IS_READ | coordinates_asked_for(app) - SHAPES_IN_A_BOX
        app.add_url_rule("/near/<lat>/<lng>", "near", access.public(lambda lat, lng: ""))
        broken = len({name for name in inputs_of_rules(app) if is_coordinate(name)})
    return Outcome(
        "A10 trilateration: inputs", f"of {len(names)} inputs like a coordinate", "0", str(len(coordinates)),
        not coordinates, "a route for what is near a point", str(broken), broken > 0,
    )  # fmt: skip


ATTACKS = (a0_twins, a10_inputs)
