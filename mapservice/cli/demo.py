"""The command that creates a demo community, and its use by ``serve``."""

import datetime as dt

import click
from rich.progress import Progress
from sqlalchemy import Engine

from mapservice import catalogue, db
from mapservice.actions.demo_caregivers import DEMO_PARENT, invent_caregivers, keep_take_over_waiting
from mapservice.actions.demo_conversations import invent_conversations
from mapservice.actions.demo_forum import invent_discussions
from mapservice.actions.demo_texts import invent_texts
from mapservice.actions.settle_demo_member import settle_demo_member
from mapservice.cli import provisioning
from mapservice.cli.connection import owner_engine, pages_role
from mapservice.cli.releases import configured_profile
from mapservice.config import Config
from mapservice.demo import members as invented
from mapservice.errors import SetupError
from mapservice.keys import load_key
from mapservice.message_keys import MessageKeys
from mapservice.privacy import reports
from mapservice.store.accounts.staff import ensure_demo_logins
from mapservice.store.across import bulk_load
from mapservice.store.across import demo as stored
from mapservice.store.knowledge import demo as sample_articles
from mapservice.store.operator import demo as service_demo

#: The number of people in the demo that ``serve`` creates, and the random seed.
MEMBERS, SEED = 300_000, 1

_IN_USE = "The database is in use. Loading takes several times as long as without the service: stop it to load faster."


@click.command()
@click.option(
    "--members", default=MEMBERS, show_default=True, type=click.IntRange(0), help="How many people to invent."
)
@click.option("--seed", default=SEED, show_default=True, help="The same seed gives the same people.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which someone joined.  [default: today]"
)
def demo(members: int, seed: int, today: dt.datetime | None) -> None:
    """Create a community of invented people and its last twelve releases. It replaces the one created before.

    All of them are clearly marked as invented, and none of them can sign in.
    """
    config = Config.from_environment()
    with owner_engine(config) as engine, provisioning.progress_bars() as bars:
        provisioning.migrate(engine)
        provisioning.load(engine, bars, role=pages_role(config))
        day = today.date() if today else dt.datetime.now(dt.UTC).date()
        create(engine, config, bars, members=members, seed=seed, today=day)


def create(engine: Engine, config: Config, bars: Progress, *, members: int, seed: int, today: dt.date) -> None:
    """Create the demo community in the database, in one transaction."""
    task = bars.add_task("Inventing people", total=members)
    with db.transaction(engine) as session:
        is_alone = not bulk_load.is_in_use(session)
        if not is_alone and stored.has_real_people(session):
            click.echo(_IN_USE, err=True)
        stored.remove(session)
        people = invented(
            stored.load_areas(session),
            stored.communities(session, catalogue.read_demo()),
            members,
            seed=seed,
            today=today,
            key=load_key(config, "anchor_key"),
        )
        stored.load(session, people, members, lambda done, _of: bars.update(task, completed=done), is_alone=is_alone)
        task = bars.add_task("Making releases", total=stored.RELEASES)
        stored.publish(
            session,
            today,
            key=load_key(config, "count_key"),
            profile=configured_profile(config),
            progress=lambda done, _of: bars.update(task, completed=done),
        )


def ensure_demo(engine: Engine, config: Config, bars: Progress) -> None:
    """Create the demo's people and logins if they are missing."""
    with db.transaction(engine) as session:
        is_made = stored.is_made(session)
    if not is_made:
        create(engine, config, bars, members=MEMBERS, seed=SEED, today=dt.datetime.now(dt.UTC).date())
    with db.transaction(engine) as session:
        logins = ensure_demo_logins(session, config)
        now, key, member = dt.datetime.now(dt.UTC), load_key(config, "anchor_key"), next(iter(logins.values()))
        service_demo.invent(session)
        if not invent_caregivers(session, logins[DEMO_PARENT], key=key, now=now):
            keep_take_over_waiting(session)
        sample_articles.invent(session)
        if settle_demo_member(session, member, key=key, now=now):
            report_key = reports.key_of(load_key(config, "secret_key").hex())
            invent_conversations(session, member, keys=MessageKeys.of(config), report_key=report_key)
            invent_texts(session, now.date())
            invent_discussions(session, now.date())


def check_or_remove_demo(engine: Engine, config: Config, *, remove: bool) -> None:
    """Check that a service that is not a demo has no publicly known logins, or remove them.

    :raise SetupError: if it has, is reachable from other machines, and ``remove`` is not set.
    """
    with db.transaction(engine) as session:
        if not stored.has_invented_people(session):
            return
        if remove:
            stored.remove_all(session)
            service_demo.remove(session)
            sample_articles.remove(session)
        elif not config.is_loopback or config.production:
            raise SetupError(
                "This database has demo logins that everyone knows: start once with --empty to remove them."
            )
