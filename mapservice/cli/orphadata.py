"""The command that loads Orphanet's own files."""

from pathlib import Path

import click

from mapservice import db
from mapservice.cli.connection import owner_engine
from mapservice.config import Config
from mapservice.orphadata import read_orphanet
from mapservice.store.knowledge import orphadata


@click.command("load-orphadata")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--remove", is_flag=True, help="First remove what was loaded from Orphanet's files before.")
def load_orphadata(files: tuple[Path, ...], remove: bool) -> None:
    """Add genes and symptoms from Orphanet's own FILES to the pages of conditions.

    Download en_product6.xml (genes) or en_product4.xml (symptoms) from https://www.orphadata.com. They are under CC BY
    4.0, which the pages say. Only genes that are stated to cause a condition are shown. A newer file replaces the one
    before; symptoms of a disease in the file replace those that came with this service.
    """
    if not files and not remove:
        raise click.UsageError("Name at least one file, or use --remove.")
    read = [read_orphanet(file) for file in files]
    with owner_engine(Config.from_environment()) as engine, db.transaction(engine) as session:
        if remove:
            orphadata.remove(session)
        numbers = [orphadata.load(session, one) for one in read]
    for file, one, number in zip(files, read, numbers, strict=True):
        click.echo(f"{file.name} of {one.day}: {number:,} statements loaded.")
    if not files:
        click.echo("Nothing of Orphanet's files is left.")
