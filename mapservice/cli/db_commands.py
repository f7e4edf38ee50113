"""Commands for the database: its tables, its ground, its end."""

import click

from mapservice import db
from mapservice.cli import provisioning
from mapservice.cli.connection import check_owner, owner_engine, pages_role
from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, process_records
from mapservice.hosting.processes import GRACE

# Seconds that a service may take to end in order, its database included.
STOPPED_WITHIN = 60.0


@click.command()
def migrate() -> None:
    """Bring the tables to the newest revision, with the rights of the pages' role."""
    config = Config.from_environment()
    with owner_engine(config) as engine:
        changed = provisioning.migrate(engine)
        check_owner(config, engine)
        with db.transaction(engine) as session:
            provisioning.set_rights(session, pages_role(config))
    click.echo("The tables are new." if changed else "The tables were up to date.")


@click.command()
def load() -> None:
    """Load zones, base map and conditions where their data changed.

    Also gives the role of the pages its rights in the database, takes all others, and checks them.
    """
    config = Config.from_environment()
    with owner_engine(config) as engine, provisioning.bars() as bars:
        provisioning.migrate(engine)
        check_owner(config, engine)
        loaded = provisioning.load(engine, bars, role=pages_role(config))
    click.echo(f"Loaded: {', '.join(loaded)}." if loaded else "All was loaded before.")


@click.command()
def stop() -> None:
    """Stop the service of the state folder: web, worker, and its private database.

    Also what was left running when the process that looked after them was killed.
    """
    state = Config.from_environment().state
    try:
        process_records.end(
            process_records.running(state, process_records.SUPERVISOR), within=STOPPED_WITHIN, group=False
        )
        process_records.end(process_records.running(state, *process_records.SURVIVORS), within=GRACE)
    except PermissionError:
        raise SetupError(f"This account may not stop the service of {state}: run it as root or as its owner.") from None
    embedded.stop(state)
    click.echo("The service and its private database are stopped.")
