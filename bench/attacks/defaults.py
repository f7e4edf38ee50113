"""An attack by nobody in particular: a form that is sent as it was rendered, and shows more than its member chose."""

import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.pages import Form, forms, send
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.geo.zones import Level, path
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import AUDIENCES, Audience, Role
from mapservice.store.community import consents, memberships
from mapservice.store.places import homes
from mapservice.store.tables import Consent, Member, Membership
from testing.accounts import new_member
from testing.locations import put
from testing.routes import address, policy, rules

#: Controls by which somebody shows more of themselves, or agrees to something.
CONTROLS = {"audience", "finer", "counted", "consent", "taking_part", "old_enough"}

#: Fields whose value is another each time a page is opened.
NEW_EACH_TIME = {"csrf_token", "version", "operation"}

#: Where a press on the one button of a form is the member's own wish to be shown, hidden or forgotten.
OWN_WISH = re.compile(r"/(hide|hide-everywhere|show-again|undo|forget|leave|revoke|delete|sign-out)$")

#: The routes of pages on which no member chooses anything, or that would end the visit.
NOT_OPENED = re.compile(r"^/(admin|staff|static|tiles|zones|gazetteer|api|ogc|confirm|reset|account/second)")


class State(NamedTuple):
    """How a member stands when they open a page."""

    name: str
    begin: Callable[[Session, Member, str], None]


def _joined(session: Session, member: Member, _area: str) -> None:
    condition = service.condition(session)
    memberships.join(session, member, condition, Role.PERSON, pseudonym=None, for_minor=False)
    consents.agree(session, member, condition.id, ConsentKind.JOINED, "I agree to have joined.")


def _hidden(session: Session, member: Member, area: str) -> None:
    homes.hide(session, _put(session, member, area, Audience.MEMBERS))


def _nobody(session: Session, member: Member, area: str) -> None:
    _put(session, member, area, Audience.NOBODY)


def _forgot(session: Session, member: Member, area: str) -> None:
    _put(session, member, area, Audience.MEMBERS)
    homes.forget(session, member)


def _came_back(session: Session, member: Member, area: str) -> None:
    memberships.leave(session, _put(session, member, area, Audience.MEMBERS))
    _joined(session, member, area)


def _shown_to_few(session: Session, member: Member, area: str) -> None:
    _put(session, member, area, Audience.CONDITION)


def _put(session: Session, member: Member, area: str, audience: Audience) -> Membership:
    condition = service.condition(session)
    kinds = (ConsentKind.JOINED, ConsentKind.SHOWN)
    for kind in kinds if audience is not Audience.NOBODY else kinds[:1]:
        consents.agree(session, member, condition.id, kind, f"I agree to be {kind}.")
    return put(session, member, condition, area, level=Level.REGION, audience=audience)


STATES = (
    State("not joined", lambda _session, _member, _area: None),
    State("joined", _joined),
    State("hidden", _hidden),
    State("saved as nobody", _nobody),
    State("place forgotten", _forgot),
    State("left and come back", _came_back),
    State("shown to the condition", _shown_to_few),
)


def a23_defaults(context: Context) -> Outcome:
    """Somebody opens each page by each link, chooses a zone, touches nothing else, and presses the button."""
    few = context.scale is SMALL
    with service.service(context) as stage:
        pages = _pages_with_controls(*stage[:2], few=few)
        ticked = sum(bool(CONTROLS & set(form.fields)) for form in _ticked_for_strangers(stage[0], few=few))
        pages += _by_links(service.freiburg(stage[1]))
        sent, wrong = _sent_as_rendered(stage, STATES, pages, few=few)
    with service.service(context) as stage:
        tick_condition(stage[0])
        _sent, broken = _sent_as_rendered(stage, STATES[1:3], [f"{service.PAGE}/place"], few=True)
    return Outcome(
        "A23 nobody is the default", f"of {sent} forms sent as they were rendered, with a zone, that show a member to "
        "more people or agree to something", "0", str(wrong + ticked), wrong == ticked == 0 and sent > 0,
        "a page that ticks “Members of this condition” automatically", str(broken), broken > 0,
    )  # fmt: skip


def tick_condition(app: Flask) -> None:
    """The bad design: whoever has a zone to choose finds the members of the condition ticked as who may see it."""

    @app.after_request
    def ticked(answer: Response) -> Response:
        if answer.mimetype == "text/html" and not answer.is_streamed:
            page = re.sub(r'(name="audience" value="\w+") checked', r"\1", answer.get_data(as_text=True))
            answer.set_data(
                page.replace('name="audience" value="condition"', 'name="audience" value="condition" checked')
            )
        return answer


def _pages_with_controls(app: Flask, session: Session, *, few: bool) -> list[str]:
    """The pages on which a member finds such controls, before and after joining."""
    pages = set[str]()
    for state in STATES[:2]:
        client = service.browser(app, _member_who(session, state, ""))
        pages |= {page for page in _addresses(app, few=few) if any(_with_controls(client, page))}
    return sorted(pages)


def _ticked_for_strangers(app: Flask, *, few: bool) -> Iterator[Form]:
    """The forms with such controls that somebody finds who has no account."""
    for page in _addresses(app, ("public",), few=few):
        yield from _with_controls(app.test_client(), page)


