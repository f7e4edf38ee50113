"""Members who join, show themselves, hide and leave all the time, and a record of what they were answered."""

import http.client
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench import meanwhile
from bench.faults.running import ANCHOR_KEY, SECRET_KEY, Service, stranger
from mapservice import create_app, db
from mapservice.config import Config
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents
from mapservice.store.places import count_rollup
from mapservice.store.tables import Consent, Member, Membership
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import csrf_token, new_member, sign_in
from testing.locations import put
from testing.routes import FORMS

SLUG = "acute-lymphoblastic-leukaemia"

#: What each act makes of a member who is out of the community, hidden in it, or shown; what is not there is refused.
ACTS = {
    "join": {"out": "hidden", "hidden": "hidden", "shown": "shown"},
    "place": {"hidden": "shown", "shown": "shown"},
    "hide": {"hidden": "hidden", "shown": "hidden"},
    "leave": {"out": "out", "hidden": "out", "shown": "out"},
}
_ENDPOINTS = {
    "join": "memberships.join",
    "place": "place.save",
    "hide": "place.hide",
    "leave": "memberships.leave",
}
_ROUND = ("join", "place", "hide", "place", "leave")

#: The hidden fields that a form carries from its page.
_CARRIED = re.compile(r'<input type="hidden" name="(version)" value="([^"]*)"')

#: Members who only read: pages that are made for them alone, and so never come from a copy.
_READERS = 3

# Seconds between two requests of one person: below what the limits of a minute allow.
_PAUSE_S = 0.6


@dataclass(slots=True)
class Person:
    """One member: who they are, and what the answers they got say about them."""

    id: uuid.UUID
    cookie: str
    may_be: set[str] = field(default_factory=lambda: {"out"})
    acknowledged: int = 0
    failures: list[str] = field(default_factory=list)

    def note(self, act: str, status: int) -> None:
        """What an answer to an act means: 303 done, 403 not there, another 4xx not done, anything else unknown."""
        becomes = ACTS[act]
        if status == 303:
            self.may_be = {becomes[state] for state in self.may_be if state in becomes}
            self.acknowledged += 1
        elif status == 403:
            self.may_be = {state for state in self.may_be if state not in becomes} or self.may_be
        elif not 400 <= status < 500:
            self.may_be |= {becomes[state] for state in self.may_be if state in becomes}
            self.failures.append(f"{act} {status}")


@dataclass(slots=True)
class Reading:
    """What those who only read were answered."""

    good: int = 0
    bad: int = 0


