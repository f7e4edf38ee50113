"""Commands for the database: its tables, its ground, its end."""

import click

from mapservice import embedded
from mapservice.cli import data
from mapservice.cli.database import owner_engine
from mapservice.config import Config


@click.command()
def migrate() -> None:
    """Bring the tables to the newest revision."""
    with owner_engine(Config.from_environment()) as engine:
        changed = data.migrate(engine)
    click.echo("The tables are new." if changed else "The tables were up to date.")


@click.command()
def load() -> None:
    """Load zones, base map and conditions where their data changed."""
    with owner_engine(Config.from_environment()) as engine, data.bars() as bars:
        data.migrate(engine)
        loaded = data.load(engine, bars)
    click.echo(f"Loaded: {', '.join(loaded)}." if loaded else "All was loaded before.")


@click.command()
def stop() -> None:
    """Stop the private database, if it runs."""
    embedded.stop(Config.from_environment().state)
    click.echo("The private database is stopped.")
