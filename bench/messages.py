"""What the pages of messages, and those of people near, take among many others: ``python -m bench.messages``.

    python -m bench.messages --conversations 1000000 --members 1000000

A database of its own, which is removed in the end. A member with twenty conversations opens the inbox, a conversation
and the pages of people near them; first while there is nobody else, then among invented people of one condition who
have written to each other. The figures are statements, and milliseconds of the processor in Python and in PostgreSQL
for one page: what else the machine does is not in them. The exit status is 1 if a page takes more than twice as much as
before, or the inbox or a conversation more than twice as much as an empty inbox.
"""

import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from bench import report
from bench.invented_service import KEY
from mapservice import catalogue, create_app, db
from mapservice.config import Config
from mapservice.demo import members as invented
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.message_keys import MessageKeys
from mapservice.privacy.nearness import Nearness
from mapservice.privacy.visibility import Audience
from mapservice.store.across import demo
from mapservice.store.catalogue import conditions
from mapservice.store.messages import conversations, writing
from mapservice.store.tables import Member
from testing import database
from testing.accounts import CHEAP, new_member, sign_in
from testing.locations import put, zone_called

SLUG = "acute-lymphoblastic-leukaemia"
PAGE = f"/conditions/{SLUG}"

#: Conversations of the member, and messages in each; requests of each page, of which the first ones are left out.
OWN, MESSAGES = 20, 30
TIMES, WARM = 40, 10

#: How much more a page may take.
BAR = 2.0

_TEXT = "Good morning, how was your night? I slept better than last week. (Invented text)"

