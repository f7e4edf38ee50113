"""Commands for the database: its tables, its ground, its end."""

import click

from mapservice import db, embedded
from mapservice.cli import data
from mapservice.cli.database import check_owner, owner_engine, pages_role
from mapservice.config import Config


@click.command()
def migrate() -> None:
    """Bring the tables to the newest revision, with the rights of the pages' role."""
    config = Config.from_environment()
    with owner_engine(config) as engine:
        changed = data.migrate(engine)
        check_owner(config, engine)
        with db.transaction(engine) as session:
            data.set_rights(session, pages_role(config))
    click.echo("The tables are new." if changed else "The tables were up to date.")


@click.command()
def load() -> None:
    """Load zones, base map and conditions where their data changed.

    Also gives the role of the pages its rights in the database, takes all others, and checks them.
    """
    config = Config.from_environment()
    with owner_engine(config) as engine, data.bars() as bars:
        data.migrate(engine)
        check_owner(config, engine)
        loaded = data.load(engine, bars, role=pages_role(config))
    click.echo(f"Loaded: {', '.join(loaded)}." if loaded else "All was loaded before.")


@click.command()
def stop() -> None:
    """Stop the private database, if it runs."""
    embedded.stop(Config.from_environment().state)
    click.echo("The private database is stopped.")
