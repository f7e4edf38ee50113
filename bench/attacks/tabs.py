"""An attack by one's own old tabs: a form that was opened before something was withdrawn, and is sent after it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.pages import Form, send, sent_forms
from bench.attacks.table import SMALL, Context, Outcome
from mapservice.geo.zones import Level, ZoneId
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.geomasking import coarsen
from mapservice.privacy.visibility import AUDIENCES, Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents
from mapservice.store.places import homes
from mapservice.store.tables import Consent, HomeZone, Member, Membership
from testing.accounts import new_member, post
from testing.locations import put

#: Another condition in which the same person is shown, and which must keep what it withdrew too.
OTHER = "marfan-syndrome"
OTHER_PAGE = f"/conditions/{OTHER}"

#: The pages that somebody keeps open.
PAGES = ("/me", "/me/consents", "/me/hidden", "/me/place/forget", f"{service.PAGE}/place", f"{service.PAGE}/join",
         f"{service.PAGE}/map", f"{OTHER_PAGE}/place", f"{OTHER_PAGE}/join")  # fmt: skip


#: Where somebody who was hidden before says that they want to be shown there again, and withdrew nothing since.
SHOW_OTHER = f"{OTHER_PAGE}/show-again"


class Withdrawal(NamedTuple):
    """Something taken back on a page that is new: an address it is sent to, or the form of a page that ends so."""

    name: str
    address: str
    changes: dict[str, str]
    ends_undo: bool = False
    is_everywhere: bool = False
    may_end_home: bool = False


def withdrawals(area: ZoneId) -> tuple[Withdrawal, ...]:
    """All that a member can take back."""
    place, revoke = f"{service.PAGE}/place", f"{service.PAGE}/revoke"
    return (
        Withdrawal("hides", f"{service.PAGE}/hide", {}),
        Withdrawal("forgets the place", "/me/place/forget", {}, ends_undo=True, is_everywhere=True, may_end_home=True),
        Withdrawal("leaves", f"{service.PAGE}/leave", {}, ends_undo=True, may_end_home=True),
        Withdrawal("narrows the audience", place, {"zone": area, "audience": "condition", "finer": "yes"}),
        Withdrawal("is shown to nobody", place, {"zone": area, "audience": "nobody"}, ends_undo=True),
        Withdrawal("shows a wider zone", place, {"zone": coarsen(area, Level.REGION), "audience": "members"}),
        Withdrawal("takes the place off", place, {"zone": "", "audience": "nobody"}, ends_undo=True, may_end_home=True),
        Withdrawal("takes back that they are shown", revoke, {"kind": "shown"}, ends_undo=True),
        Withdrawal("takes back the finer zone", revoke, {"kind": "finer"}),
        Withdrawal("takes back that they are counted", revoke, {"kind": "counted"}),
        Withdrawal("is counted no more", f"{service.PAGE}/join", {"role": "person", "consent": "yes"}),
    )


def a30_tabs(context: Context) -> Outcome:
    """Somebody presses each button of each form in a tab that they opened before they withdrew something elsewhere."""
    few = context.scale is SMALL
    with service.service(context) as stage:
        taken_back = withdrawals(service.freiburg(stage[1]))
        # Where somebody is hidden already, what is left to withdraw is the place and the way back to it.
        shown, hidden = (_open_tabs(stage, start) for start in (_shown, _hidden))
        pairs = [(shown, withdrawal) for withdrawal in taken_back] + [
            (hidden, withdrawal) for withdrawal in taken_back if withdrawal.ends_undo
        ]
        tries = [_try(stage, *pair, change=_as_opened, few=few) for pair in pairs]
        control = [_try(stage, *pair, change=as_if_new, few=few) for pair in pairs[: 1 if few else 3]]
    sent = sum(attempt.sent for attempt in tries)
    brought_back, broken = ([line for attempt in made for line in attempt.brought_back] for made in (tries, control))
    return Outcome(
        "A30 old tabs undo nothing", f"of {sent} pairs of an old form and a withdrawal, those that bring something "
        "back", "0", "; ".join([str(len(brought_back)), *brought_back[:3]]), not brought_back and sent > 0,
        "forms without a version", str(len(broken)), len(broken) > 0,
    )  # fmt: skip


def _as_opened(opened: list[Form], _client: FlaskClient) -> list[Form]:
    return opened


def as_if_new(opened: list[Form], client: FlaskClient) -> list[Form]:
    """The bad design: forms of any age count as if they had just been opened."""
    now = {form.action: form.fields["version"] for form in _opened(client) if "version" in form.fields}
    return [
        replace(form, fields=form.fields | {"version": now[form.action]}) if form.action in now else form
        for form in opened
    ]


class Tabs(NamedTuple):
    """Somebody, the browser in which they opened all pages, and the forms of these."""

    member: Member
    browser: FlaskClient
    opened: list[Form]


def _open_tabs(stage: service.Stage, start: Callable[[Session, str, str], Member]) -> Tabs:
    app, session, _connection = stage
    member = start(session, service.freiburg(session), f"a30-{uuid.uuid4().hex}@example.org")
    browser = service.browser(app, member)
    return Tabs(member, browser, _opened(browser))


#: A form, and what is filled in before it is sent.
Press = tuple[Form, dict[str, str]]


class Try(NamedTuple):
    """How many old forms were sent after one withdrawal, and those that brought something back."""

    sent: int
    brought_back: list[str]


def _try(
    stage: service.Stage,
    tabs: Tabs,
    withdrawal: Withdrawal,
    *,
    change: Callable[[list[Form], FlaskClient], list[Form]],
    few: bool,
) -> Try:
    """Withdraw something, and send each form of the tabs as if it were the only one; all of it is undone.

    ``few``: those of the other condition only if what is withdrawn may be the home of both.
    """
    app, session, connection = stage
    # The transaction of the session is begun outside of what is undone, and outlives it.
    session.connection()
    with connection.begin_nested() as undone:
        now = service.browser(app, tabs.member)
        assert _withdraw(now, withdrawal), withdrawal.name
        is_sent = withdrawal.may_end_home or not few
        opened = [form for form in change(tabs.opened, now) if is_sent or not form.action.startswith(OTHER_PAGE)]
        done = _sent_after(stage, tabs, withdrawal, _presses(opened, few=few))
        undone.rollback()
    session.expire_all()
    return done


def _sent_after(stage: service.Stage, tabs: Tabs, withdrawal: Withdrawal, presses: Iterator[Press]) -> Try:
    _app, session, connection = stage
    after, sent, brought_back = _stands(session, tabs.member), 0, []
    for form, fields in presses:
        if form.action == SHOW_OTHER and not withdrawal.is_everywhere:
            continue
        with connection.begin_nested() as undone:
            answer = send(tabs.browser, form, fields)
            assert answer.status_code not in (400, 401), (form.action, answer.status_code)
            sent += 1
            if _is_back(after, _stands(session, tabs.member)):
                brought_back.append(f"{withdrawal.name}: {form.action} {sorted(fields)}")
            undone.rollback()
    return Try(sent, brought_back)


def _opened(tab: FlaskClient) -> list[Form]:
    """The forms of all pages, those that are the same once; who signs out has no tabs any more."""
    forms_by_controls = {}
    for page in PAGES:
        for form in sent_forms(tab.get(page)):
            forms_by_controls[form.action, *sorted(form.names), *form.buttons] = form
    return [form for form in forms_by_controls.values() if not form.action.endswith("/sign-out")]


def _presses(opened: list[Form], *, few: bool) -> Iterator[Press]:
    """Each form as it stands, by each of its buttons, and with every box ticked.

    ``few``: one button of a form that only shows the zones inside one, and writes nothing whichever that is.
    """
    for form in opened:
        ticked = {name: "yes" for name, values in form.choices.items() if values == ["yes"]}
        for button in form.buttons[: 1 if few and "/place/zones" in form.action else None]:
            pressed = {button[0]: button[1]} if button[0] else {}
            operation = {"operation": str(uuid.uuid4())} if "operation" in form.fields else {}
            yield form, pressed | operation
            if set(ticked) - set(form.fields):
                yield form, pressed | operation | ticked


def _withdraw(client: FlaskClient, withdrawal: Withdrawal) -> bool:
    """Withdraw by the form of a new page where there is one, as it may ask more; else by the address alone."""
    address = withdrawal.address
    for page in (address, *PAGES) if address.endswith(("/place", "/join", "/leave")) else ():
        for form in sent_forms(client.get(page)):
            if form.action.partition("?")[0] == address:
                fields = dict.fromkeys(form.choices) | dict(withdrawal.changes)
                return send(client, form, fields).status_code == 303
    return post(client, address, dict(withdrawal.changes)).status_code == 303


class Standing(NamedTuple):
    """Where somebody stands: by condition to whom and how finely they are shown, their consents, their home."""

    audience: dict[int, int]
    fineness: dict[int, int]
    agreed: set[tuple[int | None, str]]
    counted: set[int]
    home: str


def _stands(session: Session, member: Member) -> Standing:
    session.expire_all()
    held = session.scalars(select(Membership).where(Membership.member_id == member.id)).all()
    unrevoked = select(Consent.condition_id, Consent.kind).where(
        Consent.member_id == member.id, Consent.revoked_at.is_(None)
    )
    home = select(func.coalesce(func.max(HomeZone.zone_id), "")).where(HomeZone.member_id == member.id)
    shown = {
        membership.condition_id: membership
        for membership in held
        if membership.audience != Audience.NOBODY and membership.shown_zone
    }
    return Standing(
        {condition: AUDIENCES.index(Audience(membership.audience)) for condition, membership in shown.items()},
        {condition: (membership.shown_zone or "").count(".") + 1 for condition, membership in shown.items()},
        {(row.condition_id, row.kind) for row in session.execute(unrevoked)},
        {membership.condition_id for membership in held if membership.counted_since},
        session.scalar(home) or "",
    )


def _is_back(before: Standing, after: Standing) -> bool:
    """Whether somebody shows more, agrees to more or has told more than after they withdrew."""
    return (
        any(rank > before.audience.get(condition, 0) for condition, rank in after.audience.items())
        or any(depth > before.fineness.get(condition, 0) for condition, depth in after.fineness.items())
        or bool(after.agreed - before.agreed or after.counted - before.counted)
        or (after.home != before.home and not before.home.startswith(after.home))
    )


def _shown(session: Session, area: str, email: str) -> Member:
    """Somebody shown to all members in an area in two conditions, and counted in both."""
    member = new_member(session, email, pseudonym=uuid.uuid4().hex[:12])
    for condition in (service.condition(session), conditions.get(session, OTHER)):
        membership = put(session, member, condition, area, level=Level.AREA, audience=Audience.MEMBERS)
        for kind in (ConsentKind.JOINED, ConsentKind.SHOWN, ConsentKind.FINER):
            consents.agree(session, member, condition.id, kind, f"I agree to be {kind}.")
        consents.count(session, member, membership, "Count me.", today=membership.joined)
    session.commit()
    return member


def _hidden(session: Session, area: str, email: str) -> Member:
    """The same after hiding, so that the tab offers the way back."""
    member = _shown(session, area, email)
    for membership in session.scalars(select(Membership).where(Membership.member_id == member.id)).all():
        homes.hide(session, membership)
    session.commit()
    return member


ATTACKS = (a30_tabs,)