# Each of the invented people begins about as many conversations as there are for one; nobody has the keys of these.
_CONVERSATIONS = (
    "set local session_replication_role = replica",
    "set local work_mem = '64MB'",
    """
    create temp table person on commit drop as
    select id, (row_number() over ())::integer - 1 as number from member where synthetic
    """,
    "create unique index on person (number)",
    """
    create temp table pair on commit drop as
    select md5('talk ' || n)::uuid as id, one.id as starter, other.id as other, n
    from generate_series(1, :conversations) as n
    cross join (select count(*)::integer as people from person) as all_people
    join person as one on one.number = n % people
    join person as other on other.number = (n * 7919::bigint + 1) % people
    where one.id <> other.id
    """,
    """
    insert into conversation (condition_id, id, member_id, state, wrapped_key, key_id, messages, active_at)
    select :condition, id, starter, case when n % 5 = 0 then 'sent' else 'accepted' end,
           decode(repeat('00', 60), 'hex'), repeat('0', 16), 2, now() - n % 100000 * interval '1 minute'
    from pair
    """,
    """
    insert into participant (condition_id, conversation_id, member_id, has_joined, messages_read)
    select :condition, pair.id, member_id, true, n % 3
    from pair, lateral (values (starter), (other)) as people (member_id)
    """,
    """
    insert into message (condition_id, conversation_id, number, member_id, encrypted)
    select :condition, pair.id, number, case number when 1 then starter else other end, decode(repeat('00', 120), 'hex')
    from pair, generate_series(1, 2) as number
    """,
    "analyze conversation, participant, message",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request of a page takes: statements, and milliseconds of the processor in Python and in PostgreSQL."""

    statements: int
    python: float
    postgres: float

    @property
    def milliseconds(self) -> float:
        """Both together."""
        return self.python + self.postgres


class Service:
    """The pages on one connection of their own, for the member with conversations and for one without."""

    def __init__(self, url: str, config: Config) -> None:
        self.engine = db.new_engine(url, pool_size=1, timeouts=False)
        self.app = create_app(config, engine=self.engine, TESTING=True, LIMITS=False, **CHEAP)

    def browser(self, member: Member) -> FlaskClient:
        """Somebody's browser, signed in."""
        client = self.app.test_client()
        sign_in(client, member)
        return client

    def cost(self, browser: FlaskClient, path: str) -> Cost:
        """Ask for a page so often that the ticks of the processor's clock tell something."""
        for _ in range(WARM):
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
        with self.engine.connect() as connection:
            backend = connection.scalar(text("select pg_backend_pid()"))
        with counted(self.engine) as statements:
            ticks, began = _ticks(backend), time.process_time()
            for _ in range(TIMES):
                browser.get(path)
            python, postgres = time.process_time() - began, _ticks(backend) - ticks
        second = os.sysconf("SC_CLK_TCK")
        return Cost(statements[0] // TIMES, python * 1000 / TIMES, postgres * 1000 / second / TIMES)


def main() -> None:
    """Measure, and write a line for each page."""
    parser = report.command(__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        database.server() as state,
        database.clone(state, database.ground_template(state)) as name,
    ):
        config = Config(state=Path(folder), secret_key="5e" * 32, anchor_key="a0" * 32, withdrawal_key="d0" * 32)
        owner = db.new_engine(embedded.url(state, embedded.SUPERUSER, name), timeouts=False)
        url = embedded.url(state, embedded.RUNTIME, name)
        people = _member_with_conversations(owner, config)
        before = _costs(url, config, people)
        owner.dispose()
        _fill(owner, options)
        after = _costs(url, config, people)
        versions = report.database_versions(owner)
        owner.dispose()
    report.publish("bench.messages", options, _table(before, after), versions)
    sys.exit(0 if _holds(before, after) else 1)


def _member_with_conversations(engine: Engine, config: Config) -> tuple[Member, Member, str]:
    """Somebody with twenty conversations, somebody without any, and the address of a conversation."""
    with db.open_session(engine) as session:
        condition, keys = conditions.get(session, SLUG), MessageKeys.of(config)
        member, newcomer, *friends = (
            new_member(session, f"bench-{number}@example.org", pseudonym=f"Friend {number}")
            for number in range(OWN + 2)
        )
        home = zone_called(session, "Freiburg", Level.AREA, "DE")
        for person in (member, newcomer, *friends):
            put(session, person, condition, home, level=Level.AREA, audience=Audience.MEMBERS)
        for friend in friends:
            row = writing.begin(session, keys, condition, friend, member.id, has_joined=True)
            writing.send_first(session, keys, row, friend, _TEXT)
            writing.accept(session, conversations.get(session, member, condition, row.id), member)
            for number in range(MESSAGES - 1):
                writer = friend if number % 2 else member
                writing.reply(session, keys, conversations.get(session, writer, condition, row.id), writer, _TEXT)
        session.commit()
        return member, newcomer, f"{PAGE}/messages/{row.id}"


def _costs(url: str, config: Config, people: tuple[Member, Member, str]) -> dict[str, Cost]:
    """What each page takes now."""
    service = Service(url, config)
    member, newcomer, address = people
    browser, other = service.browser(member), service.browser(newcomer)
    pages = {"inbox": "/messages", "conversation": address, "people near: counts": f"{PAGE}/nearby"}
    pages |= {f"people near: {group} list": f"{PAGE}/nearby/{group}" for group in Nearness}
    costs = {"empty inbox": service.cost(other, "/messages")}
    costs |= {name: service.cost(browser, path) for name, path in pages.items()}
    service.engine.dispose()
    return costs


def _fill(engine: Engine, options: argparse.Namespace) -> None:
    """Add the invented people of one condition, and their conversations."""
    with db.transaction(engine) as session:
        condition_id = conditions.get(session, SLUG).id
        places = demo.load_areas(session)
        one = [one for one in demo.communities(session, catalogue.read_demo()) if one.condition == condition_id]
        today = dt.datetime.now(dt.UTC).date()
        people = invented(places, one, options.members, seed=options.seed, today=today, key=KEY)
        demo.load(session, people, options.members, _say, is_alone=True)
    values = {"condition": condition_id, "conversations": options.conversations}
    with db.transaction(engine) as session:
        for statement in _CONVERSATIONS:
            session.execute(text(statement.replace("::", r"\:\:")), values)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze) conversation, participant, message, membership"))


def _say(done: int, of: int) -> None:
    print(f"\r{done:,} of {of:,} people", end="", file=sys.stderr, flush=True)


@contextmanager
def counted(engine: Engine) -> Iterator[list[int]]:
    """Count the statements of an engine in the block."""
    how_many = [0]

    def count(*_arguments: Any) -> None:
        how_many[0] += 1

    event.listen(engine, "before_cursor_execute", count)
    yield how_many
    event.remove(engine, "before_cursor_execute", count)


def _ticks(pid: int) -> int:
    """The ticks of the processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])


def _table(before: dict[str, Cost], after: dict[str, Cost]) -> Sequence[str]:
    head = ("page", "statements", "alone, ms", "among all, ms (Python + PostgreSQL)", "ratio", "to an empty inbox")
    empty = after["empty inbox"].milliseconds
    return report.table(head, [
        (name, str(cost.statements), f"{before[name].milliseconds:.1f}",
         f"{cost.milliseconds:.1f} ({cost.python:.1f} + {cost.postgres:.1f})",
         f"{cost.milliseconds / before[name].milliseconds:.2f}", f"{cost.milliseconds / empty:.2f}")
        for name, cost in after.items()
    ])  # fmt: skip


def _holds(before: dict[str, Cost], after: dict[str, Cost]) -> bool:
    grown = [cost.milliseconds / before[name].milliseconds for name, cost in after.items()]
    own = [after[name].milliseconds / after["empty inbox"].milliseconds for name in ("inbox", "conversation")]
    return max(grown + own) <= BAR


if __name__ == "__main__":
    main()
