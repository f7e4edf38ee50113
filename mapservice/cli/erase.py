"""The command that erases from the disk what was deleted."""

import click

from mapservice.cli.connection import addresses
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import erasing


@click.command()
def erase() -> None:
    """Erase from the files of the database what was deleted from its tables.

    Writes each table of people anew; nobody waits for that longer than a second, and what is too large for it is named.
    The private database does it by itself, each night; let a timer do it for another, as the owner of the tables.
    """
    config = Config.from_environment()
    superuser = "" if config.database_url else embedded.url(config.state, embedded.SUPERUSER)
    done = erasing.erase(addresses(config).owner, superuser)
    if not config.database_url:
        erasing.note_done(config)
    click.echo(f"Written anew: {', '.join(done.rewritten) or 'nothing'}.")
    if done.too_large:
        click.echo(f"Too large to be written within a second: {', '.join(done.too_large)}.")
    if done.in_use:
        click.echo(f"In use all the time, run it again: {', '.join(done.in_use)}.")
