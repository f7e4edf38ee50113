"""The backup command, and the backups that other commands make first."""

import datetime as dt
from pathlib import Path

import click

from mapservice.cli.connection import database_urls
from mapservice.config import Config
from mapservice.hosting.embedded import dump


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy the database into a file that only you can read.

    FILE must not exist yet. It does not contain the keys or the withdrawal log: keep both somewhere else
    (docs/operators.md, section 8). Delete the file after 35 days: until then it contains people who have left.
    """
    dump.save(database_urls(Config.from_environment()).owner, file)
    click.echo(f"The backup is in {file}. To restore it, run: mapservice restore {file}")


def save_before(config: Config, url: str, what: str) -> Path:
    """Make a backup before a command that may have to be undone; return its path."""
    now = dt.datetime.now(dt.UTC)
    file = dump.folder(config) / f"before-{what}-{now:%Y%m%dT%H%M%S}.dump"
    dump.save(url, file)
    return file
