"""An attack by a map that stays open: for how long does it show somebody who is gone?"""

import re
import uuid
from collections.abc import Mapping
from math import inf
from typing import NamedTuple

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.pages import send, sent_forms
from bench.attacks.table import Context, Outcome
from mapservice.geo import cells
from mapservice.geo.zones import Level
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience
from mapservice.store.community import consents
from mapservice.store.tables import Member, Membership
from testing.accounts import new_member
from testing.locations import put
from testing.members_map import cell_of, view_address

#: Seconds after which nobody may be shown any more, and how much longer an answer may take on its way.
BAR, SLACK = 30.0, 5.0

#: The two times in the script by which pages ask again: between two looks at the clock, and between two asks.
_TIMES = re.compile(r"const (LOOK|REFRESH)_MS = ([\d_]+)")

#: The scripts of a page, and the modules that they import.
_SCRIPTS = re.compile(r'<(?:script[^>]* src|link rel="modulepreload" href)="([^"]+\.js)"')

#: What takes somebody off the map: a page, the form of it that is sent, and what is filled in.
ACTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "hides": ("/me", f"{service.PAGE}/hide", {}),
    "hides everywhere": ("/me", "/me/hide", {}),
    "forgets the place": ("/me/place/forget", "/me/place/forget", {}),
    "leaves": (f"{service.PAGE}/leave", f"{service.PAGE}/leave", {}),
    "is shown to fewer": (f"{service.PAGE}/place", f"{service.PAGE}/place", {"audience": "condition", "finer": "yes"}),
    "takes the consent back": ("/me/consents", f"{service.PAGE}/revoke", {"kind": "shown"}),
    "deletes the account": ("/account/delete", "/account/delete", {"sure": "yes"}),
}


#: What scripts accept.
_DATA = {"Accept": "application/json, text/html"}


class Surface(NamedTuple):
    """A page that shows somebody, the address at which its script asks again, and the answer while they are shown."""

    page: str
    again: str
    before: str


class Clock(NamedTuple):
    """When a page asks again, in seconds: it looks at the clock so often, and asks if its answer is older."""

    look: float
    refresh: float

    def gone_after(self, moment: float) -> float:
        """How long somebody is shown who goes at a moment since the page was opened, if the next answer is right."""
        asked = 0.0
        while asked <= moment:
            asked += self.look * np.floor(self.refresh / self.look + 1) if self.refresh < inf else inf
        return float(asked - moment)


def a28_open_map(context: Context) -> Outcome:
    """A member leaves a map, its table and a card open, while people hide, leave and delete their accounts."""
    chance = np.random.default_rng([context.seed, 28])
    moments = chance.uniform(0, 3_600, 200)
    with service.service(context) as (app, session, _connection):
        clocks: dict[str, Clock] = {}
        still: list[str] = []
        for name, (page, ending, fields) in ACTS.items():
            viewer, member, shown = _shown(app, session)
            pages = _open(viewer, session, shown)
            clocks |= {name: _clock(viewer, surface.page) for name, surface in pages.items()}
            _press(service.browser(app, member), page, ending, fields)
            still += [f"{surface} after who {name}" for surface in _still(viewer, pages, shown)]
    worst = {surface: max(map(clock.gone_after, moments)) for surface, clock in clocks.items()}
    never = Clock(inf, inf).gone_after(0.0)
    return Outcome(
        "A28 an open map", "seconds for which a member who is gone is still shown: "
        f"{', '.join(worst)}; answers that still show them, of {len(ACTS)} ways to go, or may be kept",
        f"≤ {BAR:.0f} + {SLACK:.0f}; 0", f"{', '.join(f'{figure:.0f}' for figure in worst.values())}; "
        f"{len(still)}{' (' + '; '.join(still[:4]) + ')' if still else ''}",
        max(worst.values()) <= BAR + SLACK and not still,
        "a page that never asks again", f"{never:.0f}", never > BAR + SLACK,
    )  # fmt: skip


def _shown(app: Flask, session: Session) -> tuple[FlaskClient, Member, Membership]:
    """Somebody shown to all members, and another member's browser."""
    member, other = (new_member(session, f"a28-{uuid.uuid4().hex[:8]}@example.org") for _ in range(2))
    area = service.freiburg(session)
    put(session, other, service.condition(session), area, level=Level.AREA, audience=Audience.MEMBERS)
    put(session, member, service.condition(session), area, level=Level.AREA, audience=Audience.MEMBERS)
    own = session.scalars(select(Membership).where(Membership.member_id == member.id)).one()
    for kind in (ConsentKind.SHOWN, ConsentKind.FINER):
        consents.agree(session, member, own.condition_id, kind, f"I agree to be {kind}.")
    session.commit()
    return service.browser(app, new_member(session, f"a28-{uuid.uuid4().hex[:8]}@example.org")), member, own


def _open(viewer: FlaskClient, session: Session, shown: Membership) -> Mapping[str, Surface]:
    """The pages that show somebody."""
    cell = cell_of(session, shown.public_id)
    listed, card = f"{service.PAGE}/map?in={shown.shown_zone}", f"{service.PAGE}/people/{shown.public_id}"
    stack = f"{service.PAGE}/stacks/{cell}"
    addresses = {
        "map": (f"{service.PAGE}/map", view_address(service.PAGE, cells.tile_of_cell(cells.cell_named(cell)))),
        "table": (listed, _again(viewer, listed)),
        "profile": (card, _again(viewer, card)),
        "stack": (stack, _again(viewer, stack)),
    }
    pages = {name: Surface(*both, viewer.get(both[1], headers=_DATA).text) for name, both in addresses.items()}
    for name, surface in pages.items():
        known = (shown.public_id, cell) if name == "map" else (shown.public_id,)
        assert any(word in f"{surface.page} {surface.before}" for word in known), surface.again
    return pages


def _again(viewer: FlaskClient, page: str) -> str:
    """The address at which a page says that it asks again for what it shows; its own if it says none."""
    link = re.search(r'data-again="([^"]+)"', viewer.get(page).text)
    return link[1].replace("&amp;", "&") if link else page


def _clock(viewer: FlaskClient, page: str) -> Clock:
    """When the scripts of a page ask again, as they are sent; never, if none of them has these times."""
    times: dict[str, float] = {}
    for address in _SCRIPTS.findall(viewer.get(page).text):
        script = viewer.get(address)
        times |= {name: float(ms) / 1_000 for name, ms in _TIMES.findall(script.text)}
        script.close()
    return Clock(times.get("LOOK", inf), times.get("REFRESH", inf))


def _press(client: FlaskClient, page: str, ending: str, fields: Mapping[str, str]) -> None:
    opened = client.get(page)
    form = next(form for form in sent_forms(opened, ending))
    service.taken(send(client, form, fields))


def _still(viewer: FlaskClient, pages: Mapping[str, Surface], shown: Membership) -> list[str]:
    """The surfaces whose next answer still shows somebody, or may be kept and shown again without asking."""
    faults = []
    for name, surface in pages.items():
        answers = [viewer.get(surface.page, headers={"Accept": "text/html"}), viewer.get(surface.again, headers=_DATA)]
        is_shown = any(answer.status_code == 200 and shown.public_id in answer.text for answer in answers)
        # A mark of several people counts them, and does not say who they are.
        is_shown |= answers[1].text == surface.before
        may_be_kept = any("no-store" not in answer.headers.get("Cache-Control", "") for answer in answers)
        faults += [name] * (is_shown or may_be_kept)
    return faults


ATTACKS = (a28_open_map,)