class Crowd:
    """All of them, on threads of their own, outside the service."""

    def __init__(self, service: Service, members: int) -> None:
        self.service = service
        self.reading = Reading()
        self.url = embedded.url(service.state, embedded.SUPERUSER)
        with _engine(self.url) as engine:
            app = create_app(Config(state=service.state, secret_key=SECRET_KEY, anchor_key=ANCHOR_KEY), engine=engine)
            self._csrf = csrf_token(app)
            with db.open_session(engine) as session:
                made = [
                    new_member(session, f"person-{at}@example.org", pseudonym=f"P {at}")
                    for at in range(members + _READERS + 1)
                ]
                for member in made:
                    # Elsewhere they stay, so that their place is known and is not chosen anew each time.
                    elsewhere = conditions.get(session, "marfan-syndrome")
                    put(session, member, elsewhere, "DE", level=Level.COUNTRY, audience=Audience.MEMBERS)
                    consents.agree(session, member, elsewhere.id, ConsentKind.JOINED, "in the words of the bench")
                session.commit()
            everybody = [Person(member.id, sign_in(app.test_client(), member)) for member in made]
            self.people, self.readers = everybody[:members], everybody[members:-1]
            service.cookie = f"{COOKIE}={everybody[-1].cookie}"

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let them do what they do meanwhile; what failed before is forgotten."""
        self.reading = Reading()
        for person in self.people:
            person.acknowledged, person.failures = 0, []
        lives = [partial(self._live, person) for person in self.people]
        with meanwhile.running([*lives, *(partial(self._read, reader) for reader in self.readers)]):
            yield

    @property
    def acknowledged(self) -> int:
        """How many writes were answered as done."""
        return sum(person.acknowledged for person in self.people)

    @property
    def failures(self) -> list[str]:
        """The writes that got no answer (0), or one that says that something is wrong with the service."""
        return [failure for person in self.people for failure in person.failures]

    def _live(self, person: Person, stop: threading.Event) -> None:
        while not stop.is_set():
            for act in _ROUND:
                form = self._page(person, act)
                if form is not None and not stop.is_set():
                    person.note(act, self._send(person, act, form))
                stop.wait(_PAUSE_S)

    def _page(self, person: Person, act: str) -> dict[str, str] | None:
        """What the page of a form gives it to carry; None where it does not appear."""
        if act not in ("join", "place"):
            return {}
        status, text = self._ask("GET", f"/conditions/{SLUG}/{act}", person)
        return dict(_CARRIED.findall(text)) if status in (200, 303) else None

    def _send(self, person: Person, act: str, carried: dict[str, str]) -> int:
        known = FORMS[_ENDPOINTS[act]]
        known = {name: value for name, value in known.items() if name not in ("pseudonym", "password")}
        if act in ("join", "place"):
            known = {**known, "operation": str(uuid.uuid4())}
        fields = {"csrf_token": self._csrf, **known, **carried}
        return self._ask("POST", f"/conditions/{SLUG}/{act}", person, urlencode(fields))[0]

    def _read(self, person: Person, stop: threading.Event) -> None:
        while not stop.is_set():
            for path in ("/me", f"/conditions/{SLUG}/map", "/account"):
                if self._ask("GET", path, person)[0] == 200:
                    self.reading.good += 1
                else:
                    self.reading.bad += 1
                stop.wait(_PAUSE_S)

    def _ask(self, method: str, path: str, person: Person | None = None, body: str | None = None) -> tuple[int, str]:
        headers = {"X-Forwarded-For": stranger()}
        if person is not None:
            headers["Cookie"] = f"{COOKIE}={person.cookie}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            to_sign_in = "/sign-in" in (answer.headers["Location"] or "")
            return (401 if to_sign_in else answer.status), text
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


def lost(crowd: Crowd) -> int:
    """How many members are not as the last answers to them say."""
    with engine_of(crowd) as engine, db.open_session(engine) as session:
        return sum(state_of(session, person.id) not in person.may_be for person in crowd.people)


def half_applied(crowd: Crowd) -> int:
    """How many things that go together are not together: counts and people, memberships and consents."""
    with engine_of(crowd) as engine, db.open_session(engine) as session:
        joined = set(session.execute(select(Membership.member_id, Membership.condition_id)))
        agreed = select(Consent.member_id, Consent.condition_id)
        agreed = agreed.where(Consent.kind == "joined", Consent.revoked_at.is_(None))
        return count_rollup.differences(session) + len(joined ^ set(session.execute(agreed)))


def state_of(session: Session, member_id: uuid.UUID) -> str:
    """Out of the community, hidden in it, or shown."""
    condition = conditions.get(session, SLUG)
    membership = session.get(Membership, (condition.id, member_id), populate_existing=True)
    if membership is None:
        return "out"
    return "hidden" if membership.audience == "nobody" else "shown"


def ghost(crowd: Crowd) -> Person:
    """Somebody who was answered that they have joined before that was committed, and it never was: for a control."""
    with engine_of(crowd) as engine, db.open_session(engine) as session:
        member = Member(email=f"{uuid.uuid4()}@example.org", pseudonym="Ghost")
        session.add(member)
        session.commit()
        person = Person(member.id, "")
    person.note("join", 303)
    return person


@contextmanager
def engine_of(crowd: Crowd) -> Iterator[Engine]:
    """An engine of the service's database that may do anything."""
    with _engine(crowd.url) as engine:
        yield engine


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = db.new_engine(url, timeouts=False)
    try:
        yield engine
    finally:
        engine.dispose()