def _sent_as_rendered(
    stage: service.Stage,
    states: Sequence[State],
    pages: Sequence[str],
    *,
    few: bool,
) -> tuple[int, int]:
    """How many forms were sent, and how many of them changed who sees somebody or what they agreed to.

    Each page is opened by somebody who stands so and has opened no other. ``few``: forms that lead to further ones are
    sent on the first page alone that has them, and with two zones, the widest offered and one elsewhere.
    """
    app, session, connection = stage
    sent = wrong = 0
    typed = service.freiburg(session), service.zone_called(session, "Bern", Level.AREA, "CH")
    for state in states:
        member, tried, followed = _member_who(session, state, typed[0]), set[str](), set[str]()
        for page in pages:
            # The transaction of the session is begun outside of what is undone, and outlives it.
            session.connection()
            with connection.begin_nested() as undone:
                client = service.browser(app, member)
                asked = list(_with_controls(client, page, followed if few else set()))
                # Most links lead to the same forms, with which somebody who stands alike would do the same once more.
                alike = repr([_rendered(form) for form in asked])
                if alike not in tried:
                    tried.add(alike)
                    presses = [(form, zone) for form in asked for zone in _zones(form, typed, few=few)]
                    shown_more = [_shows_more(stage, client, member, *press) for press in presses]
                    sent, wrong = sent + len(shown_more), wrong + sum(shown_more)
                undone.rollback()
            session.expire_all()
    return sent, wrong


def _shows_more(stage: service.Stage, client: FlaskClient, member: Member, form: Form, zone: str) -> bool:
    """Send a form with a zone as if it were the only one; whether that shows somebody to more, or agrees to more."""
    _app, session, connection = stage
    with connection.begin_nested() as undone:
        before = _shown(session, member)
        answer = send(client, form, {"operation": str(uuid.uuid4())} | ({"zone": zone} if zone else {}))
        assert answer.status_code not in (400, 401), (form.action, answer.status_code)
        is_more = _is_more(before, _shown(session, member))
        undone.rollback()
    return is_more


def _member_who(session: Session, state: State, area: str) -> Member:
    """Somebody new who stands so."""
    member = new_member(session, f"a23-{uuid.uuid4().hex}@example.org")
    state.begin(session, member, area)
    session.commit()
    return member


def _rendered(form: Form) -> Form:
    """A form without what is new each time."""
    return replace(form, fields={name: value for name, value in form.fields.items() if name not in NEW_EACH_TIME})


def _addresses(app: Flask, of: Sequence[str] = ("public", "member", "fresh"), *, few: bool) -> list[str]:
    """The pages of members and of those who become one; ``few``: each by its address without a language."""
    asked = (
        rule for rule in rules(app) if "GET" in (rule.methods or ()) and not (few and "language" in rule.arguments)
    )
    pages = {address(app, rule) for rule in asked if policy(app, rule) in of}
    return sorted(page for page in pages if not NOT_OPENED.search(page))


def _by_links(area: str) -> list[str]:
    """The place page with every query that a link could carry."""
    queries = [f"in={zone}" for zone in path(area)[1:]] + ["country=DE", f"country=DE&in={area}"]
    planted = ["audience=condition", "audience=members&zone=DE", "finer=yes"]
    return [f"{service.PAGE}/place?{query}" for query in [*queries, *planted]]


def _with_controls(client: FlaskClient, page: str, followed: set[str] | None = None) -> Iterator[Form]:
    """The forms with such controls on a page, and on those to which its other forms lead.

    ``followed`` are forms and buttons that are not pressed, and then also those that were.
    """
    followed = set() if followed is None else followed
    answer = client.get(page)
    if (answer.headers.get("Location") or "").startswith("/"):
        answer = client.get(answer.headers["Location"])
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return
    for form in forms(answer):
        if form.names & CONTROLS:
            yield form
        elif form.method == "post" and "/place" in form.action and not OWN_WISH.search(form.action):
            country = {"country": "DE"} if "country" in form.choices else {}
            for button in form.buttons:
                pressed = repr((_rendered(form), button))
                if pressed not in followed:
                    followed.add(pressed)
                    answer = send(client, form, country, button=button)
                    yield from (form for form in forms(answer) if form.names & CONTROLS)


def _zones(form: Form, typed: Sequence[str], *, few: bool) -> list[str]:
    """The zones that may be chosen in a form: those it offers, and those that a script would find for a town."""
    if "zone" not in form.names:
        return [""]
    offered = sorted(set(form.choices.get("zone", ())) - {""})
    return [*offered[:1], typed[-1]] if few else sorted({*offered, *typed})


#: To whom somebody is shown in each condition, and what they agree to.
Standing = tuple[dict[int, int], set[tuple[int | None, str]]]


def _shown(session: Session, member: Member) -> Standing:
    session.expire_all()
    audiences = select(Membership.condition_id, Membership.audience).where(Membership.member_id == member.id)
    agreed = select(Consent.condition_id, Consent.kind).where(
        Consent.member_id == member.id, Consent.revoked_at.is_(None)
    )
    shown = {row.condition_id: AUDIENCES.index(Audience(row.audience)) for row in session.execute(audiences)}
    return shown, {(row.condition_id, row.kind) for row in session.execute(agreed)}


def _is_more(before: Standing, after: Standing) -> bool:
    wider = any(audience > before[0].get(condition, 0) for condition, audience in after[0].items())
    return wider or bool(after[1] - before[1])


ATTACKS = (a23_defaults,)
