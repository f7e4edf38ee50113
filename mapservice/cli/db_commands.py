"""Commands for the database: migrate, load, check the counts, stop."""

import click

from mapservice import db
from mapservice.cli import provisioning
from mapservice.cli.connection import check_owner, owner_engine, pages_role
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, process_records
from mapservice.hosting.processes import GRACE_S
from mapservice.store.places import count_rollup

# Seconds that a service may take to stop in order, including its database.
TIMEOUT_STOP_S = 60.0


@click.command()
def migrate() -> None:
    """Update the tables, and set the rights of the pages' role."""
    config = Config.from_environment()
    with owner_engine(config) as engine:
        changed = provisioning.migrate(engine)
        check_owner(config, engine)
        with db.transaction(engine) as session:
            provisioning.set_rights(session, pages_role(config))
    click.echo("The tables have been updated." if changed else "The tables were already up to date.")


@click.command()
def load() -> None:
    """Load zones, base map and conditions if their data has changed.

    Also gives the role of the pages its rights in the database, removes all others, and checks them.
    """
    config = Config.from_environment()
    with owner_engine(config) as engine, provisioning.progress_bars() as bars:
        provisioning.migrate(engine)
        check_owner(config, engine)
        loaded = provisioning.load(engine, bars, role=pages_role(config))
    click.echo(f"Loaded: {', '.join(loaded)}." if loaded else "Everything was already loaded.")


@click.command("check-counts")
@click.option("--repair", is_flag=True, help="Correct the counts that are wrong.")
def check_counts(repair: bool) -> None:
    """Compare the counts of the maps with the memberships. The service may be running.

    The exit status is 1 if some are wrong and --repair is not given.
    """
    config = Config.from_environment()
    with owner_engine(config) as engine, db.transaction(engine) as session:
        wrong = count_rollup.repair(session) if repair else count_rollup.differences(session)
    if not wrong:
        click.echo("The counts are right.")
    elif repair:
        click.echo(f"Counts corrected: {wrong}.")
    else:
        raise SetupError(f"Counts that differ from the memberships: {wrong}. Correct them with --repair.")


@click.command()
def stop() -> None:
    """Stop the service of the state folder: web, worker, and its private database.

    Also stops processes that were left running when the process that started them was killed.
    """
    state = Config.from_environment().state
    try:
        process_records.end(
            process_records.running(state, process_records.SUPERVISOR), within=TIMEOUT_STOP_S, group=False
        )
        process_records.end(process_records.running(state, *process_records.SURVIVORS), within=GRACE_S)
    except PermissionError:
        raise SetupError(
            f"This account cannot stop the service of {state}: run this as root or as its owner."
        ) from None
    embedded.stop(state)
    click.echo("The service and its private database have been stopped.")
