"""The command that erases from the disk what was deleted."""

from collections.abc import Iterator

import click

from mapservice.cli.connection import addresses
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import erasing


@click.command()
def erase() -> None:
    """Erase from the files of the database what was deleted from its tables.

    Rewrites each table of people; nobody waits for that longer than a second. Large tables are rewritten while they are
    in use, by pg_repack, which needs a superuser; what is left is named, and why. The private database does it by
    itself, each night; let a timer do it for another.
    """
    config = Config.from_environment()
    superuser = "" if config.database_url else embedded.url(config.state, embedded.SUPERUSER)
    done = erasing.erase(addresses(config).owner, superuser)
    if not config.database_url:
        erasing.note_done(config, done)
    for words in summary(done):
        click.echo(words)


def summary(done: erasing.Erased) -> Iterator[str]:
    """What became of the tables, in sentences."""
    yield f"Rewritten: {', '.join(done.rewritten) or 'nothing'}."
    if done.too_large:
        yield f"Too large to be rewritten within a second: {', '.join(done.too_large)}. For these {done.wanting}."
    if done.in_use:
        yield f"In use all the time, run it again: {', '.join(done.in_use)}."
    if done.no_room:
        yield f"Larger than half of what is free on the disk, free some: {', '.join(done.no_room)}."
    if done.failed:
        yield f"Not rewritten, look into the log of the database: {', '.join(done.failed)}."
