"""The command that makes a demo community."""

import click

from mapservice.cli import data
from mapservice.cli.database import owner_engine
from mapservice.config import Config


@click.command()
@click.option("--members", default=2000, show_default=True, help="How many people to make up.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same people.")
def demo(members: int, seed: int) -> None:
    """Make up a community of people who do not exist, with three logins to try."""
    with owner_engine(Config.from_environment()) as engine, data.bars() as bars:
        data.migrate(engine)
        data.load(engine, bars)
    click.echo(f"TODO {members} {seed}")
