"""What people do from beginning to end, in a browser, in every combination:  python -m bench.journeys.

    python -m bench.journeys                                       all of them
    python -m bench.journeys --only block --width 360 --language es --scripts no

At 360 and 1280 px, with and without JavaScript, in each language: somebody finds another member in their district,
writes, is accepted and answered, and the other hides everywhere; blocks; reports; two caregivers agree; a grown child
takes over while a message waits; after a death; an account is deleted. A web process on a database of its own, which is
removed in the end; each run has a condition and members of its own. Every page is looked at: its language, its width,
errors of scripts, requests to other hosts. It prints what is wrong, and ends with 1 if anything is.
"""

import itertools
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bench import report
from bench.browser import chromium
from mapservice import db
from mapservice.actions.join import Joining, join
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.i18n.dates import today
from mapservice.i18n.languages import LANGUAGES
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.tables import Condition, Member
from testing import database
from testing.accounts import PASSWORD
from testing.journeys import caring, meeting
from testing.journeys.person import Person
from testing.locations import ANCHOR_KEY, JOIN_WORDS, put, show, zone_called
from testing.web_process import web_process

WIDTHS = {360: 740, 1280: 800}

#: Milliseconds until something that is looked for counts as missing.
TIMEOUT_MS = 30_000

_PASSWORD = PasswordHasher(memory_cost=64, time_cost=1).hash(PASSWORD)


@dataclass(frozen=True)
class Combination:
    """How somebody uses the service: the width of the screen, the language, and whether scripts run."""

    width: int
    language: str
    has_scripts: bool

    def __str__(self) -> str:
        """Return the combination in words."""
        return f"{self.width} px, {self.language}, {'with' if self.has_scripts else 'without'} JavaScript"


@dataclass
class Cast:
    """Makes the people of one run, all in the same condition."""

    engine: Engine
    browser: Browser
    base_url: str
    combination: Combination
    condition: Condition
    run: str
    windows: ExitStack
    people: list[Person] = field(default_factory=list)

    def member(self, name: str, role: Role | None = None, *, is_near: bool = False) -> tuple[Person, str]:
        """Return somebody who has signed in, and the address of their card.

        With a role they have joined, and caregivers are seen in their country; with ``is_near`` they are seen in the
        district of all others.
        """
        email = f"{name}-{self.run}@example.org".lower()
        with db.transaction(self.engine) as session:
            member = Member(email=email, pseudonym=name, password=_PASSWORD, language=self.combination.language)
            session.add(member)
            session.flush()
            public_id = self._join(session, member, role, is_near=is_near)
        community = f"/conditions/{self.condition.slug}"
        person = Person.at(self._window().new_page(), name, email, self.combination.language, community)
        self.people.append(person)
        person.sign_in()
        return person, f"{community}/people/{public_id}"

    def _join(self, session: Session, member: Member, role: Role | None, *, is_near: bool) -> str:
        condition = session.get_one(Condition, self.condition.id)
        if is_near:
            area = zone_called(session, "Freiburg", Level.AREA, "DE")
            shown = put(session, member, condition, area, level=Level.DISTRICT, audience=Audience.CONDITION)
            return shown.public_id
        if role is None:
            return ""
        membership = join(session, member, condition, Joining(role), words=JOIN_WORDS, today=today())
        if role is Role.CAREGIVER:
            show(session, member, membership, "DE", Audience.MEMBERS)
        return membership.public_id

    def _window(self) -> BrowserContext:
        used = self.combination
        options: dict[str, Any] = {
            "base_url": self.base_url,
            "viewport": {"width": used.width, "height": WIDTHS[used.width]},
            "java_script_enabled": used.has_scripts,
            "locale": {"en": "en-GB"}.get(used.language, used.language),
            "reduced_motion": "reduce",
        }
        context = self.windows.enter_context(self.browser.new_context(**options))
        context.set_default_timeout(TIMEOUT_MS)
        return context

    def near(self, name: str) -> Person:
        """Return somebody in the district of all others."""
        return self.member(name, is_near=True)[0]


def _two(journey: Callable[[Person, Person], None]) -> Callable[[Cast], None]:
    """Return a journey of two people of one district."""
    return lambda cast: journey(cast.near("Nora"), cast.near("Otis"))


