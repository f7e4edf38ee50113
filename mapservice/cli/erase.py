"""The command that erases deleted data from the disk."""

from collections.abc import Iterator

import click

from mapservice.cli.connection import database_urls
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import erasing


@click.command()
def erase() -> None:
    """Erase data from the files of the database that was deleted from its tables.

    Rewrites each table that holds people. Nobody waits for this longer than a second. Large tables are rewritten while
    they are in use, by pg_repack, which needs a superuser. It names the tables that are left, and why. The private
    database does this automatically each night. For any other, use a timer.
    """
    config = Config.from_environment()
    superuser = "" if config.database_url else embedded.url(config.state, embedded.SUPERUSER)
    done = erasing.erase(database_urls(config).owner, superuser)
    if not config.database_url:
        erasing.record_done(config, done)
    for words in summary(done):
        click.echo(words)


def summary(done: erasing.Erased) -> Iterator[str]:
    """Yield sentences about the results."""
    yield f"Rewritten: {', '.join(done.rewritten) or 'nothing'}."
    if done.too_large:
        yield f"Too large to be rewritten within a second: {', '.join(done.too_large)}. For these {done.wanting}."
    if done.in_use:
        yield f"In use all the time, run this again: {', '.join(done.in_use)}."
    if done.no_room:
        yield f"Larger than half of the free disk space, free some space: {', '.join(done.no_room)}."
    if done.failed:
        yield f"Not rewritten, check the log of the database: {', '.join(done.failed)}."