def _pair(cast: Cast) -> None:
    caring.pair(*(cast.member(name, Role.CAREGIVER)[0] for name in ("Mother", "Father")))


def _take_over(cast: Cast) -> None:
    parent, card = cast.member("Parent", Role.CAREGIVER)
    child, friend = (cast.member(name, Role.PERSON)[0] for name in ("Grown", "Friend"))
    caring.take_over(parent, child, friend, card)


def _remember(cast: Cast) -> None:
    carer, card = cast.member("Carer", Role.CAREGIVER)
    caring.remember(carer, cast.member("Reader", Role.PERSON)[0], card)


JOURNEYS: dict[str, Callable[[Cast], None]] = {
    "write": _two(meeting.write_and_hide),
    "block": _two(meeting.block),
    "report": _two(lambda one, other: meeting.report(one, other.name)),
    "pair": _pair,
    "take-over": _take_over,
    "memorial": _remember,
    "delete": _two(meeting.delete_account),
}


def main() -> None:
    """Go all journeys that were asked for."""
    parser = report.interruptible(__doc__)
    parser.add_argument("--only", choices=list(JOURNEYS))
    parser.add_argument("--width", type=int, choices=list(WIDTHS))
    parser.add_argument("--language", choices=list(LANGUAGES))
    parser.add_argument("--scripts", choices=["yes", "no"])
    options = parser.parse_args()
    widths = [options.width] if options.width else WIDTHS
    languages = [options.language] if options.language else LANGUAGES
    scripts = [options.scripts == "yes"] if options.scripts else [True, False]
    combinations = itertools.starmap(Combination, itertools.product(widths, languages, scripts))
    runs = list(itertools.product(combinations, [options.only] if options.only else list(JOURNEYS)))
    wrong = _go_all(runs)
    print(f"{len(runs)} journeys, {wrong} with something wrong")
    sys.exit(1 if wrong else 0)


def _go_all(runs: Sequence[tuple[Combination, str]]) -> int:
    """Go journeys, each in a condition of its own, and print what was wrong; return with how many something was."""
    wrong = 0
    with _service() as (engine, base_url), chromium() as browser:
        with db.transaction(engine) as session:
            conditions = session.scalars(select(Condition).order_by(Condition.id).limit(len(runs))).all()
            session.expunge_all()
        for number, ((combination, name), condition) in enumerate(zip(runs, conditions, strict=True)):
            began = time.monotonic()
            with ExitStack() as windows:
                cast = Cast(engine, browser, base_url, combination, condition, str(number), windows)
                faults = _go(JOURNEYS[name], cast)
            wrong += bool(faults)
            print(f"{name:10} {combination}: {time.monotonic() - began:.0f} s", *faults, sep="\n    ", flush=True)
    return wrong


def _go(journey: Callable[[Cast], None], cast: Cast) -> list[str]:
    """Go a journey; return what was wrong on the way."""
    try:
        journey(cast)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)
        lines = [f"{step.name}: {step.line}" for step in at if "/journeys/" in step.filename]
        return [*lines[-2:], str(error).splitlines()[0], *_faults(cast)]
    return _faults(cast)


def _faults(cast: Cast) -> list[str]:
    return list(dict.fromkeys(fault for person in cast.people for fault in person.faults))


@contextmanager
def _service() -> Iterator[tuple[Engine, str]]:
    """Run the service; yield an engine on its database, and its address."""
    with (
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
        TemporaryDirectory() as folder,
    ):
        url = embedded.url(state, embedded.RUNTIME, name)
        engine = db.new_engine(url, timeouts=False)
        keys = {"SECRET_KEY": "5e" * 32, "ANCHOR_KEY": ANCHOR_KEY.hex(), "WITHDRAWAL_KEY": "d0" * 32}
        limits = {"LIMIT_NETWORK": "100000 per hour", "LIMIT_PAGES": "100000 per hour"}
        try:
            with web_process({"DATABASE_URL": url, "STATE": folder, **keys, **limits}) as port:
                yield engine, f"http://localhost:{port}"
        finally:
            engine.dispose()


if __name__ == "__main__":
    main()
